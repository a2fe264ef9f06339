"""One recogniser of secrets: by name, in command lines, in trees of values, and in text."""

from __future__ import annotations

import pytest

from matui.base.redaction.assignments import hide_command_secrets
from matui.base.redaction.known import HIDDEN, get_known_secrets, hide_known_secrets, remember_secret
from matui.base.redaction.masking import hide_secrets, is_secret, mask_secrets, redact

SECRET_NAMES = [
    "private_key",
    "pwd",
    "DB_PWD",
    "access_key",
    "accessKey",
    "Authorization",
    "project_sk",
    "projectSk",
    "ak",
    "passwords",
    "passphrase",
    "AccountKey",
    "session_key",
    "数据库密码",
    "X-Auth-Token",
    "API_KEY",
    "credential",
    "Signature",
]


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_name_of_a_secret_is_recognised_everywhere(name):
    assert is_secret(name)
    assert hide_secrets({"outer": [{name: "hunter2"}]}) == {"outer": [{name: HIDDEN}]}
    assert "hunter2" not in hide_secrets({"command": f"run.sh --{name}=hunter2 --epochs 3"})["command"]
    assert "hunter2" not in redact("the value is hunter2", {name: "hunter2"})
    assert "hunter2" not in redact(f"{name}: hunter2", {})


@pytest.mark.parametrize("name", ["name", "task", "risk", "weak", "flask_port", "keyboard", "epochs"])
def test_other_names_are_left_alone(name):
    assert not is_secret(name)
    assert hide_secrets({name: "hunter2"}) == {name: "hunter2"}
    assert redact(f"{name}: hunter2", {name: "hunter2"}) == f"{name}: hunter2"


def test_a_label_names_the_value_beside_it():
    assert hide_secrets([{"label": "api_key", "value": "x"}]) == [{"label": "api_key", "value": HIDDEN}]


def test_empty_values_stay_empty():
    assert hide_secrets({"token": ""}) == {"token": ""}


def test_command_lines_keep_what_is_no_secret():
    assert hide_command_secrets("train.py --token abc --lr 0.1") == f"train.py --token {HIDDEN} --lr 0.1"


@pytest.mark.parametrize(
    ("record", "masked"),
    [
        ({"token": "abc"}, {"token": "***"}),
        ({"userToken": "abc", "pwd": "", "ak": None}, {"userToken": "***", "pwd": "", "ak": None}),
        ({"credential": {"user": "u", "n": 1}}, {"credential": {"user": "***", "n": 1}}),
        ({"env": [{"name": "API_KEY", "value": "v"}]}, {"env": [{"name": "API_KEY", "value": "***"}]}),
        ({"label": "secret_key", "value": "v"}, {"label": "secret_key", "value": "***"}),
        ({"url": "https://h/lab?token=abc#x"}, {"url": "https://h/lab?token=***#x"}),
        ({"git": "https://u:pw@h/r.git"}, {"git": "https://u:***@h/r.git"}),
        ({"cmd": "run --password pw -x 1"}, {"cmd": "run --password *** -x 1"}),
        ({"cmd": "HF_TOKEN=abc python t.py"}, {"cmd": "HF_TOKEN=*** python t.py"}),
        ({"json": '{"sk": "abc", "n": 1}'}, {"json": '{"sk": "***", "n": 1}'}),
        ({"header": "Authorization: Bearer abc"}, {"header": "Authorization: Bearer ***"}),
        ({"max_tokens": "512", "tokens_per_s": 3.5}, {"max_tokens": "512", "tokens_per_s": 3.5}),
        ({"message": "The token is invalid."}, {"message": "The token is invalid."}),
        ({"name": "x", "key": "api_key", "value": "v"}, {"name": "x", "key": "api_key", "value": "***"}),
        ({"file": "-----BEGIN RSA PRIVATE KEY-----\nabc"}, {"file": "***"}),
        ({"name": "token-classifier", "value": 3}, {"name": "token-classifier", "value": 3}),
    ],
)
def test_a_record_keeps_everything_but_the_values_of_secrets(record: object, masked: object) -> None:
    assert mask_secrets(record) == masked


@pytest.mark.parametrize(
    "record",
    [
        {"args": ["--password", "Zx9kQ2vLw8RtY7uP"]},
        {"env": [["MY_SECRET", "Zx9kQ2vLw8RtY7uP"]]},
        {"url": "https://user:Zx9kQ2vLw8RtY7uP@x.invalid"},
        {"json": '{"password": "Zx9kQ2vLw8RtY7uP"}'},
        {"file": 'db_password = "Zx9kQ2vLw8RtY7uP" # of Terraform'},
        {"file": "api_key = Zx9kQ2vLw8RtY7uP"},
        {"text": "token -> Zx9kQ2vLw8RtY7uP"},
        {"text": "PASSWORD\u00a0=\u00a0Zx9kQ2vLw8RtY7uP"},
    ],
)
def test_parameters_and_records_hide_a_secret_named_beside_it(record: object) -> None:
    assert "Zx9k" not in str(hide_secrets(record))
    assert "Zx9k" not in str(mask_secrets(record))


def test_lists_of_names_and_options_stay() -> None:
    record = {"types": ["password", "token"], "args": ["--max-tokens", "512", "--password=", "x"]}
    assert mask_secrets(record) == record


def test_a_known_secret_is_removed_from_a_dump_in_hexadecimal() -> None:
    secret = "Zx9kQ2vLw8RtY7uP"
    assert secret.encode().hex()[:8] not in hide_known_secrets(f"sent {secret.encode().hex()} ok", {secret})


def test_the_known_secrets_are_one_object_until_there_is_another_one() -> None:
    """Caches keep it with each of their entries."""
    remember_secret("Zx9kQ2vLw8RtY7uP")
    known = get_known_secrets()
    assert get_known_secrets() is known
    remember_secret("Qw3kQ2vLw8RtY7uP")
    assert known < get_known_secrets()

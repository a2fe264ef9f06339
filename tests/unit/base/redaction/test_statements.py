"""What a sentence or a record of a name and a value states to be a secret is masked; prose stays."""

from __future__ import annotations

import time

import pytest

from matui.base.redaction.known import HIDDEN
from matui.base.redaction.masking import hide_in_text, hide_secrets, mask_secrets, redact


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("password is hunter2xyz", "password is ***"),
        ("Password is: Pa55w0rd!", "Password is: ***"),
        ("the password is 'open sesame'", "the password is '***'"),
        ("Your new password is hunter2, please change it", "Your new password is ***, please change it"),
        ("The password for user 'li' is: hunter2", "The password for user 'li' is: ***"),
        ("password has been set to hunter2.", "password has been set to ***."),
        ("password is changeme", "password is ***"),
        ("the token was: abc123def", "the token was: ***"),
        ("Your Jupyter token is 3f9a2b7c1d", "Your Jupyter token is ***"),
        ("secret was: changeme", "secret was: ***"),
        ("api_key => 'abc123def'", "api_key => '***'"),
        ("api_key: hunter2", "api_key: ***"),
        ("密码是 hunter2", "密码是 ***"),
        ('{"k": "API_KEY", "v": "xyz123"}', '{"k": "API_KEY", "v": "***"}'),
        ('{"value": "xyz123", "name": "API_KEY"}', '{"value": "***", "name": "API_KEY"}'),
        (
            '{"name": "API_KEY", "type": "text", "value": "x"}',
            '{"name": "API_KEY", "type": "text", "value": "***"}',
        ),
        ("[{Name:API_KEY Value:xyz123 ValueFrom:nil}]", "[{Name:API_KEY Value:*** ValueFrom:nil}]"),
        ('name="API_KEY", value="xyz123"', 'name="API_KEY", value="***"'),
        ("- k: API_KEY\n  v: xyz123\n- k: LR\n  v: 0.1", "- k: API_KEY\n  v: ***\n- k: LR\n  v: 0.1"),
    ],
)
def test_a_stated_secret_is_masked(text: str, masked: str) -> None:
    assert hide_in_text(text) == masked
    assert not {"hunter2", "xyz123", "abc123def"} & set(redact(text, {}).split())


@pytest.mark.parametrize(
    "text",
    """password is wrong
token is expired
password is required
password is incorrect for user li
password was changed by admin
password is about to expire
password is 8 characters long
password is case-sensitive
password is read-only
token was: expired
token is null
token is in /root/.kaggle
token is 128009
token length is 4096
token dtype is float16
eos_token is </s>
next token is hello1
access_token: expired
HF_TOKEN: not set
Unexpected token: identifier
the secret was rotated on 2026-11-28
signature is computed with SHA256
api key is not configured
name: LR value: 0.1
{"name": "max_tokens", "value": 12}
{"name": "tokenizer", "value": "llama2"}
密码是错误的""".splitlines(),
)
def test_prose_about_secrets_stays(text: str) -> None:
    assert hide_in_text(text) == text


@pytest.mark.parametrize(
    ("label", "content"),
    [("name", "value"), ("k", "v"), ("key", "v"), ("Key", "Val"), ("env", "value"), ("parameter", "default")],
)
def test_a_field_names_the_secret_beside_it(label: str, content: str) -> None:
    record = {label: "API_KEY", content: "xyz123", "type": "text"}
    assert mask_secrets(record) == record | {content: "***"}
    assert hide_secrets([record]) == [record | {content: HIDDEN}]


def test_a_number_of_tokens_is_no_secret() -> None:
    assert hide_secrets({"max_tokens": 512, "env": [{"name": "max_tokens", "value": "512"}]}) == {
        "max_tokens": 512,
        "env": [{"name": "max_tokens", "value": "512"}],
    }


@pytest.mark.parametrize(
    "piece", ["token for a b ", "password is: ", "k: token ", "value: a name: ", "v=" * 4, "value=" * 2]
)
def test_a_long_line_takes_no_time(piece: str) -> None:
    start = time.process_time()
    mask_secrets(piece * 2000 + "is value v: login")
    assert time.process_time() - start < 0.5

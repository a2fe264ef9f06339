"""What has the name of a secret and is none stays readable: variables, placeholders, paths, counts."""

from __future__ import annotations

import pytest

from matui.base.redaction.assignments import hide_command_secrets
from matui.base.redaction.masking import hide_secrets, is_secret, mask_secrets

S = "Zq7Xw9Lk2mVb4Tn8"


@pytest.mark.parametrize(
    "text",
    [
        "password=$VAR",
        "password=${VAR}",
        "password: $DB_PASSWORD",
        "TOKEN=$token",
        "export PASSWORD=$(cat /run/secret)",
        "password=%s",
        "password={}",
        "password={password}",
        "password: {{ .Values.password }}",
        "password: (hidden)",
        "password=<redacted>",
        "password: [REDACTED]",
        "password=xxxxxxxx",
        "password=*",
        "token=...",
        "password=''",
        "hf_token=None",
        "use_auth_token=False",
        "api_key=os.environ['API_KEY']",
        "token=args.token",
        "--token-file /etc/token",
        "--token-file=/etc/token1",
        "--password-file /run/p",
        "password_file: /run/secrets/db_password",
        "credential_path=/root/cred.json",
        "secret_name=db-credentials-v2",
        "secretName: db-credentials-v2",
        "secret_name: my-secret-01",
        "secretRef: db-secret-1",
        "token_url=https://iam.example/v3/auth/tokens",
        "token_type=Bearer",
        '"token_type": "bearer"',
        "token_env: HF_TOKEN",
        "secret_version=3",
        "token_expires_at=2026-11-30T10:00:00Z",
        "password_last_changed=2026-11-30",
        "token=12 of 100",
        "token=12/100",
        "sk=3",
        "tokens: 4096",
        "max_token=4096",
        "max_token=32k",
        "--max-token=4096",
        "n_token=10",
        "num_tokens=123456",
        "tokenizer=bert-base-uncased2",
        'MountVolume.SetUp failed for volume "x" : secret "db-pull-01" not found',
        "moe_token_dispatcher_type=alltoall",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask_secrets(text) == text


@pytest.mark.parametrize(
    "text",
    [
        f"password=${S}",
        f"password=${{DB_PASSWORD:-{S}}}",
        f"password=$pass{S}",
        f"password={{{S}}}",
        f"password=<{S}>x",
        f"token_url=https://h.example/?access_token={S}",
        f"token_url=https://u:{S}@h.example/",
        f"token_file=password={S}",
        f"secret_key={S}",
        f"--token-file /etc/x --token {S}",
        "password=123",
        "token=123456",
        f'secret "{S}" not found',
        f"userTokenProfile={S}",
    ],
)
def test_a_secret_that_looks_like_none_is_masked(text: str) -> None:
    masked = mask_secrets(text)
    assert S not in masked
    assert "***" in masked


@pytest.mark.parametrize(
    "name", ["token_file", "secretName", "SECRET_NAME", "password-length", "tokenExpiresAt"]
)
def test_a_name_about_a_secret_is_none(name: str) -> None:
    assert not is_secret(name)
    assert mask_secrets({name: "hunter2"}) == {name: "hunter2"}
    assert hide_secrets({name: "hunter2"}) == {name: "hunter2"}


@pytest.mark.parametrize("name", ["secret", "token_value", "secret_account", "passwordProfile", "key_secret"])
def test_a_name_that_ends_otherwise_is_one_of_a_secret(name: str) -> None:
    assert is_secret(name)


def test_a_command_keeps_its_paths_and_variables() -> None:
    command = "train.py --token-file /etc/t --password $PASSWORD --max-tokens 512 --api-key hunter2"
    assert hide_command_secrets(command, "***") == command.replace("hunter2", "***")

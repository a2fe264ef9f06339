"""Secrets in source are masked: in calls that take them, in literals with a type or a prefix; names stay."""

from __future__ import annotations

import time

import pytest

from matui.base.redaction.masking import hide_in_lines, mask_secrets

S = "Zq7Xw9Lk2mVb4Tn8"
W = "riverstonehill"


@pytest.mark.parametrize(
    "text",
    [
        f"new Config().setAccessKeyId('{S}').setAccessKeySecret('{S}')",
        f'NewCredentialsBuilder().WithAk("{S}").WithSk("{S}").Build()',
        f'DefaultProfile.getProfile("cn-hangzhou", "{S}", "{S}")',
        f'sdk.NewClientWithAccessKey("cn-hangzhou", "{S}", "{S}")',
        f"StsTokenCredential('id', '{S}', '{S}')",
        f"ObsClient('<AK>', '{S}')",
        f"Minio('h:9000', '{S}', '{S}')",
        f"HfFolder.save_token('{S}')",
        f"client.set_access_token('{S}')",
        f"setPassword('{W}')",
        f'builder.password("{W}")',
        f'withPassword("{W}")',
        f"set_password(user, '{W}')",
        f"password=r'{W}'",
        f'password=b"{W}"',
        f"password = SecretStr('{W}')",
        f"password: Optional[str] = '{W}'",
        f'password: str = "{W}"',
        f"api_key: str = '{S}'",
        f"password[0]={W}",
        f"db[password]={W}",
        f"db.password[prod]: {W}",
        f"PASSWORD | {S}",
        f"| password | {S} |",
        f"│ secret_key │ {S} │",
        f"password ....... {S}",
        f"ENV DB_PASSWORD {W}",
        f"ARG api_token {S}",
        f"read -p pw; PW={S}",
        f"auth => 'ops:{S}'",
        f"credentials = ops:{S}",
        f"login=ops:{S}",
        f"login: ops/{S}",
        f"auth: [ops, {S}]",
        f"--login ops:{S}",
        f"cargo login {S}",
        f"gh secret set X --body {S}",
        f"gh secret set X -b{S}",
        f"https://conda.anaconda.org/t/tk-{S}/x",
        f"ftp> user ops {S}",
        f"kind: Secret\nstringData:\n  db: |\n    {S}\n    {W}\n  x: {S}\nmetadata:",
        f'kind: Secret\nstringData:\n  "db": "{W}"',
    ],
)
def test_a_secret_is_masked(text: str) -> None:
    for masked in (mask_secrets(text), "\n".join(hide_in_lines(text.split("\n")))):
        assert S not in masked
        assert W not in masked
        assert "***" in masked


@pytest.mark.parametrize(
    "text",
    [
        "def login(self, username: str, password: str) -> bool:",
        "password: required",
        "password: str = ''",
        "setPassword(password) self.set_token(token) set_token_limit(4096)",
        "convert_token('hello123') expect_token('IDENTIFIER2') count_tokens('hello world 12')",
        "ObsClient('<AK>', '<SK>', server='x')",
        "BceCredentials('your-access-key', 'your-secret-key')",
        "Minio('h:9000', secure=False) DefaultProfile.getProfile('cn-hangzhou', ak, sk)",
        "| tokens | 4096 | secret_name | db-1 |",
        "| tokens per second | 12345678.9 |",
        "tokens ........ 123456789",
        "ENV TOKENIZERS_PARALLELISM false",
        "ENV TOKEN_FILE /run/token1",
        "ENV DB_PASSWORD $DB_PASSWORD",
        "tokens[0]=1234 tokens[batch]=4096",
        "auth: sasl:plain auth: oauth2:implicit auth: token:header",
        "credentials: file:/root/.cred",
        "login=alice:users credentials = default:shared",
        "Secret default/db-1 unchanged",
        "secret/db-pull-01 configured",
        "HTTP/1.1 401 Unauthorized WWW-Authenticate: Bearer realm=x",
        "TOKEN=$(curl -s http://h/token)",
        "https://h/t/train/get gh secret set NAME cargo login",
        "kind: ConfigMap\ndata:\n  run: |\n    python a1b2c3d4.py",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask_secrets(text) == text


@pytest.mark.parametrize(
    "word", ["set_password_", "password:a", "| token ", "token....", "auth=a/", "with_key("]
)
def test_a_long_line_takes_no_time(word: str) -> None:
    began = time.process_time()
    mask_secrets(word * 4000 + "='password(")
    assert time.process_time() - began < 1

"""Secrets beside their name in code, lists, two lines and encoded texts are masked; ordinary pairs stay."""

from __future__ import annotations

import json
import re
from urllib.parse import quote, quote_plus

import pytest

from matui.base.redaction import hide_in_bytes, mask_secrets
from matui.live.capsules.collect import redact_lines

S = "Zq7Xw9Lk2mVb4Tn8"


@pytest.mark.parametrize(
    "text",
    [
        f"os.environ['WANDB_API_KEY'] = '{S}'",
        f'config["db"]["password"] = "{S}"',
        f"[['DB_PASSWORD', '{S}']]",
        f"('api_key', '{S}')",
        f'argv: ["--hf-token", "{S}"]',
        f'"x-amz-security-token": ["{S}"]',
        f"headers={{'X-Auth-Token': b'{S}'}}",
        f"auth=('user', '{S}')",
        f'credentials: ["user", "{S}"]',
        f"password%3A%20{S}",
        f"%22password%22%3A%22{S}%22%7D",
        f"AZURE_STORAGE_KEY={S}",
        f"encryption_key={S}",
        f"signing-key: {S}",
        f"license_key={S}",
        f"OPENAI_KEY={S}",
        f"Namespace(lr=0.1, wandb_key='{S}')",
        f"spark.hadoop.fs.obs.secret.key={S}",
        f"fs.obs.access.key={S}",
        f"wandb login {S}{S}abcdefgh",
        f"https://open.feishu.cn/open-apis/bot/v2/hook/{S}{S}",
    ],
)
def test_secrets(text: str) -> None:
    masked = mask_secrets(text)
    assert S not in masked
    assert "***" in masked
    assert S not in redact_lines([text])[0].decode()


def test_hex_of_a_text_that_names_a_secret() -> None:
    assert mask_secrets(f"env {f'DB_PASSWORD={S}'.encode().hex()}") == "env ***"


def test_a_name_and_its_value_on_two_lines() -> None:
    data, hidden = redact_lines(
        ["  - name: DB_PASSWORD", f"    value: {S}", "  - name: LR", "    value: 0.1"]
    )
    assert (S in data.decode(), hidden) == (False, 1)
    assert "value: 0.1" in data.decode()


@pytest.mark.parametrize(
    "text",
    [
        "required: ['access_token', 'secret_key', 'password']",
        "('max_tokens', '4096')",
        "tokens['input'] = 'step 100 of 2000'",
        "sha256 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
        "author=('Li Wei', 'Wang Fang')",
        "primary_key=id12345678, foreign_key: user12345",
        "loss%3A%200.25",
        '"tokenizer": ["bert-base-uncased2"]',
        "  - name: learning_rate",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert mask_secrets(text) == text


def quote_in_small_letters(text: str) -> str:
    return re.sub("%..", lambda found: found[0].lower(), quote(text, safe=""))


@pytest.mark.parametrize("encode", [quote, quote_plus, quote_in_small_letters])
def test_a_known_secret_that_is_encoded_for_an_address(encode) -> None:
    secret = "kN0wn/cred+ential=77231xy"
    text = json.dumps({"url": f"https://x/?a={encode(secret)}&b=1"}).encode()
    assert b"77231xy" not in hide_in_bytes(text, frozenset([secret]))

"""Secrets that are encoded, escaped, coloured or listed are masked; hashes, ids, paths and figures stay."""

from __future__ import annotations

import hashlib
import json
from base64 import b32encode, b64encode, urlsafe_b64encode

import pytest

from matui.base.redaction.known import hide_in_bytes, hide_known_secrets, remember_secret
from matui.base.redaction.masking import mask_secrets
from matui.live.capsules.collect import redact_lines

S = "Zx9kQ2vLw8RtY7uP"
KNOWN = "sk/T1+srv=0123456789ab-cdefghijklm"


def encode_base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def escape(form: str, text: str) -> str:
    return "".join(form % ord(sign) for sign in text)


@pytest.mark.parametrize(
    "form",
    [
        b32encode(KNOWN.encode()).decode(),
        b32encode(f"ab{KNOWN}".encode()).decode().lower(),
        encode_base64(encode_base64(KNOWN)),
        encode_base64(f"x={encode_base64(f'user:{KNOWN}')}"),
        escape("\\u%04x", KNOWN),
        escape("\\x%02X", KNOWN),
        escape("%%%02x", KNOWN),
        escape("&#%d;", KNOWN),
        KNOWN.encode().hex(" "),
        "\x1b[31m".join(KNOWN[at : at + 3] for at in range(0, len(KNOWN), 3)),
        "\u200b".join(KNOWN),
    ],
)
def test_a_known_secret_in_any_form_is_hidden(form: str) -> None:
    hidden = hide_known_secrets(f"before {form} after", [KNOWN])
    assert "<hidden>" in hidden
    assert len(hidden) < 60


@pytest.mark.parametrize(
    "form",
    [
        b32encode(KNOWN.encode()).decode(),
        encode_base64(encode_base64(KNOWN)),
        escape("\\u%04x", KNOWN),
        escape("\\\\u%04x", KNOWN),
        "\x1b[31m".join(KNOWN),
        "\\u001b[0;1m".join(KNOWN),
        "\u200b".join(KNOWN),
        "\\u200b".join(KNOWN),
    ],
)
def test_a_known_secret_in_any_form_is_hidden_in_a_file(form: str) -> None:
    assert form[4:-6].encode() not in hide_in_bytes(f'{{"a": "{form}"}}'.encode(), frozenset([KNOWN]))


def test_a_record_that_names_a_known_secret_in_escapes_does_not_show_it() -> None:
    remember_secret(KNOWN)
    text = f"x {escape(chr(92) + 'u%04x', KNOWN)} pass\x1b[1mword={S}"
    assert KNOWN[:12] not in str(mask_secrets({"description": text}))


@pytest.mark.parametrize(
    "text",
    [
        encode_base64(encode_base64(f"password={S}")),
        encode_base64(encode_base64(encode_base64(f"token: {S}"))),
        b32encode(f"password={S}".encode()).decode(),
        b32encode(encode_base64(f"token={S}").encode()).decode(),
        urlsafe_b64encode(f'{{"password":"{S}??>>"}}'.encode()).decode(),
        escape("\\u%04x", f"password={S}"),
        f'"\\u0074oken": "{S}"',
        escape("\\x%02x", f"token={S}"),
        f"pass%77ord={S}",
        f"&quot;password&quot;:&quot;{S}&quot;",
        f"pass\u200bword={S}",
        f"\uff50assword={S}",
        f"\x1b[32mpassword\x1b[0m=\x1b[31m{S}\x1b[0m",
        f"hf_\x1b[31m{S}{S}",
        f'{{"tokens": ["{S}", "b{S}"]}}',
        f'{{"secrets": {{"a": "{S}"}}}}',
        f"{{'api_keys': ['x', '{S}']}}",
        f"https://{S}@git.example/x.git",
        f"user:{S}@tcp(db:3306)/x",
        f"https://h.example/p?ticket={S}",
        f"Authorization: Negotiate {S}{S}",
        f"-H 'authorization: Key {S}{S}'",
        f'Authorization: Digest username="u", response="{S}"',
        f"X-Auth-Key: {S}",
        f"REDISCLI_AUTH={S}",
        f"mongodump -u u -p {S}",
        f"ldapsearch -x -w {S} -b dc=x",
        f"unrar x -p{S} a.rar",
        f"openssl enc -aes-256-cbc -k {S}",
        f"openssl rsa -passin pass:{S}",
        f"smbclient //h/s -U u%{S}",
        f"vault login {S}",
        f'echo "{S}" | sudo -S ls',
        f"--auth {S}",
        f"password: |\n  {S}",
        f"db:\n  token:\n    - {S}\n  host: x",
        f'password = """{S}"""',
        f"password: !vault {S}",
        f"stringData:\n  pw: {S}",
    ],
)
def test_a_secret_in_disguise_is_masked(text: str) -> None:
    assert mask_secrets(text) != text
    for shown in (mask_secrets(text), redact_lines(text.split("\n"))[0].decode()):
        assert S not in shown
        assert "***" in shown


@pytest.mark.parametrize(
    "text",
    [
        '{"tokens": [0, 2], "key": "model.layers.0.weight"}',
        '{"tokens": ["hello", "world"]}',
        "commit c386bbc4cd613e30d8f16adf91b7584a2265b1f5 merged",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 marker",
        "job_id=c386bbc4-cd61-4e30-a8f1-6adf91b7584a state=RUNNING",
        "checkpoint /cache/out/run-1/step_100/model-c386bbc4.safetensors saved",
        "Downloading https://w.example/torch-2.1.0%2Bcu121-cp310.whl (755.5 MB)",
        "\x1b[32mINFO\x1b[0m step 3 loss \x1b[1m0.3\x1b[0m tokens/s=12",
        "GET /api/v1/items?k=12&page=2&sid=abc HTTP/1.1",
        "root_info 0a 1b 2c 3d 4e 5f 60 71 22",
        "authorization: user li is allowed to read",
        "max_tokens:\n  - 4096\nstop: |\n  step 100 of run2024",
    ],
)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert mask_secrets(text) == text


LONG = "Mz4Kq8Wn1Xv7Ct3Rb6Yp9Ls2Jd5Hg0FaEuOiTwQx"


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{sign}x\b" for sign in LONG),
        f"{LONG[:13]}zz\b\b{LONG[13:]}",
        LONG[:20],
        LONG[-20:],
        LONG[7:33],
        f"{LONG[:20]}\n{LONG[20:]}",
    ],
)
@pytest.mark.parametrize("in_json", [True, False])
def test_backspaces_within_and_halves_of_a_secret_are_hidden(text: str, *, in_json: bool) -> None:
    data = json.dumps({"content": f"sk {text} end"}).encode() if in_json else f"sk {text} end".encode()
    hidden = hide_in_bytes(data, frozenset([LONG]))
    assert b"<hidden>" in hidden
    assert not any(LONG[at : at + 8].encode() in hidden for at in range(33))
    assert b"Mx" not in hidden
    if in_json:
        assert json.loads(hidden)["content"].startswith("sk <hidden>")


@pytest.mark.parametrize("text", [LONG[:19], "16/20 [=\b\b\b] C:\\bin", "Mzzzz\b" * 50])
def test_short_pieces_and_bars_stay(text: str) -> None:
    assert hide_in_bytes(json.dumps(text).encode(), frozenset([LONG])) == json.dumps(text).encode()


def test_halves_of_a_long_token_are_hidden() -> None:
    token = "".join(hashlib.sha256(str(at).encode()).hexdigest() for at in range(60))
    data = f"a {token[100:2000]} b {token[5:105]} c".encode()
    assert hide_in_bytes(data, frozenset([token])) == f"a <hidden> b {token[5:105]} c".encode()


def test_a_secret_on_two_lines_leaves_json_that_can_be_read() -> None:
    secret = "Qw3rTy7uIo9pAs1dFg5hJk2n" + "Zx4cVb6nMq8wEr0tYu2iOp7aSd9f"
    data = json.dumps({"log": f"{secret[:24]}\n{secret[24:]}"}).encode()
    hidden = hide_in_bytes(data, frozenset([secret]))
    assert json.loads(hidden) == {"log": "<hidden>\n<hidden>"}

"""Secrets in code, configuration, command lines and logs are masked; what resembles them stays."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from matui.base.redaction.masking import hide_in_lines, mask_secrets

HERE = Path(__file__).parent
SECRETS = {
    "$T": "Zq7Xw9Lk2mVb4Tn8Jd6Rf1Hs5Yg3Pc0W",
    "$S": "Zq7Xw9Lk2mVb4Tn8",
    "$W": "riverstonehill",
    "$P": "Tr0ub4dor&3x",
    "$H": "9f86d081884c7d659a2feaa0c55ad015",
    "$B": "b3BzOnJpdmVyc3RvbmVoaWxs",
    "$I": "aWQ6WnE3WHc5TGsybVZiNFRuOEpkNlJmMUhzNVlnM1BjMFc=",
}


def read_texts(name: str) -> list[str]:
    lines = (HERE / name).read_text("utf-8").splitlines()[1:]
    texts = [line.replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\") for line in lines]
    return [text for text in texts if not text.startswith("# ") or "$" in text]


def mask_both(text: str) -> list[str]:
    return [mask_secrets(text), "\n".join(hide_in_lines(text.split("\n")))]


def test_every_secret_is_masked() -> None:
    shown = []
    texts = read_texts("secret_forms.txt")
    for text in texts:
        for mark, secret in SECRETS.items():
            text = text.replace(mark, secret)
        if any(secret in masked for masked in mask_both(text) for secret in SECRETS.values()):
            shown.append(text)
    assert len(texts) > 400
    assert shown == []


def test_no_harmless_text_is_masked() -> None:
    texts = read_texts("harmless_lines.txt")
    assert len(texts) > 300
    assert [text for text in texts if mask_both(text) != [text, text]] == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Cookie: theme=dark; sid=9a8b7c6d5e; lang=en", "Cookie: theme=dark; sid=***; lang=en"),
        (
            "Set-Cookie: JSESSIONID=AB12; Path=/; Max-Age=3600",
            "Set-Cookie: JSESSIONID=***; Path=/; Max-Age=3600",
        ),
        ("pymysql.connect('h', 'ops', 'hill', db='m')", "pymysql.connect('h', 'ops', '***', db='m')"),
        ("ak, sk = 'AbCd1234', 'EfGh5678'", "ak, sk = '***', '***'"),
        ("user, password, db = 'ops', 'hill', 'm'", "user, password, db = 'ops', '***', 'm'"),
        (
            "[secrets]\ndb = 'Ab1cdefg'\n[db]\nname = 'Ab1cdefg'",
            "[secrets]\ndb = '***'\n[db]\nname = 'Ab1cdefg'",
        ),
    ],
)
def test_only_the_secret_is_masked(text: str, masked: str) -> None:
    assert mask_secrets(text) == masked


@pytest.mark.parametrize(
    "word",
    [
        "a, ",
        "tokens: [",
        "Credential('a', ",
        "cookie: a=b; ",
        "a:b@",
        "'token', default=",
        "auth:\n- a:",
        "- x:y ",
    ],
)
def test_a_long_text_takes_no_time(word: str) -> None:
    began = time.process_time()
    mask_both(f"token {word * 1000}= 'x', 'y' -> password '")
    assert time.process_time() - began < 1

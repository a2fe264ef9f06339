"""Mask values that stand beside the name of a secret in code, lists and encoded addresses. Pure."""

from __future__ import annotations

import re

from matui.base.regex import LazyPattern
from matui.base.secret_statements import MASK, PASSWORDS, SECRETS

_NAME = rf"[\w.-]{{0,80}}?(?:{PASSWORDS}|{SECRETS})[\w.-]{{0,80}}"
_STRING = r"(?P<quote>[\"'])(?:(?!(?P=quote))[^\\\n]|\\.){4,}(?P=quote)"

# os.environ["API_KEY"] = "x", "token": ["x"], "token": b"x"; a value in quotes alone is found as of JSON
_ASSIGNED = LazyPattern(rf"([\"']{_NAME}[\"'](?:\]\s*=\s*b?|\s*:\s*(?:\[\s*b?|b)))({_STRING})", re.IGNORECASE)
# ("DB_PASSWORD", "x"), ["--token", "x"]: names are listed too, so that a value has letters and digits
_LISTED = LazyPattern(
    rf"([\"']-{{0,2}}{_NAME}[\"']\s*,\s*[\"'])"
    r"(?=[^\"'\s]*\d)(?=[^\"'\s]*[a-z])[^\"'\s]{6,}(?=[\"'])",
    re.IGNORECASE,
)
_USER_AND_PASSWORD = LazyPattern(
    r"(\b(?:\w{1,20}_)?(?:auth|credentials?|login)\s*[:=]\s*[(\[]\s*[\"'][^\"'\n]{0,80}[\"']\s*,\s*[\"'])[^\"'\n]{4,}(?=[\"'])",
    re.IGNORECASE,
)
_ENCODED = LazyPattern(rf"({_NAME}(?:%22)?%3A(?:%20|\+)*(?:%22)?)[^\s&%\"']{{4,}}", re.IGNORECASE)


def mask_pairs(line: str) -> str:
    """Return a line with ``***`` for strings that are assigned to, or listed after, the name of a secret."""
    if "[" in line or "b'" in line or 'b"' in line:
        line = _ASSIGNED.compiled.sub(rf"\1\g<quote>{MASK}\g<quote>", line)
    if "'," in line or '",' in line:
        line = _LISTED.compiled.sub(rf"\1{MASK}", line)
        line = _USER_AND_PASSWORD.compiled.sub(rf"\1{MASK}", line)
    if "%3" in line:
        line = _ENCODED.compiled.sub(rf"\1{MASK}", line)
    return line

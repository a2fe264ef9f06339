"""Mask strings of source and JSON that are assigned to, or listed after, the name of a secret. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.patterns import KEY_PAIR, MASK, NAME, PASSWORDS, SECRETS
from matui.base.text.regex import LazyPattern

_TYPE = r"(?:\s*:\s*[A-Za-z][\w.]{0,30}(?:\[[\w., |]{1,40}\])?)?\s*=\s*"
_WRAPPER = r"(?:(?:\w{1,20}\.)?(?:SecretStr|Secret|str|bytes|String)\(\s*)?[rbfuRBFU]{0,2}"

_STRING = r"(?P<quote>[\"'])(?:(?!(?P=quote))[^\\\n]|\\.){4,}(?P=quote)"
# os.environ["API_KEY"] = "x", "token": ["x"], "token": b"x"; a value in quotes alone is found as of JSON
_ASSIGNED = LazyPattern(rf"([\"']{NAME}[\"'](?:\]\s*=\s*b?|\s*:\s*(?:\[\s*b?|b)))({_STRING})", re.IGNORECASE)
# "api_keys": ["x", "y"], "credentials": {"a": "x"}
_COLLECTION = LazyPattern(
    rf"([\"']{NAME}[\"']\s*[:=]\s*)(\[[^\[\]\n]{{1,4000}}\])"
    r"|([\"'][\w.-]{0,40}(?:secret|credential|password)s?[\"']\s*[:=]\s*)(\{[^{}\n]{1,4000}\})",
    re.IGNORECASE,
)
_MIXED_STRING = LazyPattern(
    r"(?P<quote>[\"'])(?=[^\"'\s]*\d)(?=[^\"'\s]*[A-Za-z])[^\"'\s]{8,}(?P=quote)(?!\s*:)"
)
# ("DB_PASSWORD", "x"), ["--token", "x"]: names are listed too, so that a value has letters and digits
_LISTED = LazyPattern(
    rf"([\"'](?:-{{0,2}}{NAME}|--?{KEY_PAIR})[\"']\s*,\s*[\"'])"
    r"(?=[^\"'\s]*\d)(?=[^\"'\s]*[a-z])[^\"'\s]{6,}(?=[\"'])",
    re.IGNORECASE,
)
_USER_AND_PASSWORD = LazyPattern(
    r"(\b(?:\w{1,20}_)?(?:auth|credentials?|login)\s*[:=]\s*[(\[]\s*[\"'][^\"'\n]{0,80}[\"']\s*,\s*[\"'])[^\"'\n]{4,}(?=[\"'])",
    re.IGNORECASE,
)
_PASSWORD_PAIR = LazyPattern(
    rf"([\[(]\s*[\"'][\w.-]{{0,80}}(?:{PASSWORDS})[\"']\s*,\s*[\"'])(?!user)[^\"'\s]{{4,}}(?=[\"']\s*[\])])",
    re.IGNORECASE,
)
_ENCODED_PAIR = LazyPattern(rf"({NAME}(?:%22)?%3A(?:%20|\+)*(?:%22)?)[^\s&%\"']{{4,}}", re.IGNORECASE)
_PASSWORD_LITERAL = LazyPattern(
    rf"((?:{PASSWORDS})\w{{0,40}}{_TYPE}{_WRAPPER})([\"'])(?:(?!\2)[^\n]){{4,}}\2", re.IGNORECASE
)
_SECRET_LITERAL = LazyPattern(
    rf"((?:{SECRETS})\w{{0,40}}{_TYPE}{_WRAPPER})([\"'])(?=[^\"'\s]*\d)[^\"'\s]{{8,}}\2", re.IGNORECASE
)


def mask_literals(line: str) -> str:
    """Return a line of source with ``***`` for literals of secrets: ``password: str = r"x"``."""
    if "=" not in line:
        return line
    for pattern in (_PASSWORD_LITERAL, _SECRET_LITERAL):
        line = pattern.compiled.sub(rf"\1\2{MASK}\2", line)
    return line


def mask_pairs(line: str) -> str:
    """Return a line with ``***`` for strings that are assigned to, or listed after, the name of a secret."""
    if "[" in line or "b'" in line or 'b"' in line:
        line = _ASSIGNED.compiled.sub(_mask_assigned, line)
    if "[" in line or "{" in line:
        line = _COLLECTION.compiled.sub(_mask_strings, line)
    if "'," in line or '",' in line:
        line = _LISTED.compiled.sub(rf"\1{MASK}", line)
        line = _PASSWORD_PAIR.compiled.sub(rf"\1{MASK}", line)
        line = _USER_AND_PASSWORD.compiled.sub(rf"\1{MASK}", line)
    if "%3" in line:
        line = _ENCODED_PAIR.compiled.sub(rf"\1{MASK}", line)
    return line


def _mask_assigned(match: re.Match[str]) -> str:
    is_text = "tokens" in match[1].lower() and not any(sign.isdigit() for sign in match[2])
    return match[0] if is_text else f"{match[1]}{match['quote']}{MASK}{match['quote']}"


def _mask_strings(match: re.Match[str]) -> str:
    name, items = match[1] or match[3], match[2] or match[4]
    return name + _MIXED_STRING.compiled.sub(rf"\g<quote>{MASK}\g<quote>", items)

"""Mask strings of source and JSON that are assigned to, or listed after, the name of a secret. Pure."""

from __future__ import annotations

import re
from itertools import cycle

from matui.base.redaction.harmless import is_about_secret
from matui.base.redaction.patterns import KEY_PAIR, MASK, NAME, PASSWORDS, SCHEMES, SECRETS, contains_any
from matui.base.redaction.rules.rule import MaskRule
from matui.base.text.regex import LazyPattern

_TYPE = r"(?:\s*:\s*[A-Za-z][\w.]{0,30}(?:\[[\w., |]{1,40}\])?)?\s*=\s*"
_WRAPPER = (
    r"(?:(?:\w{1,20}\.)?(?:SecretStr|Secret|Token|Password|str|bytes|String)\(\s*"
    r"(?:(?:secret_)?value\s*=\s*)?)?[rbfuRBFU]{0,2}"
)

_STRING = r"(?P<quote>[\"'])(?:(?!(?P=quote))[^\\\n]|\\.){4,}(?P=quote)"
# os.environ["API_KEY"] = "x", "token": ["x"], "token": b"x"; a value in quotes alone is found as of JSON
_ASSIGNED = LazyPattern(rf"([\"']{NAME}[\"'](?:\]\s*=\s*b?|\s*:\s*(?:\[\s*b?|b)))({_STRING})", re.IGNORECASE)
# "api_keys": ["x", "y"], "credentials": {"a": "x"}
_COLLECTION = LazyPattern(
    rf"((?<![\w.-])[\"']?{NAME}[\"']?\s*[:=]\s*)(\[[^\[\]\n]{{1,4000}}\])"
    r"|((?<![\w.-])[\"']?[\w.-]{0,40}(?:secret|credential|password|auth_user)s?[\"']?\s*[:=]\s*)(\{[^{}\n]{1,4000}\})",
    re.IGNORECASE,
)
_MIXED_STRING = LazyPattern(r"([\"'])(?=[^\"'\s]*\d)(?=[^\"'\s]*[A-Za-z])[^\"'\s]{8,}(?=\1(?!\s*:))")
_RANDOM_ITEM = LazyPattern(
    r"([\s\"'\[])(?=(?:[^\s\"',]*\d){2})(?=[^\s\"',]*[a-z])(?=[^\s\"',]*[A-Z])"
    r"[^\s\"',:}\]]{8,}(?=[\"'\s,}\]](?!\s*:))"
)
_ANY_ITEM = LazyPattern(
    r"((?:(?<=[\[,])|(?<=[^:]:))\s*[\"']?)(?!(?i:true|false|null|none|redacted|hidden|masked)\b)"
    r"[^\s\"',:{}\[\]*<]{4,}(?=[\"']?\s*[,}\]])"
)
_OF_PASSWORDS = LazyPattern(rf"(?:{PASSWORDS}|auth_user)s?[\"']?\s*[:=]", re.IGNORECASE)
# parser.add_argument("--token", default="x"), config.get("db", "password", fallback="x")
_DEFAULT = LazyPattern(
    rf"([\"'](?:-{{0,2}}{NAME})[\"']\s*(?:,\s*(?:\w+\s*=\s*)?[\w.]+\s*)?,\s*(?:default|fallback|value)=[\"'])"
    r"(?![<\[])[^\s\"']{6,}(?=[\"'])",
    re.IGNORECASE,
)
# ak, sk = "x", "y"
_SEVERAL = LazyPattern(
    r"(?<!\S)((?:[\w.]{1,40}\s*,\s*){1,5}[\w.]{1,40})(\s*=\s*|\s+in\s+\[\()"
    r"((?:[\"'][^\"'\n]*[\"']\s*,\s*){1,5}[\"'][^\"'\n]*[\"'])"
)
_WORD = LazyPattern(rf"(?:{PASSWORDS}|{SECRETS}|{KEY_PAIR})", re.IGNORECASE)
_TEXT = LazyPattern(r"([\"'])[^\"'\n]*\1")
# ~ secret_key = "x" -> "y", of a plan
_CHANGED = LazyPattern(
    rf"({NAME}[\"']?\s*[:=]\s*[\"'][^\"'\n]{{0,200}}[\"']\s*(?:->|=>)\s*[\"'])[^\"'\n]{{4,}}", re.IGNORECASE
)
# using password 'x'
_PASSWORD_IN_QUOTES = LazyPattern(rf"((?:{PASSWORDS})\s+')(?!user|pass)[^'\s]{{4,}}(?=')", re.IGNORECASE)
# ("DB_PASSWORD", "x"), ["--token", "x"]: names are listed too, so that a value has letters and digits
_LISTED = LazyPattern(
    rf"([\"'](?:-{{0,2}}{NAME}|--?{KEY_PAIR})[\"']\s*,\s*[\"'])"
    r"(?=[^\"'\s]*\d)(?=[^\"'\s]*[a-z])[^\"'\s]{6,}(?=[\"'])",
    re.IGNORECASE,
)
_USER_AND_PASSWORD = LazyPattern(
    r"(\b(?:\w{1,20}_)?(?:auth|credentials?|login)[\"']?\s*[:=]\s*[(\[]\s*[\"'][^\"'\n]{0,80}[\"']\s*,\s*[\"'])"
    rf"(?!{SCHEMES}[\"'])[^\"'\n]{{4,}}(?=[\"'])",
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
_KEY_LITERAL = LazyPattern(
    rf"((?:secret[_-]?key|client[_-]?secret){_TYPE}{_WRAPPER})([\"'])[^\"'\s<]{{8,}}\2", re.IGNORECASE
)
_SECRET_LITERAL = LazyPattern(
    rf"((?:{SECRETS})\w{{0,40}}{_TYPE}{_WRAPPER})([\"'])(?=[^\"'\s]*\d)[^\"'\s]{{8,}}\2", re.IGNORECASE
)


def mask_literals(line: str) -> str:
    """Return a line of source with ``***`` for literals of secrets: ``password: str = r"x"``."""
    if "=" not in line:
        return line
    for pattern in (_PASSWORD_LITERAL, _KEY_LITERAL, _SECRET_LITERAL):
        line = pattern.compiled.sub(rf"\1\2{MASK}\2", line)
    return line


def mask_pairs(line: str) -> str:
    """Return a line with ``***`` for strings that are assigned to, or listed after, the name of a secret."""
    for rule in _RULES:
        if contains_any(line, rule.signs):
            line = rule.pattern.compiled.sub(rule.mask, line)
    return line


def _mask_several(match: re.Match[str]) -> str:
    """Return an assignment of several strings with ``***`` for those whose names denote secrets."""
    turns = cycle([_WORD.compiled.search(name) is not None for name in match[1].split(",")])
    return (
        match[1]
        + match[2]
        + _TEXT.compiled.sub(lambda text: rf"{text[1]}{MASK}{text[1]}" if next(turns) else text[0], match[3])
    )


def _mask_assigned(match: re.Match[str]) -> str:
    is_text = "tokens" in match[1].lower() and not any(sign.isdigit() for sign in match[2])
    return match[0] if is_text else f"{match[1]}{match['quote']}{MASK}{match['quote']}"


def _mask_items(match: re.Match[str]) -> str:
    """Return a list or mapping with ``***`` for its items; of tokens, which may be words, for random ones."""
    name, items = match[1] or match[3], match[2] or match[4]
    if is_about_secret(name):
        return match[0]
    is_quoted = name.rstrip(" :=").endswith(("'", '"'))
    if _OF_PASSWORDS.compiled.search(name):
        pattern = _ANY_ITEM
    else:
        pattern = _MIXED_STRING if is_quoted and "tokens" not in name.lower() else _RANDOM_ITEM
    return name + pattern.compiled.sub(rf"\1{MASK}", items)


_LISTS = ("',", '",')
_RULES = (
    MaskRule(("[", "b'", 'b"'), _ASSIGNED, _mask_assigned),
    MaskRule((": [", ":[", "= [", "=[", ": {", ":{", "= {", "={"), _COLLECTION, _mask_items),
    MaskRule(_LISTS, _LISTED),
    MaskRule(_LISTS, _PASSWORD_PAIR),
    MaskRule(_LISTS, _USER_AND_PASSWORD),
    MaskRule(_LISTS, _SEVERAL, _mask_several),
    MaskRule(("default=", "fallback=", "value="), _DEFAULT),
    MaskRule(("->", "=>"), _CHANGED),
    MaskRule((" '",), _PASSWORD_IN_QUOTES),
    MaskRule(("%3",), _ENCODED_PAIR),
)

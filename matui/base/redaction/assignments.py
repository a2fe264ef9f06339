"""Mask options, parameters and keys of JSON that are named as secrets: ``--token x``, ``?token=x``. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.harmless import is_about_secret, is_count, is_placeholder
from matui.base.redaction.known import HIDDEN
from matui.base.redaction.named_values import is_folder
from matui.base.redaction.patterns import MASK, NAME_WORD, PASSWORDS, contains_any
from matui.base.text.regex import LazyPattern

_IN_COMMAND = LazyPattern(
    rf"((?:^|\s)-{{0,2}}[\w.-]{{0,80}}{NAME_WORD}[\w-]{{0,80}}(?:\s*[=-]>\s*|\s*=\s*|\s+))"
    rf"(\"[^\"]*\"|'[^']*'|[^\s]+)",
    re.IGNORECASE,
)
_VALUE = r"(\"(?:[^\"\\]|\\.)*\"|'[^']*'|\\+\"[^\"]*\"|[^\s&;#,'\"]+)"
_OF_SENTENCE = (
    r"(?:tokens?|auth(?:entication|orization)?|schem[ea]|credentials?|is|was|or|and|not|missing|expired|invalid"
    r"|required|error)(?![\w.~+/=-])"
)
_NAMED_VALUES = LazyPattern(
    rf"((?:^|[\s?&;,#]|%26|%3F)-{{0,2}}[\w.-]{{0,80}}{NAME_WORD}[\w-]{{0,80}}(?:=|%3D)"
    rf"|(?:^|\s)--?[\w.-]{{0,80}}{NAME_WORD}[\w-]{{0,80}}\s+"
    rf"|[\"'][\w.-]{{0,80}}{NAME_WORD}[\w-]{{0,80}}\\*[\"']\s*:\s*"
    rf"|\bBearer\s+(?!realm=|{_OF_SENTENCE})){_VALUE}",
    re.IGNORECASE,
)
_SIGNS_OF_VALUES = ("=", ":", "-", "%3d", "bearer")
_TOKEN_COUNT = LazyPattern(
    r"tokens(?![a-z])|per[_-]token|token[_-][a-z]|(?<![a-z])(?:max|min|num|n|new|total|input|output|prompt)[_-]?token",
    re.IGNORECASE,
)
_PASSWORD_NAME = LazyPattern(PASSWORDS, re.IGNORECASE)
_DECIMAL = LazyPattern(r"\d+\.\d+")
_NUMBER = LazyPattern(r"[\d.,]+(?:e[+-]?\d+)?\w{0,6}(?:/\w+)?", re.IGNORECASE)


def hide_command_secrets(command: str, mask: str = HIDDEN) -> str:
    """Return a command line with ``mask`` for the values of secret options."""
    return _IN_COMMAND.compiled.sub(
        lambda match: match[0] if _is_harmless(match) or is_about_secret(match[1]) else match[1] + mask,
        command,
    )


def mask_assignments(text: str) -> str:
    """Return a text with ``***`` for what is assigned to the name of a secret."""
    if not contains_any(text.lower(), _SIGNS_OF_VALUES):
        return text
    return _NAMED_VALUES.compiled.sub(_mask_value, text)


def _mask_value(match: re.Match[str]) -> str:
    if is_about_secret(match[1]):
        return match[1] + match.re.sub(_mask_value, match[2])
    if _is_harmless(match):
        return match[0]
    quote = match[2][0] if match[2][0] in "\"'" else ""
    return f"{match[1]}{quote}{MASK}{quote}"


def _is_harmless(match: re.Match[str]) -> bool:
    """Return whether the value of a match, its second group, is no secret though its name is that of one."""
    name, value = match[1], match[2]
    if is_folder(name, value) or not value.strip("[{(=\"'") or is_placeholder(value):
        return True
    if _TOKEN_COUNT.compiled.search(name) and _NUMBER.compiled.fullmatch(value.strip("\"'{}[]()")):
        return True
    is_number = is_count(match) or _DECIMAL.compiled.fullmatch(value.strip("\"'")) is not None
    return is_number and not _PASSWORD_NAME.compiled.search(name)


def is_token_count(name: str, value: object) -> bool:
    """Return whether a value is a number of tokens of a model, ``max_tokens = 512``, and no secret."""
    return str(value).isdigit() and _TOKEN_COUNT.compiled.search(name) is not None

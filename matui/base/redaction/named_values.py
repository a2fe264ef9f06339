"""Mask what stands after the name of a secret on a line: ``password: x``, ``| token | x |``. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.harmless import is_about_secret, is_object_name, is_placeholder
from matui.base.redaction.patterns import (
    MASK,
    MIXED,
    NO_VALUE,
    OTHERS,
    PASSWORD_SIGNS,
    PASSWORDS,
    SECRET_SIGNS,
    SECRETS,
    SIGN,
    contains_any,
)
from matui.base.redaction.statements import mask_statements
from matui.base.redaction.strings import mask_literals, mask_pairs
from matui.base.text.regex import LazyPattern

_QUOTED = r"(?<![\"'])(?:\"(?:[^\"\\]|\\.){4,}\"|'[^']{4,}')"
_PASSWORD = LazyPattern(
    rf"((?:{PASSWORDS})[\w-]{{0,80}}(?:\[\w{{0,20}}\]|\])?{SIGN}(?:\\*[\"'])??)(?!{NO_VALUE}(?:[)\].,;]|\s|$))"
    rf"({_QUOTED}|[^\s\"',;&}}]{{4,}})",
    re.IGNORECASE,
)
_SPELLED = LazyPattern(
    rf"((?:{OTHERS})[\w-]{{0,80}}(?: id| provided)?(?:{SIGN}|\s+)[\"']?){MIXED}", re.IGNORECASE
)
_SPELLED_PASSWORD = LazyPattern(rf"((?:{PASSWORDS})\s+[\"']?){MIXED}", re.IGNORECASE)
# | password | x |, password ..... x
_IN_TABLE = LazyPattern(
    rf"((?<![\w.-])[\w.-]{{0,40}}?(?:{PASSWORDS}|{OTHERS})[\w.-]{{0,40}}\s*(?:[|│]|\.{{3,}})\s*){MIXED}",
    re.IGNORECASE,
)
_IN_IMAGE = LazyPattern(  # of a Dockerfile
    rf"(^\s*(?:ENV|ARG)\s+\w{{0,40}}?(?:(?:{PASSWORDS})\w{{0,40}}\s+(?=\S{{4}})|(?:{SECRETS})\w{{0,40}}\s+(?=\S*\d)))(\S+)",
    re.IGNORECASE,
)
_SIGNS_OF_TABLES = ("|", "│", "...")


def mask_line(line: str) -> str:
    lowered = line.lower()
    names_password, names_secret = contains_any(lowered, PASSWORD_SIGNS), contains_any(lowered, SECRET_SIGNS)
    if names_password or names_secret:
        line = _IN_IMAGE.compiled.sub(_mask_value, mask_literals(mask_pairs(line)))
        if contains_any(line, _SIGNS_OF_TABLES):
            line = _IN_TABLE.compiled.sub(_mask_value, line)
    if names_password:
        line = _SPELLED_PASSWORD.compiled.sub(_mask_value, _PASSWORD.compiled.sub(_mask_value, line))
    if names_secret:
        line = _SPELLED.compiled.sub(_mask_value, line)
    return mask_statements(line) if names_password or names_secret else line


def _mask_value(match: re.Match[str]) -> str:
    quote = match[2][0] if match[2][0] in "\"'" else ""
    value = match[2].strip(quote) if quote else match[2]
    if is_about_secret(match[1]):
        return match[1] + match.re.sub(_mask_value, match[2])
    is_kept = value.startswith(("*", "<")) or is_folder(match[1], value) or is_placeholder(value)
    is_kept = is_kept or is_object_name(match)
    return match[0] if is_kept else f"{match[1]}{quote}{MASK}{quote}"


def is_folder(name: str, value: str) -> bool:
    """Return whether a value after ``pwd`` is the working directory and no password."""
    return value.startswith(("/", "~")) and name.rstrip(" \t\"':=").lower().endswith("pwd")

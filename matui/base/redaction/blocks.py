"""Mask secrets on the lines below their name: blocks and lists of YAML, private keys. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matui.base.redaction.manifests import mask_manifests
from matui.base.redaction.patterns import CONTENT, LABEL, MASK, PASSWORDS, SCHEMES, SECRET_NAME
from matui.base.text.regex import LazyPattern

_NAME_LINE = LazyPattern(rf"\s*-?\s*{LABEL}:\s*[\"']?{SECRET_NAME}[\"']?\s*$", re.IGNORECASE)
_VALUE_LINE = LazyPattern(rf"(\s*{CONTENT}:\s*)\S.*", re.IGNORECASE)
# Of YAML: a name whose value is a block of text or a list below it.
_BLOCK = LazyPattern(
    rf"(?P<indent>\s*)(?:-\s+)?[\"']?(?:{SECRET_NAME}|auth|login|[\w-]{{0,40}}users)[\"']?\s*[:=]\s*"
    r"(?P<style>[|>][+-]?\d?)?\s*",
    re.IGNORECASE,
)
_ENDS_OF_NAMES = frozenset(":=|>+-123456789")  # of the last line before a value
_PASSWORD_ALONE = LazyPattern(rf"(?:{PASSWORDS})[\"']?\s*[:=]\s*$", re.IGNORECASE)
_STRONG_WORD = LazyPattern(r"[\"']?(?=[^\s:]*\d)(?=[^\s:]*[a-z])(?=[^\s:]*[A-Z])[^\s:\"'/\\.=-]{8,}[\"']?\s*")
_ONE_WORD = LazyPattern(r"[\"']?[^\s:\"'-][^\s:\"']{3,}[\"']?\s*")
_MIXED_WORD = LazyPattern(r"[\"']?(?!/)(?=(?:[\w+/=-]*\d){3})(?=[\w+/=-]*[A-Za-z])[\w+/=-]{12,}[\"']?\s*")
# - ops:x below auth, ops: x below credentials
_ACCOUNT = LazyPattern(
    rf"^(\s*-\s+[\"']?(?!{SCHEMES}:)[\w.@-]+:)(?!//|\d{{1,5}}[\"']?\s*$)[^\s\"',;]{{4,}}(?=[\"']?\s*$)"
)
_OF_ACCOUNTS = LazyPattern(r"(?:auth|credentials?|logins?|users)[\"']?\s*[:=]\s*$", re.IGNORECASE)
_FIELD = LazyPattern(
    r"^(\s*[\"']?[\w.@-]+[\"']?\s*[:=]\s*[\"']?)(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])[^\s\"':/]{8,}(?=[\"']?\s*$)"
)
_OF_FIELDS = LazyPattern(r"(?:secrets|credentials|passwords|auth_users)[\"']?\s*[:=]\s*$", re.IGNORECASE)
_SECTION = LazyPattern(r"\s*\[[\w.-]{0,60}(?:secrets|credentials|passwords)\]\s*", re.IGNORECASE)  # of TOML
_ANNOUNCED = LazyPattern(rf"[^\n:=]*\b(?:{PASSWORDS})\b[^\n:=]{{0,60}}:\s*", re.IGNORECASE)
_ITEM = LazyPattern(r"(\s*-\s+)[\"']?(?=\S*\d)(?=\S*[A-Za-z])[^\s:\"']{8,}[\"']?\s*")


def mask_key_lines(lines: list[str]) -> Iterator[str]:
    """Yield lines with ``***`` for secrets on more than one: private keys, and values below their name."""
    inside = is_named = False
    for line in mask_blocks(mask_manifests(lines)):
        is_mark = "PRIVATE KEY" in line
        begins = (is_mark and "-----BEGIN" in line) or line.startswith("Private-Lines: ")
        ends = (is_mark and "-----END" in line) or (inside and line.startswith("Private-MAC: "))
        inside = (inside or begins) and not ends
        value = _VALUE_LINE.compiled.fullmatch(line) if is_named else None
        is_named = ":" in line and _NAME_LINE.compiled.match(line) is not None
        if value is not None:
            yield f"{value[1]}{MASK}"
        else:
            yield MASK if inside or ends else line


def mask_blocks(lines: list[str]) -> Iterator[str]:
    """Yield lines with ``***`` for the values below a name, and in sections of secrets."""
    block: re.Match[str] | None = None
    is_section = is_announced = False
    for line in lines:
        if block is not None and (below := _mask_below(block, line)):
            yield below
            continue
        end = line.rstrip()[-1:]
        if is_announced and end and _MIXED_WORD.compiled.fullmatch(line.strip()):
            yield MASK
            continue
        is_announced = (
            (end == ":" and _ANNOUNCED.compiled.fullmatch(line) is not None) if end else is_announced
        )
        if end == "]" and line.lstrip().startswith("["):
            is_section = _SECTION.compiled.fullmatch(line) is not None
        block = _BLOCK.compiled.fullmatch(line) if end in _ENDS_OF_NAMES else None
        yield _FIELD.compiled.sub(rf"\1{MASK}", line) if is_section else line


def _mask_below(block: re.Match[str], line: str) -> str:
    """Return a line of the value below ``block`` masked, ``""`` where it is none or holds no secret."""
    text = line.lstrip()
    indent = len(line) - len(text)
    if not text or indent < len(block["indent"]) or (block["style"] and indent == len(block["indent"])):
        return ""
    if block["style"]:
        return line[:indent] + MASK
    is_deeper = indent > len(block["indent"])
    if _PASSWORD_ALONE.compiled.search(block[0]) and (
        (_ONE_WORD if is_deeper else _STRONG_WORD).compiled.fullmatch(text)
    ):
        return line[:indent] + MASK
    if _MIXED_WORD.compiled.fullmatch(text):
        return line[:indent] + MASK
    if _OF_ACCOUNTS.compiled.search(block[0]) and _ACCOUNT.compiled.match(line):
        return _ACCOUNT.compiled.sub(rf"\1{MASK}", line)
    if is_deeper and _OF_FIELDS.compiled.search(block[0]) and _FIELD.compiled.match(line):
        return _FIELD.compiled.sub(rf"\1{MASK}", line)
    item = _ITEM.compiled.fullmatch(line)
    return f"{item[1]}{MASK}" if item else ""

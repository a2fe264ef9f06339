"""Mask the data of Secrets of clusters and the accounts of cloud-init, in JSON and YAML. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.patterns import MASK
from matui.base.redaction.rules.rule import MaskRule
from matui.base.text.regex import LazyPattern

_SECRET_OBJECT = LazyPattern(r"(?=[^\n]*kind\\*\"\s*:\s*\\*\"Secret\\*\")[^\n]+")
_DATA = LazyPattern(r"(\\*\"(?:stringData|data)\\*\"\s*:\s*\{)([^{}]{1,20000})(?=\})")
_STRING_DATA = LazyPattern(r"(\\*\"stringData\\*\"\s*:\s*\{)([^{}]{1,20000})(?=\})")
_DATA_VALUE = LazyPattern(r"(:\s*\\*\")[^\"\\]+(?=\\*\")")

_KIND_LINE = LazyPattern(r"[\"']?kind[\"']?: *[\"']?Secret[\"']?\s*")
_DATA_LINE = LazyPattern(r"(?P<indent>\s*)(?:stringData|data):\s*")
_DATA_INLINE = LazyPattern(r"(\s*(?:stringData|data):\s*)(\{.+\})\s*")
_INLINE_VALUE = LazyPattern(r"([\w.\"'-]+\s*:\s*)[^\s,{}]+")
_ACCOUNTS_LINE = LazyPattern(r"(?P<indent>\s*)(?:-\s+)?chpasswd:\s*")
_DATA_FIELD = LazyPattern(r"(\s*[\"']?[\w.-]+[\"']?:\s*)(?![|>][+-]?\s*$)\S.*")
_DATA_BLOCK = LazyPattern(r"\s*[\"']?[\w.-]+[\"']?:\s*[|>][+-]?\d?\s*")
_ACCOUNT = LazyPattern(r"(\s*(?:-\s+)?[\"']?[a-z_][\w-]*:)(?!\s|$)[^\s\"']+")


def _mask_data(match: re.Match[str]) -> str:
    """Return a line of JSON with ``***`` for the values of the data of a Secret."""
    return _DATA.compiled.sub(_mask_values, match[0])


def _mask_values(data: re.Match[str]) -> str:
    return data[1] + _DATA_VALUE.compiled.sub(rf"\1{MASK}", data[2])


def mask_manifests(lines: list[str]) -> list[str]:
    """Return lines with ``***`` for the data of Secrets and the accounts of cloud-init in YAML."""
    if not any("chpasswd:" in line or ("Secret" in line and "kind" in line) for line in lines):
        return lines
    masked = list(lines)
    for at, line in enumerate(lines):
        inline = _DATA_INLINE.compiled.fullmatch(line)
        if inline is not None and _is_of_secret(lines, at):
            masked[at] = inline[1] + _INLINE_VALUE.compiled.sub(rf"\1{MASK}", inline[2])
        if _DATA_LINE.compiled.fullmatch(line) and _is_of_secret(lines, at):
            field = _DATA_FIELD
        elif _ACCOUNTS_LINE.compiled.fullmatch(line):
            field = _ACCOUNT
        else:
            continue
        block = -1  # the indent of a field whose value is a block of text
        for below in range(at + 1, len(lines)):
            indent = _measure_indent(lines[below])
            if lines[below].strip() and indent <= _measure_indent(line):
                break
            if 0 <= block < indent:
                masked[below] = f"{' ' * indent}{MASK}"
                continue
            is_block = field is _DATA_FIELD and _DATA_BLOCK.compiled.fullmatch(lines[below]) is not None
            block = indent if is_block else -1
            if found := field.compiled.fullmatch(lines[below]):
                masked[below] = f"{found[1]}{MASK}"
    return masked


def _is_of_secret(lines: list[str], at: int) -> bool:
    """Return whether the mapping with the line ``data:`` at ``at`` has ``kind: Secret``."""
    indent = _measure_indent(lines[at])
    for places in (range(at, -1, -1), range(at + 1, len(lines))):
        for place in places:
            line = lines[place]
            begins_item = line.lstrip().startswith("-") and _measure_indent(line) <= indent
            if place > at and begins_item:
                break
            if line.strip() and (line.startswith("---") or _measure_indent(line) < indent):
                break
            if _measure_indent(line) == indent and _KIND_LINE.compiled.fullmatch(line.lstrip(" -")):
                return True
            if begins_item:
                break
    return False


def _measure_indent(line: str) -> int:
    return len(line) - len(line.lstrip(" -"))


MANIFESTS: tuple[MaskRule, ...] = (
    MaskRule(('"Secret"', '\\"Secret\\"'), _SECRET_OBJECT, _mask_data),
    MaskRule("stringData", _STRING_DATA, _mask_values),  # only Secrets have it
)

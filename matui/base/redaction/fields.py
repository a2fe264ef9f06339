"""Mask values whose name stands in the field beside them: ``name: API_KEY``, ``value: x``. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.patterns import CONTENT, LABEL, MASK, PASSWORDS, SECRET_NAME, SECRETS, contains_any
from matui.base.text.regex import LazyPattern

_EQUALS = r"\\*[\"']?\s*[:=]\s*\\*[\"']?"
_NEXT = r"\\*[\"']?(?:\s*[,;]\s*|\s+)\\*[\"']?"
_OTHER_FIELD = rf"(?:(?!{LABEL}\b)\w{{1,40}}{_EQUALS}[^\"',;{{}}\s]{{0,80}}{_NEXT}){{0,3}}"
# Of YAML, of JSON in a text, of Go: a name and its value in either order.
_NAME_BESIDE_VALUE = LazyPattern(
    rf"({LABEL}{_EQUALS}{SECRET_NAME}{_NEXT}{_OTHER_FIELD}{CONTENT}{_EQUALS}\[?[\"']?)"
    r"(?![\d.,]+(?:[\s\"',}\\]|$))[^\s\"',;}\\\]]+",
    re.IGNORECASE,
)
_VALUE_BESIDE_NAME = LazyPattern(
    rf"({CONTENT}{_EQUALS})(?![\d.,]+[\s\"',}}\\])[^\s\"',;}}\\]{{1,2000}}+"
    rf"({_NEXT}{LABEL}{_EQUALS}{SECRET_NAME}(?=[\s\"',;}}\\]|$))",
    re.IGNORECASE,
)
_TRIPLE = LazyPattern(
    rf"((?:{PASSWORDS}|{SECRETS})[\w-]{{0,80}}\s*[:=]\s*(?:\"{{3}}|'{{3}}))[^\"']{{4,}}", re.IGNORECASE
)
_RECORD_SIGNS = ("alue", "ALUE", "'v", '"v', "v:", "v=", "V:", "Val", '"V', "ontent", "efault")
_TRIPLE_QUOTES = ('"""', "'''")


def mask_fields(text: str) -> str:
    """Return a text that names a secret with ``***`` for values that may go over several lines."""
    if contains_any(text, _RECORD_SIGNS):
        text = _NAME_BESIDE_VALUE.compiled.sub(rf"\1{MASK}", text)
        text = _VALUE_BESIDE_NAME.compiled.sub(rf"\1{MASK}\2", text)
    return _TRIPLE.compiled.sub(rf"\1{MASK}", text) if contains_any(text, _TRIPLE_QUOTES) else text

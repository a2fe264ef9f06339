"""Mask the secrets in a text. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.assignments import mask_assignments
from matui.base.redaction.blocks import mask_blocks
from matui.base.redaction.disguises import decode_layers, reveal
from matui.base.redaction.fields import mask_fields
from matui.base.redaction.known import hide_known
from matui.base.redaction.manifests import mask_manifests
from matui.base.redaction.named_values import mask_line
from matui.base.redaction.patterns import (
    MASK,
    OTHERS,
    PASSWORD_SIGNS,
    PASSWORDS,
    SECRET_SIGNS,
    SIGN,
    contains_any,
)
from matui.base.redaction.rules.commands import mask_options
from matui.base.redaction.rules.selection import find_rules
from matui.base.text.regex import LazyPattern

_SHORTEST_ENCODED = 20
_ENCODED = LazyPattern(
    r"(?<![\w/+.-])(?:(?=[\w+/-]*[a-z])[A-Za-z0-9+/]{8,}[\w+/-]{12,}|[A-Z2-7]{24,})={0,6}(?![\w/+])", re.ASCII
)
_LONG_WORD = LazyPattern(r"[\w+/-][\w+/-]{19}", re.ASCII)  # in every text with what is encoded
_NAMED = LazyPattern(rf"(?:{PASSWORDS}|{OTHERS})[\w-]{{0,80}}{SIGN}[\"']?[^\s\"']{{4,}}", re.IGNORECASE)
_PRIVATE_KEY = LazyPattern(
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)"
    r"|(?<=Private-Lines: )\d+\s.*?(?:Private-MAC: \w+|$)",
    re.DOTALL,
)
# One of these is in every text that the patterns match.
_SIGNS = ("pass", "pwd", "secret", "token", "cred", "sign", "auth", "key", "ak", "sk", "bearer", "jwt", "://")
_SIGNS_OF_KEYS = ("PRIVATE KEY", "Private-Lines: ")
_URL_PASSWORD = LazyPattern(r"(://[^\s/:@]*:)[^\s/\"]+(?=@)")


def mask_shapes(text: str) -> str:
    """Return a text with ``***`` for tokens of well-known forms, and for what a word such as password names.

    The value of a word for a password is masked whatever it is; of another word if it looks like a secret.
    """
    for rule in find_rules(text):
        text = rule.pattern.compiled.sub(rule.mask, text)
    lowered = text.lower()
    names_password, names_secret = contains_any(lowered, PASSWORD_SIGNS), contains_any(lowered, SECRET_SIGNS)
    if names_password or names_secret:
        text = mask_fields(text)
    if len(text) >= _SHORTEST_ENCODED and _LONG_WORD.compiled.search(text):
        text = _ENCODED.compiled.sub(_mask_encoded, text)
    if " -" in text or '"-' in text or "'-" in text:
        text = mask_options(text)
    if names_password or names_secret:
        lines = text.split("\n")
        text = "\n".join(map(mask_line, mask_blocks(mask_manifests(lines)) if len(lines) > 1 else lines))
    return text


def _mask_encoded(match: re.Match[str]) -> str:
    """Return base64, base32 or hex masked where it is text that names a secret, such as an environment."""
    return MASK if any(map(_NAMED.compiled.search, decode_layers(match[0]))) else match[0]


def mask_text(text: str) -> str:
    """Return a text masked; one that names a secret only as it reads, as it reads."""
    masked = _mask_named(text)
    revealed = reveal(masked)
    if revealed == masked:
        return masked
    again = _mask_named(revealed)
    return masked if again == revealed else str(hide_known(again))


def _mask_named(text: str) -> str:
    text = mask_shapes(text)
    lowered = text.lower()
    if not contains_any(lowered, _SIGNS):
        return text
    text = mask_assignments(text)
    if "://" in text:
        text = _URL_PASSWORD.compiled.sub(rf"\1{MASK}", text)
    return _PRIVATE_KEY.compiled.sub(MASK, text) if contains_any(text, _SIGNS_OF_KEYS) else text

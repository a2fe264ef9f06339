"""Hide the secrets that this process has read: as they are, in pieces, encoded, with codes within."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from matui.base.redaction.disguises import (
    encode_in_base32,
    encode_in_base64,
    escape_characters,
    read_spaced_hex,
    reveal,
)
from matui.base.text.regex import LazyPattern

HIDDEN = "<hidden>"
PIECE = 8
_LONG_SECRET = 16
_LEAST_SPLIT = 30  # characters of a secret whose runs are hidden
_LEAST_RUN = 20
_BACKSLASH = ord("\\")
_ESCAPE = LazyPattern("%[0-9A-F]{2}")
_CODES_WITHIN = (
    b"\x1b[", b"\\u001b[", b"\\u001B[", b"\xe2\x80\x8b", b"\\u200b", b"\\u200B", b"\x08", b"\\b", b"\\u0008",
)  # fmt: skip
_BACKSPACES = rb"[^\\\"\x08]{1,8}+(?:\x08|\\b|\\u0008){1,8}+"  # what is written over, as it is and in JSON
_CODE_WITHIN = (
    rb"(?:(?:\x1b|\\u001[bB])\[[0-9;]{0,20}[A-Za-z]|\xe2\x80[\x8b-\x8d]|\\u200[bcdBCD]|"
    + _BACKSPACES
    + rb"){0,16}"
)
_known: set[str] = set()  # the secrets that are registered
_frozen: frozenset[str] = frozenset()  # the same, shared by those that keep them


def remember_secret(value: str) -> None:
    """Register ``value`` as a secret, to be removed from everything that is written or shown."""
    if value:
        _known.add(value)


def get_known_secrets() -> frozenset[str]:
    """Return every secret this process has read, resolved or been given so far.

    The same object is returned until there is another one: caches keep it with each of their entries.
    """
    global _frozen
    if _frozen != _known:
        _frozen = frozenset(_known)
    return _frozen


def hide_known(value: Any) -> Any:
    """Return a value with the registered secrets hidden in its texts; mappings and lists are copied."""
    if isinstance(value, str):
        return hide_known_secrets(value, _known) if _known else value
    if isinstance(value, Mapping):
        return {name: hide_known(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [hide_known(inner) for inner in value]
    return value


def hide_known_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` with every piece of a secret of at least eight characters replaced.

    Pieces are found as they are, in base64, base32 and base64 of base64, in hexadecimal, with escaped
    characters, and with colour codes within. A secret shorter than eight characters is
    replaced as a whole, from four characters on.
    """
    known = frozenset(secrets)
    for secret in known:
        if 3 < len(secret) < PIECE:
            text = text.replace(secret, HIDDEN)
    return _remove_disguised(text, _cut_pieces(known)) if len(text) >= PIECE else text


def hide_in_bytes(data: bytes, secrets: frozenset[str]) -> bytes:
    """Return ``data`` with every whole secret replaced: as it is, in JSON, percent-encoded, and in base64.

    From 16 characters on a secret is also found with colour codes and backspaces within, as they are and in
    JSON; from 30 on each run of 20 of its characters is, of a long token each run of an eighth.
    Secrets that may be ordinary words or numbers stay: those of fewer than 16 characters without a digit
    beside a letter, and all below eight.
    """
    for form in _build_byte_forms(secrets):
        if form in data:
            data = data.replace(form, HIDDEN.encode())
    if any(sign in data for sign in _CODES_WITHIN):
        for pattern in _compile_patterns_with_codes(secrets):
            data = pattern.sub(HIDDEN.encode(), data)
    for block, secret, at in _build_blocks(secrets):
        if block in data:
            data = _hide_runs(data, secret, at, len(block))
    return data


@lru_cache(maxsize=4)
def _build_blocks(secrets: frozenset[str]) -> tuple[tuple[bytes, bytes, int], ...]:
    """Return blocks of long secrets, each with its secret and its place; a run of two holds a whole one."""
    found: list[tuple[bytes, bytes, int]] = []
    for secret in sorted(secret.encode() for secret in secrets):
        size = max(_LEAST_RUN // 2, len(secret) // 16)
        if len(secret) >= _LEAST_SPLIT:
            places = range(0, len(secret) - size + 1, size)
            found += [(secret[at : at + size], secret, at) for at in places]
    return tuple(found)


def _hide_runs(data: bytes, secret: bytes, at: int, size: int) -> bytes:
    """Replace the runs of a secret around its block at ``at`` that are at least two blocks long."""
    kept: list[bytes] = []
    end = 0
    while (found := data.find(secret[at : at + size], end)) >= 0:
        start, first = found, at
        while start > end and first > 0 and data[start - 1] == secret[first - 1]:
            start, first = start - 1, first - 1
        if 0 < start < found and data[start - 1] == _BACKSLASH:  # what was taken is of an escape, as of "\n"
            start += 1
        stop, last = found + size, at + size
        while stop < len(data) and last < len(secret) and data[stop] == secret[last]:
            stop, last = stop + 1, last + 1
        is_run = stop - start >= 2 * size
        kept += [data[end:start], HIDDEN.encode()] if is_run else [data[end:stop]]
        end = stop
    return b"".join((*kept, data[end:]))


@lru_cache(maxsize=4)
def _compile_patterns_with_codes(secrets: frozenset[str]) -> tuple[re.Pattern[bytes], ...]:
    """Return patterns of the secrets with colour codes and invisible characters within."""
    return tuple(
        re.compile(_CODE_WITHIN.join(re.escape(sign.encode()) for sign in secret))
        for secret in sorted(secrets)
        if len(secret) >= _LONG_SECRET
    )


@lru_cache(maxsize=4)
def _build_byte_forms(secrets: frozenset[str]) -> tuple[bytes, ...]:
    forms: set[str] = set()
    for secret in secrets:
        mixed = any(sign.isdigit() for sign in secret) and any(sign.isalpha() for sign in secret)
        if len(secret) >= _LONG_SECRET or (len(secret) >= PIECE and mixed):
            escaped = json.dumps(secret)[1:-1]
            forms.update((*_encode(secret), escaped, escaped.replace("/", "\\/"), *escape_characters(secret)))
    return tuple(sorted((form.encode() for form in forms), key=len, reverse=True))


@lru_cache(maxsize=4)
def _cut_pieces(secrets: frozenset[str]) -> frozenset[str]:
    forms = (form for secret in secrets if len(secret) >= PIECE for form in _encode(secret))
    return frozenset(form[at : at + PIECE] for form in forms for at in range(len(form) - PIECE + 1))


def _encode(secret: str) -> Iterator[str]:
    from urllib.parse import quote

    yield secret
    for quoted in (quote(secret, safe=""), quote(secret)):
        yield quoted
        yield _ESCAPE.compiled.sub(lambda found: found[0].lower(), quoted)
    data = secret.encode()
    yield data.hex()
    yield data.hex().upper()
    for coded in encode_in_base64(data):
        yield coded
        yield from encode_in_base64(coded.encode())
    yield from encode_in_base32(data)


def _remove_disguised(text: str, pieces: frozenset[str]) -> str:
    text = _remove_pieces(text, pieces)
    for match, decoded in reversed(list(read_spaced_hex(text))):
        if _remove_pieces(decoded, pieces) != decoded:
            text = text[: match.start()] + HIDDEN + text[match.end() :]
    revealed = reveal(text)
    if revealed == text:
        return text
    hidden = _remove_pieces(revealed, pieces)
    return text if hidden == revealed else hidden


def _remove_pieces(text: str, pieces: frozenset[str]) -> str:
    kept: list[str] = []
    hidden_to = 0
    for at in range(len(text)):
        if text[at : at + PIECE] in pieces:
            if at >= hidden_to:
                kept.append(HIDDEN)
            hidden_to = at + PIECE
        elif at >= hidden_to:
            kept.append(text[at])
    return "".join(kept)


def drop_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the variables that hold a secret which this process has read."""
    secrets = get_known_secrets()
    return {name: value for name, value in environ.items() if not _holds_any(value, secrets)}


def _holds_any(value: str, secrets: Iterable[str]) -> bool:
    """Whether a variable is a secret, or holds one that is too long to be there by chance."""
    return any(secret == value or (len(secret) >= PIECE and secret in value) for secret in secrets)

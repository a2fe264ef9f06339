"""Recognise secrets by name and by value, and hide them in text and in trees."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from matui.base.json import to_json_value
from matui.base.redaction.disguises import (
    encode_in_base32,
    encode_in_base64,
    escape_characters,
    read_spaced_hex,
    reveal,
)
from matui.base.redaction.harmless import is_about_secret, is_count, is_placeholder, split_camel_case
from matui.base.redaction.shapes import is_folder, mask_key_lines, mask_shapes
from matui.base.redaction.statements import KEY_PAIR, MASK, PASSWORDS, SECRETS, contains_any
from matui.base.text.regex import LazyPattern

HIDDEN = "<hidden>"
PIECE = 8
_LONG_SECRET = 16
_LEAST_SPLIT = 30  # characters of a secret whose runs are hidden
_LEAST_RUN = 20

_WORDS = f"{PASSWORDS}|{SECRETS}"
_NAME = LazyPattern(rf"{_WORDS}|{KEY_PAIR}|pass(?![a-z])", re.IGNORECASE)
_WORD_IN_TEXT = rf"(?:{_WORDS}|{KEY_PAIR}|(?-i:(?<=[a-z0-9])(?:Ak|AK|Sk|SK)))"
_IN_COMMAND = LazyPattern(
    rf"((?:^|\s)-{{0,2}}[\w.-]{{0,80}}{_WORD_IN_TEXT}[\w-]{{0,80}}(?:\s*[=-]>\s*|\s*=\s*|\s+))"
    rf"(\"[^\"]*\"|'[^']*'|[^\s]+)",
    re.IGNORECASE,
)
_LABELLED = LazyPattern(
    rf"((?:{_WORD_IN_TEXT}|access)[\w-]{{0,80}}[\"']?\s*[:=]\s*[\"']?)"
    r"[^\s\"',;}]+(?:,? [^\s\"',;}=]+=[^\s\"',;}]+)*",
    re.IGNORECASE,
)
_RANDOM_LOOKING = LazyPattern(r"(?<![\w/.+-])(?=[\w+-]*\d)(?=[\w+-]*[A-Za-z])[\w+-]{16,}={0,2}(?![\w/.])")
_ESCAPE = LazyPattern("%[0-9A-F]{2}")
_VALUE = r"(\"(?:[^\"\\]|\\.)*\"|'[^']*'|\\+\"[^\"]*\"|[^\s&;#,'\"]+)"
_NAMED_VALUES = LazyPattern(
    rf"((?:^|[\s?&;,#]|%26|%3F)-{{0,2}}[\w.-]{{0,80}}{_WORD_IN_TEXT}[\w-]{{0,80}}(?:=|%3D)"
    rf"|(?:^|\s)--?[\w.-]{{0,80}}{_WORD_IN_TEXT}[\w-]{{0,80}}\s+"
    rf"|[\"'][\w.-]{{0,80}}{_WORD_IN_TEXT}[\w-]{{0,80}}\\*[\"']\s*:\s*"
    rf"|\bBearer\s+(?!realm=)){_VALUE}",
    re.IGNORECASE,
)
_PRIVATE_KEY = LazyPattern(
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)"
    r"|(?<=Private-Lines: )\d+\s.*?(?:Private-MAC: \w+|$)",
    re.DOTALL,
)
# One of these is in every text that the patterns match.
_SIGNS = ("pass", "pwd", "secret", "token", "cred", "sign", "auth", "key", "ak", "sk", "bearer", "jwt", "://")
_SIGNS_OF_VALUES = ("=", ":", "-", "%3d", "bearer")
_SIGNS_OF_KEYS = ("PRIVATE KEY", "Private-Lines: ")
_LABELS = ("label", "name", "key")
_SHORT_LABELS = frozenset(("k", "n", "param", "parameter", "var", "variable", "env", "field"))
_SHORT_VALUES = frozenset(("v", "val", "values", "content", "default"))
_LONGEST_NAME = 200
_TOKEN_COUNT = LazyPattern(
    r"tokens(?![a-z])|per[_-]token|token[_-][a-z]|(?<![a-z])(?:max|min|num|n|new|total|input|output|prompt)[_-]?token",
    re.IGNORECASE,
)
_PASSWORD_NAME = LazyPattern(PASSWORDS, re.IGNORECASE)
_NUMBER = LazyPattern(r"[\d.,]+(?:e[+-]?\d+)?\w{0,6}(?:/\w+)?", re.IGNORECASE)
_URL_PASSWORD = LazyPattern(r"(://[^\s/:@]*:)[^\s/\"]+(?=@)")

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


def is_secret(name: str) -> bool:
    """Return whether a name, in camel case or with any separators, denotes a secret.

    What is about a secret is none: ``token_file``, ``secret_name``.
    """
    return _NAME.compiled.search(split_camel_case(name)) is not None and not is_about_secret(name)


def hide_command_secrets(command: str, mask: str = HIDDEN) -> str:
    """Return a command line with ``mask`` for the values of secret options."""
    return _IN_COMMAND.compiled.sub(
        lambda match: match[0] if _is_harmless(match) or is_about_secret(match[1]) else match[1] + mask,
        command,
    )


def hide_secrets(value: Any, path: Iterable[object] = ()) -> Any:
    """Return a value with everything hidden whose name, label or command option denotes a secret.

    ``path`` holds the names around the value. Empty strings and None stay; tuples become lists.
    """
    names = [step for step in path if isinstance(step, str) and is_secret(step)]
    if names:
        return value if value in ("", None) or _is_token_count(names[-1], value) else HIDDEN
    if isinstance(value, Mapping):
        label = _find_label(value)
        return {
            str(name): hide_secrets(inner, (label if label and _is_value(name) else str(name),))
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [
            hide_secrets(inner, (_find_name_before(value, at),) if _find_name_before(value, at) else ())
            for at, inner in enumerate(value)
        ]
    return _mask_text(hide_command_secrets(value)) if isinstance(value, str) else value


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


def redact(text: str, environ: Mapping[str, str]) -> str:
    """Return ``text`` with secrets hidden: named ones, random-looking ones, values of secret variables."""
    for name, value in environ.items():
        if len(value) > 3 and is_secret(name):
            text = text.replace(value, HIDDEN)
    text = _LABELLED.compiled.sub(rf"\1{HIDDEN}", mask_shapes(text))
    return _RANDOM_LOOKING.compiled.sub(HIDDEN, text)


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
    return is_count(match) and not _PASSWORD_NAME.compiled.search(name)


def mask_secrets(record: Any) -> Any:
    """Return a record with ``***`` for the values of secrets, everything else unchanged.

    A secret is known by its name: a key, the label or name beside a ``value``, a query parameter, an option
    or assignment in a command, a key of JSON in a string. Numbers and empty strings stay. What is nested too
    deep for Python is cut.
    """
    try:
        return _mask(record, "")
    except RecursionError:
        return _mask(to_json_value(record), "")


def is_secret_field(name: str) -> bool:
    """Return whether a field holds a secret by its name, or by the label or name beside it."""
    return bool(_find_secret_name(name)) or _is_value(name)


def hide_in_text(text: str) -> str:
    """Return a text with ``***`` for secrets that are known, or named in it."""
    return str(hide_known(mask_secrets(text)))


def hide_in_lines(lines: Sequence[str]) -> list[str]:
    """Return lines as ``hide_in_text`` does, also with secrets that stand on several lines."""
    return [hide_in_text(line) for line in mask_key_lines(list(lines))]


def _mask(value: Any, secret: str) -> Any:
    """Return a value masked; ``secret`` is the name that makes it one, ``""`` where it is none."""
    if isinstance(value, str):
        if not value:
            return value
        if not secret:
            return _mask_text(value)
        return value if _is_token_count(secret, value) else MASK
    if isinstance(value, Mapping):
        label = _find_label(value)
        return {
            key: _mask(inner, secret or (label if _is_value(key) else "") or _find_secret_name(key))
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_mask(inner, secret or _find_name_before(value, at)) for at, inner in enumerate(value)]
    return value


def _mask_text(text: str) -> str:
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
    if contains_any(lowered, _SIGNS_OF_VALUES):
        text = _NAMED_VALUES.compiled.sub(_mask_value, text)
    if "://" in text:
        text = _URL_PASSWORD.compiled.sub(rf"\1{MASK}", text)
    return _PRIVATE_KEY.compiled.sub(MASK, text) if contains_any(text, _SIGNS_OF_KEYS) else text


def _is_token_count(name: str, value: object) -> bool:
    """Return whether a value is a number of tokens of a model, ``max_tokens = 512``, and no secret."""
    return str(value).isdigit() and _TOKEN_COUNT.compiled.search(name) is not None


def _find_label(record: Mapping[Any, Any]) -> str:
    """Return the name of a secret that a field of the record states for the value beside it, else ``""``."""
    return next((name for key in record if _is_label(key) and (name := _find_secret_name(record[key]))), "")


def _find_name_before(items: Sequence[Any], at: int) -> str:
    """Return the secret's name that the item before states: ``--password``, or ``DB_PASSWORD`` of a pair."""
    before = items[at - 1] if at else None
    if not isinstance(before, str) or "=" in before:
        return ""
    is_option = before.startswith("-") and " " not in before
    is_pair = len(items) == 2 and before.isupper() and not str(items[at]).startswith("-")
    return _find_secret_name(before) if is_option or is_pair else ""


def _is_label(key: object) -> bool:
    """Return whether a key names what is beside it: ``name``, ``envName``, ``key``, ``k``."""
    return isinstance(key, str) and (key.lower().endswith(_LABELS) or key.lower() in _SHORT_LABELS)


def _is_value(key: object) -> bool:
    return isinstance(key, str) and (key.lower().endswith("value") or key.lower() in _SHORT_VALUES)


@lru_cache(maxsize=4096)
def _is_secret_name(name: str) -> bool:
    return is_secret(name)


def _find_secret_name(name: object) -> str:
    """Return a name that denotes a secret, ``""`` for any other value."""
    return name if isinstance(name, str) and len(name) < _LONGEST_NAME and _is_secret_name(name) else ""

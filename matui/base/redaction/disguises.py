"""Read text that disguises a secret: colour codes within it, escaped characters, nested encodings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from matui.base.redaction.patterns import contains_any
from matui.base.text.regex import LazyPattern

_MOST_LAYERS = 4  # of encodings within each other
_INVISIBLE = LazyPattern(
    r"\x1b\[[0-9;:?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\u00ad\u200b-\u200d\u2060\ufeff]"
)
_BACKSPACE = LazyPattern(r"[^\x08\n]\x08")
_ESCAPE = LazyPattern(
    r"\\+u\{?00(?P<u>[2-7][0-9a-f])\}?|\\+x(?P<x>[2-7][0-9a-f])|%(?P<percent>[2-7][0-9a-f])"
    r"|&#x0*(?P<hex>[2-7][0-9a-f]);|&#0*(?P<decimal>3[2-9]|[4-9]\d|1[01]\d|12[0-6]);|&(?P<name>quot|apos|amp);"
    r"|(?P<wide>[\uff01-\uff5e])|(?P<space>[\u00a0\u3000])",
    re.IGNORECASE,
)
_DISGUISES = ("\x1b", "\b", "\\", "%", "&")
_NAMES = {"quot": '"', "apos": "'", "amp": "&"}
_FULL_WIDTH = 0xFEE0  # from a full-width character down to ASCII
_SPACED_HEX = LazyPattern(
    r"(?<![0-9A-Fa-f])[2-7][0-9a-f](?:[ :-][2-7][0-9a-f]){7,}(?![0-9A-Fa-f])", re.IGNORECASE
)
_BASE32 = LazyPattern(r"[A-Z2-7]+")


def reveal(text: str) -> str:
    """Return a text as it reads: without codes and invisible characters, with escaped ASCII resolved."""
    if text.isascii() and not contains_any(text, _DISGUISES):
        return text
    while "\b" in text and (shorter := _BACKSPACE.compiled.sub("", text)) != text:
        text = shorter
    return _ESCAPE.compiled.sub(_resolve, _INVISIBLE.compiled.sub("", text))


def _resolve(match: re.Match[str]) -> str:
    kind, value = match.lastgroup, match[match.lastgroup or 0]
    if kind == "name":
        return _NAMES[value.lower()]
    if kind == "wide":
        return chr(ord(value) - _FULL_WIDTH)
    if kind == "space":
        return " "
    return chr(int(value, 10 if kind == "decimal" else 16))


def read_spaced_hex(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield each run of bytes in hexadecimal with signs between, and its text."""
    for match in _SPACED_HEX.compiled.finditer(text):
        yield match, bytes.fromhex(re.sub("[ :-]", "", match[0])).decode("ascii", "replace")


def decode_layers(coded: str, layers: int = _MOST_LAYERS) -> Iterator[str]:
    """Yield each printable text that ``coded`` is in hex, base64 or base32, encoded once or several times."""
    import base64

    bare = coded.strip().rstrip("=")
    is_base32 = _BASE32.compiled.fullmatch(bare) is not None
    decoders = (
        bytes.fromhex,
        lambda text: base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4)),
        lambda text: base64.b32decode(text + "=" * (-len(text) % 8)),
    )
    for decode in decoders[: 3 if is_base32 else 2]:
        try:
            decoded = decode(bare).decode()
        except ValueError:
            continue
        if "\0" in decoded or not decoded.translate({9: " ", 10: " ", 13: " "}).isprintable():
            continue
        yield decoded
        if layers > 1 and len(decoded) >= len(coded) // 2 and " " not in decoded.strip():
            yield from decode_layers(decoded, layers - 1)


def encode_in_base32(data: bytes) -> Iterator[str]:
    """Yield the base32 of ``data`` at each place within a longer text."""
    import base64

    for shift, skip in enumerate((0, 2, 4, 5, 7)):
        coded = base64.b32encode(b"\0" * shift + data).decode().rstrip("=")[skip:-1]
        yield coded
        yield coded.lower()


def encode_in_base64(data: bytes) -> Iterator[str]:
    """Yield the base64 of ``data`` at each place within a longer text, in both alphabets."""
    import base64

    for shift, encode in product(range(3), (base64.b64encode, base64.urlsafe_b64encode)):
        yield encode(b"\0" * shift + data).decode().rstrip("=")[(0, 2, 3)[shift] : -1]


def escape_characters(secret: str) -> Iterator[str]:
    r"""Yield ``secret`` with each character escaped: ``\\u0073``, ``\\x73``, ``%73``, ``&#115;``."""
    for form in ("\\u%04x", "\\u%04X", "\\\\u%04x", "\\x%02x", "%%%02x", "%%%02X", "&#%d;", "&#x%x;"):
        yield "".join(form % ord(sign) for sign in secret)

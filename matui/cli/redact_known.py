"""Takes known secrets out of a text, whole, in pieces, and as base64 or percent-encoding would show them."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from urllib.parse import quote

PIECE = 8
HIDDEN = "<hidden>"


def without_known(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` with every piece of a secret of at least eight characters replaced.

    A secret shorter than that is replaced as a whole, from four characters on.
    """
    pieces: set[str] = set()
    for secret in secrets:
        if len(secret) < PIECE:
            text = text.replace(secret, HIDDEN) if len(secret) > 3 else text
        else:
            for form in _forms(secret):
                pieces.update(form[at : at + PIECE] for at in range(len(form) - PIECE + 1))
    return _without_pieces(text, pieces)


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    data = secret.encode()
    for shift in range(3):  # base64 of the secret at each place within a longer text
        for encode in (b64encode, urlsafe_b64encode):
            coded = encode(b"\0" * shift + data).decode().rstrip("=")
            yield coded[(0, 2, 3)[shift] : -1]


def _without_pieces(text: str, pieces: set[str]) -> str:
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

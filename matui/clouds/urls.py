"""Addresses built in exactly one way, so that what is signed is what is sent."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, unquote

from matui.errors import UsageError

# What a path keeps as it is; httpx keeps all of these too.
_PATH_SAFE = "/%:@!$&()*+,;=~"


def quoted(segment: str) -> str:
    """Return one path segment with everything but unreserved characters percent-encoded.

    Raises UsageError for an empty segment and for ``.`` and ``..``, which would change the path.
    """
    if segment in ("", ".", ".."):
        raise UsageError(f"{segment!r} is not an id.")
    return quote(segment, safe="~")


def raw_path(path: str, query: Iterable[tuple[str, str]] = ()) -> str:
    """Return path and query as they go on the wire. Raises UsageError for a path that climbs."""
    if any(unquote(segment) in (".", "..") for segment in path.split("/")):
        raise UsageError("An id may not be . or ..")
    encoded = quote(path, safe=_PATH_SAFE)
    joined = encoded_query(query)
    return f"{encoded}?{joined}" if joined else encoded


def encoded_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the query sorted by raw name then value, both sides percent-encoded, empty values kept."""
    return "&".join(f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in sorted(pairs))

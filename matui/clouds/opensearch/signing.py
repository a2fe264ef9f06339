"""ACS3-HMAC-SHA256, the signature of Alibaba's cloud. Pure: text in, text out."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, unquote_plus

ALGORITHM = "ACS3-HMAC-SHA256"
DATE_HEADER = "x-acs-date"
HASH_HEADER = "x-acs-content-sha256"
_ALSO = ("host", "content-type", "accept", "user-agent")


def date_text(seconds: float) -> str:
    """Return seconds since the epoch as ``x-acs-date`` has it: ``2024-01-02T03:04:05Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def body_hash(body: bytes) -> str:
    """Return the hex hash of a body, which is signed in its place."""
    return hashlib.sha256(body).hexdigest()


def names_to_sign(headers: Iterable[str]) -> list[str]:
    """Return the names of the headers that are signed, in lower case and in order."""
    lowered = {name.lower() for name in headers}
    return sorted(name for name in lowered if name in _ALSO or name.startswith("x-acs-"))


def canonical_request(method: str, target: str, headers: Mapping[str, str], names: Iterable[str]) -> str:
    """Return the canonical request; ``target`` is path and query as sent, ``names`` are sorted."""
    path, _, query = target.partition("?")
    values = {name.lower(): value.strip() for name, value in headers.items()}
    names = list(names)
    lines = "".join(f"{name}:{values[name]}\n" for name in names)
    return "\n".join((method.upper(), path, _query(query), lines, ";".join(names), values[HASH_HEADER]))


def authorization(
    method: str, target: str, headers: Mapping[str, str], names: Iterable[str], *, ak: str, sk: str
) -> str:
    """Return the ``Authorization`` header."""
    names = list(names)
    canonical = canonical_request(method, target, headers, names)
    text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(sk.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={ak},SignedHeaders={';'.join(names)},Signature={signature}"


def _query(query: str) -> str:
    pairs = [part.partition("=") for part in query.split("&") if part]
    decoded = sorted((unquote_plus(key), unquote_plus(value)) for key, _, value in pairs)
    return "&".join(f"{key}={quote(value, safe='~')}" for key, value in decoded)

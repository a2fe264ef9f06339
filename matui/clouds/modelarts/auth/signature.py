"""SDK-HMAC-SHA256, the signature of requests made with an access key. Pure: text in, headers out."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from matui.clouds.http.messages import encode_query

ALGORITHM = "SDK-HMAC-SHA256"
DATE_HEADER = "X-Sdk-Date"
_CONTENT_HASH_HEADER = "X-Sdk-Content-Sha256"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_HASHED_TYPES = ("application/json", "application/bson")


def date_text(seconds: float) -> str:
    """Return seconds since the epoch as ``X-Sdk-Date`` has it: ``20240102T030405Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H%M%SZ")


def signed_headers(
    method: str, target: str, headers: Mapping[str, str], body: bytes, *, ak: str, sk: str
) -> dict[str, str]:
    """Return the headers to add so that the request is signed: ``Authorization``, and what it needs beside.

    ``target`` is path and query as sent; ``headers`` are those to sign, with Host and X-Sdk-Date among them.
    """
    extra = _content_header(headers)
    lowered = {name.lower(): value.strip() for name, value in (*headers.items(), *extra.items())}
    names = sorted(name for name in lowered if "_" not in name)
    canonical = canonical_request(method, target, lowered, names, payload_hash(lowered, body))
    signature = signature_of(string_to_sign(lowered[DATE_HEADER.lower()], canonical), sk)
    listed = ";".join(names)
    extra["Authorization"] = f"{ALGORITHM} Access={ak}, SignedHeaders={listed}, Signature={signature}"
    return extra


def canonical_request(
    method: str, target: str, headers: Mapping[str, str], names: Iterable[str], body_hash: str
) -> str:
    """Return the six parts of the canonical request; ``headers`` by lower-case name, ``names`` sorted."""
    path, _, query = target.partition("?")
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    where = (method.upper(), _canonical_path(path), _canonical_query(query))
    return "\n".join((*where, lines, ";".join(names), body_hash))


def string_to_sign(date: str, canonical: str) -> str:
    """Return what the key signs: algorithm, date and the hash of the canonical request."""
    return f"{ALGORITHM}\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def signature_of(text: str, sk: str) -> str:
    """Return the signature in hex."""
    return hmac.new(sk.encode(), text.encode(), hashlib.sha256).hexdigest()


def payload_hash(headers: Mapping[str, str], body: bytes) -> str:
    """Return the hex hash of the body, or what the headers (lower-case names) say in its place."""
    declared = headers.get(_CONTENT_HASH_HEADER.lower())
    return declared if declared and body else hashlib.sha256(body).hexdigest()


def _canonical_path(path: str) -> str:
    encoded = "/".join(quote(segment, safe="~") for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def _canonical_query(query: str) -> str:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return encode_query((unquote(key), unquote(value)) for key, _, value in pairs)


def _content_header(headers: Mapping[str, str]) -> dict[str, str]:
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    return {_CONTENT_HASH_HEADER: _UNSIGNED} if kind and not kind.startswith(_HASHED_TYPES) else {}

"""Requests and answers as values, the times in their headers, and the one encoding of paths and queries.

Signatures cover the encoded path and query, so both are encoded here only.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import quote, unquote

from matui.base.backoff import LONGEST_RETRY_AFTER_S
from matui.base.errors import UsageError
from matui.base.text.formatting import parse_duration
from matui.clouds.http.error_bodies import clean_line

# What a path keeps as it is; httpx keeps all of these too.
_PATH_SAFE = "/%:@!$&()*+,;=~"


class Call(NamedTuple):
    """One request; ``path`` as it is sent, with every id percent-encoded.

    ``body`` is JSON in UTF-8. An ``action`` is never retried and goes first when the budget is short.
    ``repeatable`` marks a request other than a GET that may be sent twice. ``headers`` are added.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    action: bool = False
    repeatable: bool = False
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer with status 2xx.

    ``raw_request_id`` is the id of the request as received. ``headers`` are read by any case of their name.
    repr leaves both out, as they may carry a token.
    """

    status: int
    body: bytes
    raw_request_id: str = field(repr=False)
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def request_id(self) -> str:
        """The id of the request on one line with secrets hidden, ``""`` when the cloud sent none.

        Few answers are asked for it, and the patterns of secrets are compiled for the first one.
        """
        return clean_line(self.raw_request_id)


_LONGEST_EXCHANGE_S = 90.0
_SECONDS = re.compile(r"\+?\d+(?:\.\d*)?", re.ASCII)
_MILLISECONDS = re.compile(r"(\d{1,12})\s*(?:ms|milliseconds?)", re.ASCII)
_MOST_DIGITS = 30
_EARLIEST_EPOCH_S = 1.5e9


def parse_http_date(text: str) -> float | None:
    """Return an HTTP date as seconds since the epoch, or None when it is none."""
    try:
        moment = parsedate_to_datetime(text[:64])
    except (ValueError, TypeError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def parse_iso_date(text: str) -> float | None:
    """Return an ISO 8601 time (UTC where no zone is given) as seconds since the epoch, or None."""
    try:
        moment = datetime.fromisoformat(text.strip()[:40])
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def measure_clock_offset(headers: Mapping[str, str], sent_at: float, received_at: float) -> float | None:
    """Return the server's clock minus ours in seconds, exact to about one second; None without a date.

    Nothing is measured by an exchange during which this machine stood still.
    """
    server = parse_http_date(headers.get("date", ""))
    if server is None or not 0 <= received_at - sent_at <= _LONGEST_EXCHANGE_S:
        return None
    return server + 0.5 - (sent_at + received_at) / 2


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return ``Retry-After`` in seconds, at most an hour; None where it is missing or cannot be read.

    Besides whole seconds and HTTP dates, which RFC 9110 allows, fractions, units (``30s``), ISO 8601 and
    seconds since the epoch are read; of several values the longest. A date is compared with the server's
    clock, with ours where the answer has no date.
    """
    text = headers.get("retry-after", "").strip().strip("\"'")
    parts = [text] if parse_http_date(text) is not None else text.split(",")
    known = [wait for part in parts if (wait := _wait_of(part, headers)) is not None]
    return min(max(0.0, *known), LONGEST_RETRY_AFTER_S) if known else None


def _wait_of(typed: str, headers: Mapping[str, str]) -> float | None:
    text = typed.strip().lower()
    if match := _MILLISECONDS.fullmatch(text):
        return float(match[1]) / 1000
    if _SECONDS.fullmatch(text):
        seconds = float(text[:_MOST_DIGITS])
        if seconds > _EARLIEST_EPOCH_S * 1000:
            seconds /= 1000
        return _count_seconds_from_now(seconds, headers) if seconds > _EARLIEST_EPOCH_S else seconds
    at = parse_http_date(text) or parse_iso_date(text.upper())
    if at is not None:
        return _count_seconds_from_now(at, headers)
    try:
        return parse_duration(text)
    except ValueError:
        return None


def _count_seconds_from_now(at: float, headers: Mapping[str, str]) -> float:
    now = parse_http_date(headers.get("date", ""))
    return at - (time.time() if now is None else now)


def quote_segment(segment: str) -> str:
    """Return one path segment with everything but unreserved characters percent-encoded.

    Raises UsageError for an empty segment and for ``.`` and ``..``, which would change the path.
    """
    if segment in ("", ".", ".."):
        raise UsageError(f"{segment!r} is not an id.", remedy="See the ids with: matui get KIND -o wide")
    return quote(segment, safe="~")


def encode_path(path: str, query: Iterable[tuple[str, str]] = ()) -> str:
    """Return path and query as they go on the wire. Raises UsageError for a path that climbs."""
    if any(unquote(segment) in (".", "..") for segment in path.split("/")):
        raise UsageError("An id may not be . or ..", remedy="See the ids with: matui get KIND -o wide")
    encoded = quote(path, safe=_PATH_SAFE)
    joined = encode_query(query)
    return f"{encoded}?{joined}" if joined else encoded


def encode_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the query sorted by raw name then value, both sides percent-encoded, empty values kept."""
    return "&".join(f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in sorted(pairs))

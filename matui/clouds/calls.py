"""One request and one answer, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Call:
    """One request; ``path`` as it is sent, with every id percent-encoded.

    ``body`` is JSON in UTF-8. An ``action`` is never retried and goes first when the budget is short.
    ``repeatable`` says that sending it twice does no harm although it is no GET. ``headers`` come on top.
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
    """One answer with status 2xx; ``request_id`` is ``""`` when the cloud sent none.

    ``headers`` are read by any case of their name; repr leaves them out, as one may carry a token.
    """

    status: int
    body: bytes
    request_id: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

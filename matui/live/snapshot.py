"""What is known of one kind at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matui.live.diff import Diff
from matui.live.freshness import Freshness
from matui.resources.model import Resource


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every row known of ``kind``, newest first.

    ``rows`` is a live read-only view by id: it moves on with the next poll. ``total`` is the cloud's own
    count; ``complete`` is false while pages are still being read for the first time. ``generation`` grows by
    one whenever a row was added, removed or changed. ``profile`` is the one whose rows these are.
    """

    kind: str
    rows: Mapping[str, Resource]
    total: int | None
    complete: bool
    freshness: Freshness
    generation: int
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """A snapshot and how it differs from the one published before; the diff may be empty."""

    snapshot: Snapshot
    diff: Diff

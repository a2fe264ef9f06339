"""The lines that a step of reading brings, or packed; the sentences for places that may be incomplete."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.cursor.page_layout import PageRequest
from matui.live.logs.page_store import PageRef

PAGE_LINES = 500

JUMPED = "a gap may be here: the cloud's cursor jumped"
MISSING = "a gap is here: the cloud counted {} more lines than it sent"
LOST_POSITION = "a gap may be here: the cloud no longer knows this place in the log"
UNPROVED = "a gap may be here: nothing shows that these lines follow"
UNDECIDED = "a gap may be here: the cloud's cursors do not show which lines are new"
NO_CURSOR = "a gap may be here: the cloud gives no cursor to go on from"
EMPTY_PAGES = "a gap is here: the cloud returned empty pages instead of lines that exist"
UNVERIFIED_END = "a gap may be here: the cloud does not return the end of the log any more"
_FAST = 1


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines to add at one end of a log, oldest first; ``ref`` is how to request them again.

    ``gap`` is the sentence to show between them and the lines held. ``more``: request the next page at once.
    ``retry``: it is not proved that no lines follow, request the page again after a pause.
    ``undecided``: it is unknown which lines of the page are new.
    ``no_progress``: the cursor leads no further. ``detached``: the page does not join the lines held.
    """

    lines: tuple[str, ...] = ()
    ref: PageRef = field(default_factory=PageRef)
    gap: str = ""
    more: bool = False
    undecided: bool = False
    no_progress: bool = False
    retry: bool = False
    detached: bool = False


BatchSteps: TypeAlias = Generator[PageRequest, LogPage, Batch]


def pack_lines(lines: Iterable[str]) -> bytes:
    """Return lines, at least one, compressed; they hold no newline."""
    return zlib.compress("\n".join(lines).encode("utf-8", "surrogatepass"), _FAST)


def unpack_lines(packed: bytes) -> list[str]:
    """Return the lines of ``pack_lines``."""
    return zlib.decompress(packed).decode("utf-8", "surrogatepass").split("\n")

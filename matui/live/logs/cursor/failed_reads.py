"""How often in turn the next lines of a log were requested in vain, and what follows from it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from matui.live.logs.batch import EMPTY_PAGES, UNVERIFIED_END, Batch

TRIES = 3  # pages without a new line before it is believed, or the place is given up
EMPTY_TRIES = 6  # newest pages without a line before the log is taken to have no more


@dataclass(slots=True)
class FailedReads:
    """Counts the requests of the next lines that failed, by the way they did; new lines reset it.

    ``verify`` is as in ``CursorLog.read_newer``: without it a log is read again anyway.
    """

    count: int = 0
    undecided: int = 0
    detached: int = 0
    is_marked: bool = False  # whether the gap mark of missing lines was returned

    def reset(self) -> None:
        """Start again: new lines were read."""
        self.count = self.undecided = self.detached = 0
        self.is_marked = False

    @property
    def is_last_try(self) -> bool:
        """Whether the place is given up where the next request fails, too."""
        return self.count + 1 >= TRIES

    def retry_detached(self) -> Batch | None:
        """Count a page that does not join the lines held: try again, None where that is given up."""
        self.detached += 1
        return Batch(retry=True) if self.detached < TRIES else None

    def retry_undecided(self, batch: Batch, *, verify: bool) -> Batch | None:
        """Count a page of which it is unknown which lines are new: try again, None where that is given up."""
        self.undecided += 1
        if not verify or self.undecided < EMPTY_TRIES:
            return replace(batch, retry=verify or self.undecided < TRIES)
        return None

    def retry_page(self) -> Batch:
        """Count a newest page at which the log was continued before: try again, then take it for the end."""
        self.count += 1
        return Batch(retry=self.count < EMPTY_TRIES)

    def mark_missing(self, *, verify: bool, gap: str = EMPTY_PAGES) -> Batch:
        """Try again; at last mark the gap once, where neither this place nor the end of the log has lines."""
        if not verify or self.count < EMPTY_TRIES:
            return Batch(retry=True)
        marked, self.is_marked = self.is_marked, True
        return Batch(gap="" if marked else gap)

    def mark_unverified_end(self, *, verify: bool) -> Batch:
        """Mark once that the cloud does not return the end of the log any more."""
        marked, self.is_marked = self.is_marked, self.is_marked or verify
        return Batch(gap=UNVERIFIED_END if verify and not marked else "")

"""The triage of the open profiles, and the base of what reads more about its rows."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from matui.console.triage.recorded import record_notes
from matui.live.poll.rows import Diff
from matui.live.triage.fetch_queue import FetchQueue
from matui.live.triage.item import Why
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.clouds.protocols import BudgetState
    from matui.console.fleet import OpenProfiles
    from matui.console.session import ConsoleSession
    from matui.console.table.row_feed import RowFeed

T = TypeVar("T")


class TriageHost(Protocol):
    """The methods that triage calls on the browse screen."""

    @property
    def fleet(self) -> OpenProfiles | None:
        """The open profiles."""

    def map_command_keys(self) -> Mapping[str, str]:
        """Return the keys of each command, as people read them."""

    def show_notice(self, words: str, *, wrong: bool = False) -> None:
        """Show a notification."""

    def show_bars(self) -> None:
        """Update header, tabs, status and key bar."""

    def run_worker(self, work: Coroutine[Any, Any, None], *, group: str) -> object:
        """Run ``work`` in a worker of the screen."""


class OpenTriage:
    """Finds the profile of a row, and shows what changes in triage; a recording keeps it."""

    def __init__(self, host: TriageHost, feed: RowFeed) -> None:
        self._host = host
        self._feed = feed
        self._noted: set[str] = set()  # the profiles of which notes were recorded

    @property
    def fleet(self) -> OpenProfiles | None:
        """The open profiles; None where none is open."""
        fleet = self._host.fleet
        return fleet if fleet is not None and fleet.members else None

    def find_member(self, row: Resource) -> ConsoleSession | None:
        """Return the open profile of a row."""
        fleet = self._host.fleet
        return fleet.find_for_resource(row) if fleet is not None else None

    def get_budget(self, row: Resource) -> BudgetState | None:
        """Return the request budget of the profile of a row."""
        member = self.find_member(row)
        return member.cloud.get_budget() if member is not None else None

    def show(self, diff: Diff) -> None:
        """Show what has changed in triage."""
        self._feed.show_trouble(diff)
        fleet = self._host.fleet
        if diff and fleet is not None:
            record_notes(fleet, diff, self._noted)

    def learn(self, row: Resource, why: Why | None) -> None:
        """Show why a row is in trouble, and keep it for the report."""
        fleet, member = self.fleet, self.find_member(row)
        if fleet is not None:
            if why is not None and member is not None:
                member.journal.note_reason(row, why.text, why.source)
            self.show(fleet.triage.set_why(row, why, fleet.primary.get_now_ms()))


class TriageReader(Generic[T]):
    """Base of what fetches something about the rows of triage, within the budget of their profiles."""

    def __init__(self, queue: FetchQueue[T]) -> None:
        self._queue = queue

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being fetched."""
        return self._queue.is_idle

    @property
    def is_behind(self) -> bool:
        """Whether rows wait that may be asked about now."""
        return self._queue.is_behind

    def cancel(self) -> None:
        """Stop fetching without waiting."""
        self._queue.cancel()

    async def close(self) -> None:
        """Stop fetching."""
        await self._queue.close()

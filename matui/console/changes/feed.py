"""The changes for the table of changes: of the journals, the newest page first, or of a replay. It blocks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from matui.live.journal.change_views import build_change_row, build_gaps

if TYPE_CHECKING:
    from matui.console.session import ConsoleSession
    from matui.live.journal.change import Change
    from matui.live.journal.journal import Journal
    from matui.live.recording.playback import Playback
    from matui.resources.model import Resource

FIRST_PAGE = 100  # the lines of a tall terminal
NEXT_PAGE = 2000
_END = 2**62


class _JournalFeed:
    """The changes of one journal, of the accounts that are open."""

    def __init__(self, journal: Journal, profiles: Sequence[str]) -> None:
        self._journal = journal
        self._profiles = {journal.accounts.get_account(profile): profile for profile in reversed(profiles)}
        self._oldest = _END
        self._newest = 0
        self.oldest_at: int | None = None
        self.is_complete = False

    def read_older(self, count: int) -> list[Resource]:
        """Return the next older changes as rows."""
        found = self._journal.reader.read_changes(before=self._oldest, limit=count, accounts=self._profiles)
        self.is_complete = len(found) < count
        return self._take(found)

    def read_newer(self) -> list[Resource]:
        """Return the changes that came since the last call."""
        return self._take(self._journal.reader.read_changes(newer_than=self._newest, accounts=self._profiles))

    def list_gaps(self, since: int, until: int) -> list[Resource]:
        """Return the stretches that were not watched as rows."""
        return build_gaps(self._journal.reader.read_watched(since, until), since, until)

    def _take(self, found: Sequence[Change]) -> list[Resource]:
        for change in found:
            self._oldest = min(self._oldest, change.number)
            self._newest = max(self._newest, change.number)
            if self.oldest_at is None or change.seen_at < self.oldest_at:
                self.oldest_at = change.seen_at
        return [build_change_row(change, self._profiles.get(change.account, "")) for change in found]


class ChangeFeed:
    """The changes in the accounts of the open profiles, and the stretches that were not watched."""

    def __init__(self, members: Sequence[ConsoleSession]) -> None:
        by_journal: dict[int, tuple[Journal, list[str]]] = {}
        for member in members:
            by_journal.setdefault(id(member.journal), (member.journal, []))[1].append(member.cloud.profile)
        self._feeds = [_JournalFeed(journal, profiles) for journal, profiles in by_journal.values()]

    @property
    def oldest_at(self) -> int | None:
        """When the oldest change read was seen, in ms since the epoch, None before the first."""
        return min((feed.oldest_at for feed in self._feeds if feed.oldest_at is not None), default=None)

    @property
    def is_complete(self) -> bool:
        """Whether the oldest change has been read."""
        return all(feed.is_complete for feed in self._feeds)

    def read_older(self, count: int = NEXT_PAGE) -> list[Resource]:
        """Return the next older changes as rows, the newest at the first call."""
        return [row for feed in self._feeds if not feed.is_complete for row in feed.read_older(count)]

    def read_newer(self) -> list[Resource]:
        """Return the changes that came since the last call, of any process."""
        return [row for feed in self._feeds for row in feed.read_newer()]

    def list_gaps(self, until: int) -> list[Resource]:
        """Return the stretches that were not watched, back to the oldest change read."""
        known = [feed for feed in self._feeds if feed.oldest_at is not None]
        return [row for feed in known for row in feed.list_gaps(feed.oldest_at or until, until)]


class ReplayChangeFeed:
    """The changes that the recorded polls of the open profiles saw. The first read blocks on the disk."""

    def __init__(self, playback: Playback, profiles: Collection[str]) -> None:
        self.problem = ""
        self.oldest_at: int | None = None
        self.is_complete = False
        self._playback = playback
        self._profiles = frozenset(profiles)
        self._until = -1

    def read_older(self, count: int = 0) -> list[Resource]:  # noqa: ARG002  all are read at once
        """Return the changes up to the time that is shown as rows."""
        self.is_complete = True
        return self.read_newer()

    def read_newer(self) -> list[Resource]:
        """Return the changes that were played since the last call."""
        recorded = self._playback.read_changes()
        self.problem = recorded.problem
        since, self._until = self._until, max(self._until, self._playback.at_ms)
        return [
            build_change_row(change)
            for change in recorded.changes
            if since < change.seen_at <= self._until and change.profile in self._profiles
        ]

    def list_gaps(self, until: int) -> list[Resource]:  # noqa: ARG002
        """Return nothing: a recording does not hold when polls found no difference."""
        return []

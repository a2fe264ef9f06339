"""The screen of changes, newest first, of every kind in the open profiles, and its reading of journals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.content import Content

from matui.base.text.formatting import format_local_time, pluralize
from matui.console.changes.unseen import SEEN_AFTER_S, Unseen
from matui.console.screens.table_screen import TableScreen
from matui.console.session import ConsoleSession
from matui.console.table.widget import ResourceTable
from matui.live.journal.change_views import build_change_row, build_gaps
from matui.live.poll.rows import Diff, compute_diff
from matui.resources.filters import parse_filter
from matui.resources.kinds.changes import CHANGES, FACTS, is_change
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.console.browse_view import BrowseView
    from matui.live.journal.change import Change
    from matui.live.journal.journal import Journal
    from matui.live.recording.playback import Playback

FIRST_PAGE = 100  # the lines of a tall terminal
NEXT_PAGE = 2000
_END = 2**62
_READ_AT_ONCE = 10_000
_PAUSE_S = 0.05  # for the paint of what has been read


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


class ChangesScreen(TableScreen):
    """The changes of the journal as a table; enter goes to the resource, / filters.

    ``go`` is called with the change chosen. With ``playback`` the changes are those that a recording saw.
    The newest 10,000 are read; at the last of them the next are.
    """

    BINDINGS = [Binding("C", "close", "go back"), Binding("enter,d", "go", "go to the resource")]
    facts = FACTS
    empty = "No change has been seen."

    def __init__(
        self,
        session: ConsoleSession,
        members: tuple[ConsoleSession, ...],
        unseen: Unseen,
        go: Callable[[Resource], Awaitable[None]],
        *,
        filter_text: str = "",
        playback: Playback | None = None,
    ) -> None:
        super().__init__(session, ResourceTable(CHANGES, now_ms=session.get_now_ms, id="changes-table"))
        self._changes: ChangeFeed | ReplayChangeFeed = (
            ReplayChangeFeed(playback, [member.cloud.profile for member in members])
            if playback is not None
            else ChangeFeed(members)
        )
        self._unseen = unseen
        self._go = go
        self._filter_text = filter_text
        self._gaps: dict[str, Resource] = {}
        self._count = 0
        self._wanted = _READ_AT_ONCE
        self._journals = tuple(member.journal for member in members)
        self._problem = ""
        self._off = playback is None and not any(member.journal.is_on for member in members)

    def on_mount(self) -> None:
        """Read the newest page, then the others, and from then on what is new."""
        self.table.placeholder = "loading …"
        if self._filter_text:
            self.table.set_filter(parse_filter(self._filter_text, self.facts))
        self.show_keys("enter go to it", "/ filter", "o sort", "c copy the id", "esc back")
        self.run_worker(self._read(), group="changes", exit_on_error=False)
        self.set_interval(CHANGES.cadence_s, self.action_refresh)
        self.set_timer(SEEN_AFTER_S, self._on_seen)
        self.table.focus()

    def _on_seen(self) -> None:
        if self.app.app_focus:
            self._unseen.clear()
        else:
            self.set_timer(SEEN_AFTER_S, self._on_seen)

    async def _read(self) -> None:
        """Read until the end, or until enough is read; everything on the disk is read in threads."""
        while not self._changes.is_complete and self._count < self._wanted:
            count = () if self._count else (FIRST_PAGE,)
            rows = await asyncio.to_thread(self._changes.read_older, *count)
            self._show(rows)
            await asyncio.sleep(_PAUSE_S)
        await self._show_gaps()

    async def _read_newer(self) -> None:
        self._show(await asyncio.to_thread(self._changes.read_newer))
        await self._show_gaps()

    async def _show_gaps(self) -> None:
        """Bring the stretches that were not watched up to date: the newest may have grown."""
        gaps = {
            row.id: row
            for row in await asyncio.to_thread(self._changes.list_gaps, int(self._session.get_now_ms()))
        }
        before = {key: self._gaps.get(key) for key in {**self._gaps, **gaps}}
        self._gaps = gaps
        if diff := compute_diff(before, gaps):
            self.table.apply(diff)

    def _show(self, rows: Sequence[Resource]) -> None:
        """Add changes to the table."""
        if self._rows is None:
            self.show_rows({row.id: row for row in rows})
        elif rows:
            self.table.apply(Diff(added=tuple(rows)))
        self._count += len(rows)
        if isinstance(self._changes, ReplayChangeFeed):
            self._problem = self._changes.problem
        else:  # a read may have found it just now
            self._problem = next((each.problem for each in self._journals if each.problem), "")
        if self._off or self._problem:
            self.table.placeholder = self._problem or "The journal is off: journal.enabled is false."
        self._show_title()

    def set_utc(self, utc: bool) -> None:
        """Show the times of table and title in UTC, or in local time."""
        super().set_utc(utc)
        if self._rows is not None:
            self._show_title()

    def _show_title(self) -> None:
        oldest = self._changes.oldest_at
        more = ""
        if not self._changes.is_complete and oldest is not None:
            began = format_local_time(oldest, UTC if self.utc else None)
            more = f", back to {began[:16]}; older ones at the end"
        self._title.show(
            Content.assemble(
                (" changes ", "bold $cursor-text on $cursor"),
                (f" {pluralize(self._count, 'change')}{more}", "bold"),
                (f"  {self._problem}" if self._problem else "", "$text-warning"),
            )
        )

    @on(ResourceTable.CursorMoved)
    def _read_further(self) -> None:
        """Read further at the last row."""
        if self.table.cursor.is_at_end and self._count >= self._wanted and not self._changes.is_complete:
            self._wanted += _READ_AT_ONCE
            self.run_worker(self._read(), group="changes", exclusive=True, exit_on_error=False)

    def open_row(self) -> None:
        self.action_go()

    def action_go(self) -> None:
        """Go to the resource of the change."""
        row = self.get_selected()
        if row is not None and not is_change(row):
            self.show_warning("There is nothing to go to: during this time changes were not watched.")
        elif row is not None:
            self.dismiss(None)
            self.app.run_worker(self._go(row), group="go to change", exclusive=True)

    def copy_text(self, row: Resource) -> str:
        """Copy the id of the resource."""
        return row.get_text("resource_id")

    def action_refresh(self) -> None:
        """Read what is new."""
        self.run_worker(self._read_newer(), group="newer changes", exclusive=True, exit_on_error=False)


async def go_to_change(view: BrowseView, row: Resource) -> None:
    """Show the resource of a change in the table of its kind; say why where it cannot be shown."""
    fleet, resource_id, kind_id = view.fleet, row.get_text("resource_id"), row.kind
    if fleet is None:
        return
    if kind_id == "versions":
        kind_id, resource_id = "jobs", resource_id.partition("/")[0]
    member = fleet.find_by_name(row.profile)
    if member is None:
        view.show_notice(
            f"Profile {row.profile} is not open; open it first: :profile {row.profile}", wrong=True
        )
        return
    if kind_id not in member.cloud.kinds:
        view.show_notice(f"{row.profile} has no {kind_id} here.", wrong=True)
        return
    snapshot = member.pollers.get_poller(kind_id).snapshot
    if snapshot.complete and resource_id not in snapshot.rows:
        view.show_notice(f"{fleet.build_prefix(row.profile)}{row.name} is not listed any more.", wrong=True)
        return
    await view.shown.follow((row.profile, kind_id, resource_id))

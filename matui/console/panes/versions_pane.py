"""The versions of a job, as a table of its own in the split pane."""

from __future__ import annotations

from textual.widget import Widget

from matui.clouds.port import ListsVersions, offering
from matui.console.panes.base import Pane
from matui.console.session import ConsoleSession
from matui.console.widgets.resource_table import ResourceTable
from matui.live.diff import diff_of
from matui.live.feed import Feed, FeedState
from matui.resources.jobs import VERSIONS
from matui.resources.model import Resource


class VersionsPane(Pane):
    """Lists a job's versions; stop, delete and logs apply to the version under the cursor."""

    NAME = "versions"

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self.table = ResourceTable(now_ms=session.now_ms)
        self._rows: dict[str, Resource] | None = None
        self._feed: Feed[tuple[Resource, ...]] | None = None

    def body(self) -> Widget:
        """Return the table."""
        return self.table

    def begin(self) -> None:
        """Start fetching at the cadence of jobs."""
        self.table.set_kind(VERSIONS)
        self.table.placeholder = "loading …"
        self._feed = Feed(
            self._fetch,
            clock=self.session.clock,
            rng=self.session.rng,
            cadence_s=self.session.cadence_of("jobs"),
            publish=self._published,
        )
        self._feed.start()

    async def end(self) -> None:
        """Stop fetching."""
        if self._feed:
            self._feed.stop()

    async def _fetch(self) -> tuple[Resource, ...]:
        return await offering(self.session.cloud, ListsVersions).versions(self.resource)

    def _published(self, state: FeedState[tuple[Resource, ...]]) -> None:
        if state.value is not None:
            rows = {version.id: version for version in state.value}
            if self._rows is None:
                self.table.load(rows)
            else:
                before = {key: self._rows.get(key) for key in {**self._rows, **rows}}
                self.table.apply(diff_of(before, rows))
            self._rows = rows
            self.table.placeholder = "This job has no versions."
        elif state.freshness.error is not None:
            self.table.placeholder = str(state.freshness.error)
        self.say_freshness(state.freshness)

    def refresh_now(self) -> None:
        """Fetch at once."""
        if self._feed:
            self._feed.kick()

    def set_paused(self, paused: bool) -> None:
        """Pause, or go on."""
        if self._feed:
            (self._feed.pause if paused else self._feed.resume)()

"""A pane that is a table of its own: the parts of a resource, each with its actions."""

from __future__ import annotations

from typing import ClassVar

from textual.widget import Widget

from matui.console.messages import PaneUpdated
from matui.console.panes.base import Pane
from matui.console.session import ConsoleSession
from matui.console.widgets.resource_table import ResourceTable
from matui.live.diff import diff_of
from matui.live.feed import Feed, FeedState
from matui.resources.kind import Kind
from matui.resources.model import Resource


class TablePane(Pane):
    """Keeps a table of one kind live; actions apply to the row under its cursor."""

    KIND: ClassVar[Kind]
    EMPTY = "There is nothing here."

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self.table: ResourceTable = ResourceTable(now_ms=session.now_ms)
        self.rows: dict[str, Resource] | None = None
        self._feed: Feed[tuple[Resource, ...]] | None = None
        self._wanted = ""

    def follow(self, resource_id: str) -> None:
        """Put the cursor on a row as soon as it is there."""
        self._wanted = resource_id

    def body(self) -> Widget:
        """Return the table."""
        return self.table

    def begin(self) -> None:
        """Start fetching at the cadence of the resource's kind."""
        self.table.set_kind(self.KIND)
        self.table.placeholder = "loading …"
        self._feed = Feed(
            self.fetch,
            clock=self.session.clock,
            rng=self.session.rng,
            cadence_s=self.session.pane_cadence_of(self.resource.kind),
            publish=self._published,
            parent=self.controls,
        )
        self._feed.start()

    async def end(self) -> None:
        """Stop fetching."""
        if self._feed:
            self._feed.stop()

    async def fetch(self) -> tuple[Resource, ...]:
        """Fetch the rows."""
        raise TypeError(f"{type(self).__name__} fetches nothing")

    def _published(self, state: FeedState[tuple[Resource, ...]]) -> None:
        if state.value is not None:
            self.show_rows({row.id: row for row in state.value})
            self.table.placeholder = self.EMPTY
        elif state.freshness.error is not None:
            self.table.placeholder = str(state.freshness.error)
        self.say_freshness(state.freshness)

    def show_rows(self, rows: dict[str, Resource]) -> None:
        """Bring the table up to date."""
        if self.rows is None:
            self.table.load(rows)
        else:
            before = {key: self.rows.get(key) for key in {**self.rows, **rows}}
            diff = diff_of(before, rows)
            self.table.apply(diff)
            if diff:
                self.app.screen.post_message(PaneUpdated(diff))  # a dialog about a row learns of it
        self.rows = rows
        if self._wanted in rows:
            self.table.move_to(rows[self._wanted].key)
            self._wanted = ""

    def refresh_now(self) -> None:
        """Fetch at once."""
        if self._feed:
            self._feed.controls.trigger()

    def tick(self) -> None:
        """Let the ages shown go on."""
        self.table.tick()

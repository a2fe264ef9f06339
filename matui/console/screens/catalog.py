"""The catalogs: flavors, engines, algorithms, deployment specifications, a table each."""

from __future__ import annotations

from textual.binding import Binding
from textual.content import Content

from matui.base.errors import MatuiError, NotRecordedError, RefusedError
from matui.clouds.protocols import ListsCatalog, require
from matui.console.screens.table_screen import TableScreen
from matui.console.session import ConsoleSession
from matui.console.table.widget import ResourceTable
from matui.live.poll.freshness import format_freshness
from matui.live.poll.loop import Timing
from matui.live.poll.poller import PolledValue, ValuePoller
from matui.resources.kind import Kind
from matui.resources.kinds.configs import AVAILABLE, CATALOGS
from matui.resources.model import Resource


class CatalogScreen(TableScreen):
    """Shows one catalog at a time, fetched when it is opened; tab goes on to the next."""

    BINDINGS = [
        Binding("tab", "turn(1)", "next catalog"),
        Binding("shift+tab", "turn(-1)", "previous catalog"),
    ]
    empty = "Nothing here to choose from."

    def __init__(self, session: ConsoleSession, catalog: str) -> None:
        super().__init__(session, ResourceTable(now_ms=session.get_now_ms, id="catalog-table"))
        self._kind = CATALOGS[catalog]
        self._feed: ValuePoller[tuple[Resource, ...]] | None = None
        self._status = ""

    def on_mount(self) -> None:
        """Show the catalog asked for."""
        self._open(self._kind)
        self.table.focus()

    def on_unmount(self) -> None:
        """Stop fetching."""
        self._stop()

    def _stop(self) -> None:
        if self._feed:
            self._feed.stop()
        self._feed = None

    def _open(self, kind: Kind) -> None:
        self._stop()
        self._kind, self._rows, self._status = kind, None, "loading"
        self.table.set_kind(kind)
        self.table.placeholder = "loading …"
        self._feed = ValuePoller(
            lambda: require(self._session.cloud, ListsCatalog).fetch_choices(kind.id),
            timing=Timing(self._session.clock, self._session.rng, kind.cadence_s),
            publish=self._receive,
        )
        self._feed.start()
        self._show_bars()

    def _receive(self, state: PolledValue[tuple[Resource, ...]]) -> None:
        now = self._session.clock.now()
        self._session.errors.record(self._kind.title, state.freshness.error, now)
        if _is_not_offered(state.freshness.error):
            self._stop()
        if state.value is not None:
            self.show_rows({row.id: row for row in state.value})
        elif state.freshness.error is not None:
            self.table.placeholder = str(state.freshness.error)
        self._status = format_freshness(state.freshness, now) if self._feed else "not offered"
        self._show_bars()

    def _show_bars(self) -> None:
        rows = (self._rows or {}).values()
        out = sum(row.status != AVAILABLE for row in rows)
        self._title.show(
            Content.assemble(
                (f" {self._kind.id} ", "bold $cursor-text on $cursor"),
                (f" {self._kind.title} ", "bold"),
                (f"  {len(rows)}" if rows else "", "$text-muted"),
                (f"  ▲ {out} not available" if out else "", "$phase-degraded"),
                (f"  {self._status}", "$text-muted"),
            )
        )
        self.show_keys(f"tab {self._find_other(1).id}", "/ filter", "o sort", "c copy the id", "esc back")

    def action_turn(self, step: int) -> None:
        """Go on to the next catalog."""
        self._open(self._find_other(step))

    def _find_other(self, step: int) -> Kind:
        kinds = list(CATALOGS.values())
        return kinds[(kinds.index(self._kind) + step) % len(kinds)]

    def action_refresh(self) -> None:
        """Fetch at once."""
        if self._feed:
            self._feed.controls.trigger()


def _is_not_offered(error: MatuiError | None) -> bool:
    """Return whether the cloud lacks the catalog, so that no further request can get it."""
    return isinstance(error, RefusedError) and not isinstance(error, NotRecordedError)

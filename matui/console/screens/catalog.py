"""What one can choose from: flavors, engines, algorithms, deployment specifications, a table each."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from matui.clouds.port import OffersChoices, offering
from matui.console.screens.lean_screen import LeanScreen
from matui.console.session import ConsoleSession
from matui.console.widgets.input_bar import InputBar
from matui.console.widgets.resource_table import ResourceTable
from matui.console.widgets.text_bar import TextBar
from matui.live.diff import diff_of
from matui.live.feed import Feed, FeedState
from matui.live.freshness import freshness_text
from matui.resources.catalogs import AVAILABLE, CATALOGS
from matui.resources.filters import parse_filter
from matui.resources.kind import Kind
from matui.resources.model import Resource


class CatalogScreen(LeanScreen[None]):
    """Shows one catalog at a time, fetched when it is opened; tab goes on to the next."""

    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("escape", "back", "back"),
        Binding("q", "close", "close"),
        Binding("tab", "turn(1)", "next"),
        Binding("shift+tab", "turn(-1)", "previous"),
        Binding("slash", "filter", "filter"),
        Binding("o", "sort", "sort"),
        Binding("O", "reverse", "reverse"),
        Binding("c", "copy", "copy the id"),
        Binding("ctrl+r", "refresh", "refresh"),
    ]

    def __init__(self, session: ConsoleSession, catalog: str) -> None:
        super().__init__()
        self._session = session
        self._kind = CATALOGS[catalog]
        self._rows: dict[str, Resource] | None = None
        self._feed: Feed[tuple[Resource, ...]] | None = None
        self._title = TextBar(classes="pane-title")
        self._keys = TextBar(id="catalog-keys")
        self._input = InputBar(id="catalog-input")
        self._status = ""
        self.table = ResourceTable(now_ms=session.now_ms, id="catalog-table")

    def compose(self) -> ComposeResult:
        """Lay out title, table, filter and keys."""
        yield self._title
        yield self.table
        yield self._input
        yield self._keys

    def on_mount(self) -> None:
        """Show the catalog asked for."""
        self._open(self._kind)
        self.table.focus()

    def on_unmount(self) -> None:
        """Stop fetching."""
        if self._feed:
            self._feed.stop()

    def _open(self, kind: Kind) -> None:
        if self._feed:
            self._feed.stop()
        self._kind, self._rows, self._status = kind, None, "loading"
        self.table.set_kind(kind)
        self.table.placeholder = "loading …"
        self._feed = Feed(
            lambda: offering(self._session.cloud, OffersChoices).choices(kind.id),
            clock=self._session.clock,
            rng=self._session.rng,
            cadence_s=kind.cadence_s,
            publish=self._published,
        )
        self._feed.start()
        self._show_bars()

    def _published(self, state: FeedState[tuple[Resource, ...]]) -> None:
        now = self._session.clock.now()
        self._session.errors.note(self._kind.title, state.freshness.error, now)
        if state.value is not None:
            rows = {row.id: row for row in state.value}
            if self._rows is None:
                self.table.load(rows)
            else:
                before = {key: self._rows.get(key) for key in {**self._rows, **rows}}
                self.table.apply(diff_of(before, rows))
            self._rows = rows
            self.table.placeholder = "Nothing here to choose from."
        elif state.freshness.error is not None:
            self.table.placeholder = str(state.freshness.error)
        self._status = freshness_text(state.freshness, now)
        self._show_bars()

    def _show_bars(self) -> None:
        rows = (self._rows or {}).values()
        out = sum(row.status != AVAILABLE for row in rows)
        self._title.show(
            Content.assemble(
                (f" {self._kind.id} ", "bold $cursor-text on $cursor"),
                (f" {self._kind.title} ", "bold"),
                (f"  {len(rows)}" if rows else "", "$text-muted"),
                (f"  ▲ {out} not to be had" if out else "", "$phase-degraded"),
                (f"  {self._status}", "$text-muted"),
            )
        )
        others = " · ".join(name for name in CATALOGS if name != self._kind.id)
        self._keys.show(
            Content.assemble(
                (f" tab: {others}", "$text-muted"),
                ("   / filter  o sort  c copy the id  esc back", "$text-muted"),
            )
        )

    def action_turn(self, step: int) -> None:
        """Go on to the next catalog."""
        kinds = list(CATALOGS.values())
        self._open(kinds[(kinds.index(self._kind) + step) % len(kinds)])

    def action_filter(self) -> None:
        """Type a filter."""
        self._input.open("filter")

    @on(InputBar.Changed)
    def _typed(self, event: InputBar.Changed) -> None:
        event.stop()
        chosen = parse_filter(event.text) if event.text.strip() else None
        self.table.set_filter(chosen)
        wrong = chosen.errors[0] if chosen is not None and chosen.errors else ""
        self._input.say(wrong or f"{self.table.row_count} of {self.table.total}", wrong=bool(wrong))

    @on(InputBar.Submitted)
    def _entered(self, event: InputBar.Submitted) -> None:
        event.stop()
        self.table.focus()

    @on(InputBar.Cancelled)
    def _cancelled(self, event: InputBar.Cancelled) -> None:
        event.stop()
        self._clear_filter()

    def _clear_filter(self) -> None:
        self.table.set_filter(None)
        self._input.close()
        self.table.focus()

    def action_back(self) -> None:
        """Clear the filter if there is one; else go back."""
        if self._input.is_open:
            self._clear_filter()
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_sort(self) -> None:
        """Sort by the next column."""
        self.table.sort_next()

    def action_reverse(self) -> None:
        """Turn the order round."""
        self.table.toggle_reverse()

    def action_copy(self) -> None:
        """Copy the id under the cursor."""
        if self.table.cursor_id is not None:
            self.app.copy_to_clipboard(self.table.cursor_id)
            self.notify(f"Copied {self.table.cursor_id}.", markup=False)

    def action_refresh(self) -> None:
        """Fetch at once."""
        if self._feed:
            self._feed.kick()

"""Commands of the browse screen: its panes, its times, and how it polls."""

from __future__ import annotations

from matui.console.commands.parts import BrowseParts, CommandFamily
from matui.console.panes.stack import focus_now


class ViewCommands(CommandFamily):
    """Runs the commands that change what the browse screen shows, and how often it is updated."""

    def __init__(self, parts: BrowseParts) -> None:
        super().__init__(parts)
        self.by_id = {
            "refresh": self._refresh,
            "pause": self._pause,
            "utc": self._utc,
            "bytes": self._bytes,
            "requests": self._requests,
            "next_pane": self._switch_pane,
            "zoom": self._zoom,
            "split_grow": self._split_grow,
            "split_shrink": self._split_shrink,
            "back": self._back,
        }

    async def _refresh(self, _argument: str) -> None:
        if self._view.fleet is not None and self._tables.kind is not None:
            self._view.fleet.trigger(self._tables.kind.id)
            self._application.profiles.retry()
        if self._tables.table is not None:
            self._tables.table.settle_columns()
        if self._panes.pane is not None:
            self._panes.pane.refresh_now()

    async def _pause(self, _argument: str) -> None:
        fleet = self._view.fleet
        if fleet is None:
            return
        controls = fleet.controls
        controls.resume() if controls.paused else controls.pause()
        self._view.show_bars()

    async def _utc(self, _argument: str) -> None:
        utc = self._view.panes.utc = not self._view.panes.utc
        if self._panes.pane is not None:
            self._panes.pane.set_utc(utc)
        self._view.show_notice(f"Times are in {'UTC' if utc else 'local time'}.")

    async def _bytes(self, _argument: str) -> None:
        self._view.toggle_rate()

    async def _requests(self, _argument: str) -> None:
        fleet = self._view.fleet
        budgets = [(member.cloud.profile, member.cloud.budget()) for member in fleet.members] if fleet else []
        words = [f"{profile}: requests {budget.used}/{budget.limit} a min" for profile, budget in budgets]
        self._view.show_notice("\n".join(words))

    async def _switch_pane(self, _argument: str) -> None:
        pane, table = self._panes.pane, self._tables.table
        if pane is None or table is None:
            return
        if self._selection.in_pane:
            focus_now(table)
        else:
            pane.focus_body()
        self._body.call_after_refresh(self._view.show_bars)

    async def _zoom(self, _argument: str) -> None:
        if not self._body.unzoom() and self._panes.pane is not None:
            self._body.zoom("pane" if self._selection.in_pane else "table")

    async def _split_grow(self, _argument: str) -> None:
        if self._panes.pane is not None:
            self._body.grow_pane(1)

    async def _split_shrink(self, _argument: str) -> None:
        if self._panes.pane is not None:
            self._body.grow_pane(-1)

    async def _back(self, _argument: str) -> None:
        """Undo the first that applies: selection, work, zoom, search, pane, marks, filter, capsule."""
        table, pane = self._tables.table, self._panes.pane
        selecting = pane is not None and pane.is_selecting
        if self._view.get_selected_text() and not selecting:
            self._view.clear_selection()
        elif self._view.cancellations.cancel_latest() or self._body.unzoom():
            pass
        elif pane is not None and pane.step_back():
            pane.show_title()
        elif pane is not None:
            await self._view.panes.leave()
        elif table is not None and table.marks:
            table.marks.clear()
        elif self._tables.filter_text:
            self._typing.filter("")
        else:
            self._application.profiles.leave_capsule()
        self._view.show_bars()

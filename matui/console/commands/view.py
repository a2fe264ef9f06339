"""Commands of the browse screen: its panes, its times, how it polls, and what leaves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matui.console.panes.stack import focus_now

if TYPE_CHECKING:
    from matui.console.bars.prompt_controller import PromptController
    from matui.console.browse_view import BrowseView
    from matui.console.host import Application
    from matui.console.panes.split import PaneHost, SplitBody
    from matui.console.table.kind_tables import KindTables
    from matui.console.table.selection import Selection


class PaneCommands:
    """Runs the commands that change how table and pane are shown."""

    def __init__(
        self, view: BrowseView, body: SplitBody, tables: KindTables, panes: PaneHost, selection: Selection
    ) -> None:
        self._view = view
        self._body = body
        self._tables = tables
        self._panes = panes
        self._selection = selection
        self.by_id = {
            "utc": self._toggle_utc,
            "next_pane": self._switch_pane,
            "zoom": self._zoom,
            "split_grow": self._split_grow,
            "split_shrink": self._split_shrink,
        }

    async def _toggle_utc(self, _argument: str) -> None:
        utc = self._view.panes.utc = not self._view.panes.utc
        if self._panes.pane is not None:
            self._panes.pane.set_utc(utc)
        self._view.show_notice(f"Times are in {'UTC' if utc else 'local time'}.")

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
        self._grow_pane(1)

    async def _split_shrink(self, _argument: str) -> None:
        self._grow_pane(-1)

    def _grow_pane(self, steps: int) -> None:
        if self._panes.pane is not None and (reason := self._body.grow_pane(steps)):
            self._view.show_notice(reason)


class PollingCommands:
    """Runs the commands about how often the profiles are polled, and what is sent and written for that."""

    def __init__(
        self, view: BrowseView, tables: KindTables, panes: PaneHost, application: Application
    ) -> None:
        self._view = view
        self._tables = tables
        self._panes = panes
        self._application = application
        self.by_id = {
            "refresh": self._refresh,
            "pause": self._pause,
            "bytes": self._toggle_bytes,
            "requests": self._show_requests,
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

    async def _toggle_bytes(self, _argument: str) -> None:
        self._view.toggle_rate()

    async def _show_requests(self, _argument: str) -> None:
        fleet = self._view.fleet
        budgets = (
            [(member.cloud.profile, member.cloud.get_budget()) for member in fleet.members] if fleet else []
        )
        words = [f"{profile}: requests {budget.used}/{budget.limit} a min" for profile, budget in budgets]
        self._view.show_notice("\n".join(words))


class LeaveCommands:
    """Runs ``back``, which undoes one thing, and the commands that quit."""

    def __init__(
        self,
        view: BrowseView,
        body: SplitBody,
        tables: KindTables,
        panes: PaneHost,
        typing: PromptController,
        application: Application,
    ) -> None:
        self._view = view
        self._body = body
        self._tables = tables
        self._panes = panes
        self._typing = typing
        self._application = application
        self.by_id = {"back": self._go_back, "quit": self._quit, "quit_now": self._quit_now}

    async def _go_back(self, _argument: str) -> None:
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

    async def _quit(self, _argument: str) -> None:
        """Close the pane or the capsule; without one, quit."""
        if self._panes.pane is not None:
            await self._view.panes.close()
        elif self._application.profiles.leave_capsule():
            pass
        elif self._view.saves.may_quit():
            self._view.app.exit(0)

    async def _quit_now(self, _argument: str) -> None:
        if self._view.saves.may_quit():
            self._view.app.exit(0)

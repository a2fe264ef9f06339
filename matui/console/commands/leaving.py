"""The commands that leave: what was done last, a pane, a capsule, the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.bars.prompt_controller import PromptController
    from matui.console.browse_view import BrowseView
    from matui.console.host import Application
    from matui.console.panes.split import PaneHost, SplitBody
    from matui.console.table.kind_tables import KindTables


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

"""Commands of the table that has the focus: marks, order, filter, copy, and the comparison of two rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matui.console.terminal.clipboard import copy, format_line_count

if TYPE_CHECKING:
    from matui.console.bars.prompt_controller import PromptController
    from matui.console.browse_view import BrowseView
    from matui.console.fleet import OpenProfiles
    from matui.console.panes.split import PaneHost
    from matui.console.session import ConsoleSession
    from matui.console.table.cursor import MarkKeys
    from matui.console.table.selection import Selection
    from matui.live.compare.comparison import Comparison
    from matui.live.compare.gather import Gatherer
    from matui.resources.model import Resource


class TableCommands:
    """Runs the commands that apply to the rows of a table."""

    def __init__(
        self, view: BrowseView, panes: PaneHost, selection: Selection, typing: PromptController
    ) -> None:
        self._view = view
        self._panes = panes
        self._selection = selection
        self._typing = typing
        self.by_id = {
            "mark": self._mark,
            "mark_all": self._mark_all,
            "mark_down": self._mark_down,
            "sort": self._sort,
            "sort_reverse": self._sort_reverse,
            "copy": self._copy,
            "filter": self._filter,
            "command": self._open_command_line,
            "compare": self._compare,
        }

    async def _mark(self, _argument: str) -> None:
        self._change_marks(lambda keys: keys.toggle())

    async def _mark_all(self, _argument: str) -> None:
        self._change_marks(lambda keys: keys.toggle_all())

    async def _mark_down(self, _argument: str) -> None:
        self._change_marks(lambda keys: keys.extend(1))

    def _change_marks(self, change: Callable[[MarkKeys], object]) -> None:
        table = self._selection.table
        if table is not None and table.row_count:
            change(table.mark_keys)
            self._view.show_bars()
        else:
            self._view.show_notice("There is no row to mark.", wrong=True)

    async def _sort(self, column: str) -> None:
        table = self._selection.table
        if table is None:
            return
        if column:
            table.sort_by(column, reverse=False)
        else:
            table.sort_next()

    async def _sort_reverse(self, _argument: str) -> None:
        table = self._selection.table
        if table is not None:
            table.sort_by(table.rows.sort_column, not table.rows.reverse)

    async def _copy(self, _argument: str) -> None:
        """Copy the selected text, else the line or error found in a pane, else the ids of the resources."""
        selected = self._view.get_selected_text()
        if selected:
            copy(self._view.app, selected, format_line_count(selected))
            self._view.clear_selection()
            if self._panes.pane is not None:
                self._panes.pane.step_back()
            return
        found = self._panes.pane.get_found_text() if self._panes.pane and self._selection.in_lines else ""
        if found:
            what = f"the error, {format_line_count(found)}" if "\n" in found else "the line found"
            copy(self._view.app, found, what)
            return
        resources = self._selection.get_many()
        if resources:
            what = resources[0].id if len(resources) == 1 else f"{len(resources)} ids"
            copy(self._view.app, "\n".join(resource.id for resource in resources), what)
        else:
            self._view.show_notice("Nothing is selected.", wrong=True)

    async def _filter(self, expression: str) -> None:
        if expression:
            self._typing.filter(expression)
        else:
            self._typing.open_filter()

    async def _open_command_line(self, _argument: str) -> None:
        self._typing.open_command()

    async def _compare(self, _argument: str) -> None:
        """Compare two marked resources, or a job with its last other version that succeeded."""
        from matui.console.screens.compare import CompareScreen

        fleet, chosen = self._view.fleet, self._selection.get_many()
        if fleet is None or not chosen:
            self._view.show_notice("Nothing is selected.", wrong=True)
            return
        if len(chosen) > 2:
            self._view.show_notice(f"Two are compared, and {len(chosen)} are marked.", wrong=True)
            return
        if len({one.kind for one in chosen}) > 1:
            self._view.show_notice("Only two of one kind can be compared.", wrong=True)
            return

        async def read(progress: Callable[[str], None], publish: Callable[[Comparison], None]) -> Comparison:
            return await read_comparison(fleet, chosen, progress, publish)

        title = " and ".join(one.name for one in chosen)
        self._view.app.push_screen(CompareScreen(title, read))


async def read_comparison(
    fleet: OpenProfiles,
    chosen: list[Resource],
    progress: Callable[[str], None],
    publish: Callable[[Comparison], None],
) -> Comparison:
    """Return the comparison of one or two resources, each read by the session of its own profile.

    ``publish`` is called with each part that has come.
    """
    from matui.live.compare.gather import compare_sides

    first = chosen[0]
    reader = build_gatherer(fleet.find_for_resource(first) or fleet.primary, progress)
    if len(chosen) == 1:
        own, good = await reader.find_pair(first)
        return await compare_sides((reader, own), (reader, good), publish)
    other = build_gatherer(fleet.find_for_resource(chosen[1]) or fleet.primary, progress)
    return await compare_sides((reader, first), (other, chosen[1]), publish)


def build_gatherer(session: ConsoleSession, progress: Callable[[str], None]) -> Gatherer:
    """Return what reads the sides of a comparison from a profile."""
    from matui.live.compare.gather import Gatherer

    logs = session.settings.logs
    return Gatherer(
        session.cloud,
        clock=session.clock,
        store=session.signals.store,
        new_times=logs.build_time_parser,
        rules=logs.compile_error_rules(),
        progress=progress,
    )

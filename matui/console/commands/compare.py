"""The command that compares two resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from matui.console.browse_view import BrowseView
    from matui.console.fleet import OpenProfiles
    from matui.console.session import ConsoleSession
    from matui.console.table.selection import Selection
    from matui.live.compare.comparison import Comparison
    from matui.live.compare.gather import Gatherer
    from matui.resources.model import Resource


class CompareCommands:
    """Compares two marked resources, or a job with its last other version that succeeded."""

    def __init__(self, view: BrowseView, selection: Selection) -> None:
        self._view = view
        self._selection = selection
        self.by_id = {"compare": self._compare}

    async def _compare(self, _argument: str) -> None:
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

"""The commands about failures and ends: the watch of a resource, and the saved capsules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.browse_view import BrowseView
    from matui.console.commands.application import Run
    from matui.console.host import Application
    from matui.console.table.kind_tables import Selection


class WatchCommands:
    """Watches resources to their next end, and shows the capsules."""

    def __init__(self, application: Application, view: BrowseView, selection: Selection) -> None:
        self._application = application
        self._view = view
        self._selection = selection
        self.by_id: dict[str, Run] = {
            "notify": self._notify,
            "capsules": self._capsules,
            "report": self._report,
        }

    async def _notify(self, _argument: str) -> None:
        fleet, chosen = self._view.fleet, self._selection.many()
        if fleet is None or not chosen:
            self._view.say("Nothing is selected.", wrong=True)
            return
        for resource in chosen:
            session = fleet.for_resource(resource) or fleet.primary
            try:
                is_watched = session.observers.toggle_watch(resource)
            except OSError as error:
                self._view.say(f"The watch could not be kept: {error.strerror}.", wrong=True)
                return
        names = chosen[0].name if len(chosen) == 1 else f"{len(chosen)} resources"
        self._view.say(
            f"matui announces the end of {names}." if is_watched else f"No announcement for {names}."
        )

    async def _report(self, hours: str) -> None:
        from matui.console.report.screen import HOURS, ReportScreen

        typed = hours.strip().removesuffix("h")
        if typed and not (typed.isdecimal() and 0 < int(typed) <= 24 * 31):
            self._view.say("Type the hours: report 12.", wrong=True)
        elif self._view.fleet is not None and self._view.fleet.members:
            self._view.app.push_screen(ReportScreen(self._view.fleet, int(typed) if typed else HOURS))

    async def _capsules(self, _argument: str) -> None:
        from matui.console.capsules.screen import CapsulesScreen

        if self._view.session is not None:
            self._view.app.push_screen(CapsulesScreen(self._view.session, self._application))

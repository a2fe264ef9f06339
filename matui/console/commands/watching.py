"""The commands about failures and ends: the watch of a resource, and the saved capsules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.browse_view import BrowseView
    from matui.console.host import Application
    from matui.console.session import ConsoleSession
    from matui.console.table.selection import Selection
    from matui.resources.model import Resource


class WatchCommands:
    """Watches resources to their next end, and shows the capsules."""

    def __init__(self, view: BrowseView, selection: Selection, application: Application) -> None:
        self._view = view
        self._selection = selection
        self._application = application
        self.by_id = {
            "notify": self._notify,
            "capsules": self._show_capsules,
            "report": self._report,
        }

    async def _notify(self, _argument: str) -> None:
        fleet, chosen = self._view.fleet, self._selection.get_many()
        if fleet is None or not chosen:
            self._view.show_notice("Nothing is selected.", wrong=True)
            return
        sessions = [fleet.find_for_resource(resource) or fleet.primary for resource in chosen]
        polled = {
            found.key: (session.observers, found)
            for session, resource in zip(sessions, chosen, strict=True)
            if (found := _find_polled(session, resource))
        }
        is_watched = not all(observers.is_watched(found) for observers, found in polled.values())
        has_journal = all(session.journal.is_on for session in sessions)
        only_now = "" if has_journal else " while a console runs: there is no journal"
        for count, (observers, found) in enumerate(polled.values()):
            try:
                if observers.is_watched(found) is not is_watched:
                    observers.toggle_watch(found)
            except OSError as error:
                words = "The watch could not be kept"
                if len(polled) > 1:
                    words = f"{len(polled) - count} of {len(polled)} watches could not be kept"
                self._view.show_notice(f"{words}: {error.strerror or error}.", wrong=True)
                return
        rows = [found for _observers, found in polled.values()]
        what = rows[0].name if len(rows) == 1 else f"{len(rows)} resources"
        if len({row.profile for row in rows}) == 1 and fleet.is_multi:
            what = f"{what} of {rows[0].profile}"
        self._view.show_notice(
            _describe_watch(rows, what, only_now) if is_watched else f"No announcement for {what}."
        )

    async def _report(self, hours: str) -> None:
        from matui.console.screens.report import HOURS, ReportScreen

        typed = hours.strip().removesuffix("h")
        if typed and not (typed.isdecimal() and 0 < int(typed) <= 24 * 31):
            self._view.show_notice("Type the hours: report 12.", wrong=True)
        elif self._view.fleet is not None and self._view.fleet.members:
            span, demo = int(typed) if typed else HOURS, self._application.options.demo
            self._view.app.push_screen(ReportScreen(self._view.fleet, span, demo=demo))

    async def _show_capsules(self, _argument: str) -> None:
        from matui.console.capsules.screen import CapsulesScreen

        if self._view.session is not None:
            screen = CapsulesScreen(self._view.session, self._application)
            screen.set_utc(self._view.panes.utc)
            self._view.app.push_screen(screen)


def _describe_watch(rows: Sequence[Resource], what: str, only_now: str) -> str:
    from matui.resources.columns import shorten_status

    ended = [row for row in rows if row.phase.ended]
    if ended and len(rows) == 1:
        status = shorten_status(ended[0].status)
        return f"{what} has ended ({status}): matui announces its next end{only_now}."
    have = "has" if len(ended) == 1 else "have"
    apart = f", of {len(ended)} that {have} ended the next" if ended else ""
    return f"matui announces the end of {what}{only_now}{apart}."


def _find_polled(session: ConsoleSession, resource: Resource) -> Resource:
    """Return the resource whose list has the state: of a version its job, which ends with the newest one."""
    if resource.kind != "versions":
        return resource
    from matui.resources.model import Phase

    job_id = resource.id.partition("/")[0]
    job = session.pollers.get_rows("jobs").get(job_id)
    return job or replace(resource, kind="jobs", id=job_id, phase=Phase.UNKNOWN)

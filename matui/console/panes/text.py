"""Panes of lines that are fetched again and again: detail, events, metrics, raw; search and keys of lines."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol, TypeVar

from textual import events
from textual.widget import Widget

from matui.base.concurrency import gather_two
from matui.base.errors import MatuiError, NotFoundError
from matui.clouds.protocols import Describes, ReportsEvents, ReportsUpdates, require
from matui.console.commands.registry import bindings
from matui.console.lines.pane import LinePane
from matui.console.lines.view import LineView, Spans
from matui.console.messages import PaneUpdated
from matui.console.panes.base import Pane, PolledPane
from matui.console.panes.rendering import (
    VALUE_COLUMN,
    error_lines,
    event_lines,
    render_raw_lines,
    section_lines,
    wrap_section,
)
from matui.console.session import ConsoleSession
from matui.live.capabilities import explain_missing_pane
from matui.live.journal.change import Change
from matui.live.poll.rows import Diff
from matui.live.poll.value_poller import PolledValue
from matui.resources.detail import Detail, Event, Section
from matui.resources.kinds.triage import is_in_trouble
from matui.resources.model import Resource
from matui.resources.registry import kind_by_id
from matui.resources.why import WHY_TITLE, find_why

_MOST_CHANGES = 500
T = TypeVar("T")


class Searchable(Protocol):
    """A pane that shows what it is searched for."""

    search_text: str


def run_line_command(view: LinePane, command_id: str) -> None:
    """Run a command on a view of lines; others are not for it."""
    if command_id == "next_match":
        view.matches.go_to_next()
    elif command_id == "previous_match":
        view.matches.go_to_previous()
    elif command_id == "wrap":
        view.wrap = not view.wrap
    elif command_id == "top":
        view.action_top()
    elif command_id == "bottom":
        view.action_bottom()
    elif command_id == "half_page_down":
        view.action_half_page(1)
    elif command_id == "half_page_up":
        view.action_half_page(-1)


def search_in(pane: Searchable, view: LinePane, text: str) -> tuple[str, bool]:
    """Search a view; returns how many lines match or what is wrong with the pattern, and whether it is."""
    pane.search_text = text
    wrong = view.matches.look_for(text)
    if wrong:
        return wrong, True
    return (describe_matches(view) if text else ""), False


def describe_matches(view: LinePane, *, all_read: bool = True) -> str:
    """Return the words for the matches found so far; with a + where not all lines have been looked at."""
    more = "+" if view.matches.is_searching or not all_read else ""
    search_state = view.matches.search_state
    place = f"{search_state.place}/" if search_state.place else ""
    return f"{place}{search_state.count:,}{more} match{'' if search_state.count == 1 else 'es'}"


class LinesPane(Pane):
    """Shows lines, which can be searched and wrapped."""

    HINTS: tuple[str, ...] = ("wrap",)
    BINDINGS = [*bindings("lines")]

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self.view = LineView()

    def body(self) -> Widget:
        """Return the line view."""
        return self.view

    def search(self, text: str) -> tuple[str, bool]:
        """Look for ``text`` in the lines."""
        return search_in(self, self.view, text)

    def run_command(self, command_id: str) -> None:
        """Move among matches, wrap, or go to an end."""
        run_line_command(self.view, command_id)


class FeedPane(LinesPane, PolledPane[T]):
    """Shows what was last fetched as lines. A subclass says what to fetch and how to put it."""

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self._value: T | None = None
        self._failure: MatuiError | None = None

    def lines(self, value: T) -> Sequence[Spans]:
        """Put the content into lines."""
        raise TypeError(f"{type(self).__name__} cannot show {value!r}")

    def begin(self) -> None:
        """Start fetching."""
        self.view.set_lines([(("  loading …", "muted"),)])
        super().begin()

    def set_utc(self, utc: bool) -> None:
        """Show times in the other zone."""
        super().set_utc(utc)
        self.show_value()

    def on_resize(self, _event: events.Resize) -> None:
        """Lay the lines out anew for the new width."""
        self.show_value()

    def show_value(self) -> None:
        """Show the content as it was last fetched, or why there is none."""
        if self._value is not None:
            self.view.set_lines(self.lines(self._value))
        elif self._failure is not None:
            self.view.set_lines(error_lines(self._failure, self.size.width))

    def receive(self, state: PolledValue[T]) -> None:
        """Show the content, or why there is none."""
        if state.value is not None:
            self._value = state.value
        else:
            self._failure = state.freshness.error
        self.show_value()
        self.show_freshness(state.freshness)


class DetailPane(FeedPane[Detail]):
    """Everything known about the resource; of one in trouble first why."""

    NAME = "detail"

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self._events: tuple[Event, ...] | None = None
        self._events_of = ""

    async def fetch(self) -> Detail:
        """Describe the resource anew; of one in trouble read the events too, once for each status."""
        described = require(self.session.cloud, Describes).describe(self.resource)
        if not is_in_trouble(self.resource):
            return await described
        detail, events = await gather_two(described, self._read_events())
        why = find_why(detail.resource, detail.sections, events)
        return detail if why is None else detail._replace(sections=(why, *detail.sections))

    async def _read_events(self) -> tuple[Event, ...]:
        """Return the events; one that says why where they cannot be read, none where there are none."""
        resource, cloud = self.resource, self.session.cloud
        kind = kind_by_id(resource.kind)
        if explain_missing_pane(cloud, kind, "events") is not None:
            return ()
        if self._events is None or self._events_of != resource.status:
            try:
                self._events = await require(cloud, ReportsEvents).events(resource)
                self._events_of = resource.status
            except MatuiError as error:
                return (Event(None, f"the events could not be read: {error}", abnormal=True),)
        return self._events

    def refresh_now(self) -> None:
        """Fetch at once, the events included."""
        self._events = None
        super().refresh_now()

    def receive(self, state: PolledValue[Detail]) -> None:
        """Show what was fetched."""
        super().receive(state)
        if self.resource.kind not in self.session.cloud.kinds:
            self._learn(state)

    def _learn(self, state: PolledValue[Detail]) -> None:
        """Take the state of what no poller keeps, and let a dialog about it know."""
        was, now = self.resource, state.value.resource if state.value is not None else None
        if isinstance(state.freshness.error, NotFoundError):
            self.app.screen.post_message(PaneUpdated(Diff(removed=(was,))))
        elif now is not None and now.key == was.key and (now.status, now.name) != (was.status, was.name):
            self.resource_updated(now)
            self.app.screen.post_message(PaneUpdated(Diff(changed=(now,))))

    def lines(self, value: Detail) -> Sequence[Spans]:
        """Return the sections; why a resource is in trouble is wrapped to the width of the pane."""
        room = self.size.width - VALUE_COLUMN - 1
        sections = [wrap_section(s, room) if s.title == WHY_TITLE else s for s in value.sections]
        return section_lines(sections, utc=self.utc, now_ms=self.session.cloud_now_ms())

    def tick(self) -> None:
        """Update what counts down; lines that have not changed are not painted."""
        if self._value is not None and self._value.counts_down:
            self.show_value()


class RawPane(FeedPane[Detail]):
    """The cloud's own record."""

    NAME = "raw"

    def begin(self) -> None:
        """Show the record of the list at once, then the full one."""
        super().begin()
        self.view.set_lines(render_raw_lines(self.resource.raw.value()))

    async def fetch(self) -> Detail:
        """Describe the resource anew."""
        return await require(self.session.cloud, Describes).describe(self.resource)

    def lines(self, value: Detail) -> Sequence[Spans]:
        """Return the record as JSON."""
        return render_raw_lines(value.resource.raw.value())


class EventsPane(FeedPane[tuple[Event, ...]]):
    """The events of the cloud, and between them the changes of the journal."""

    NAME = "events"

    async def fetch(self) -> tuple[Event, ...]:
        """Fetch the events, and read the changes in a thread."""
        from matui.clouds.protocols import clock_correction_ms
        from matui.live.journal.change_views import merge_timeline

        ahead_ms = clock_correction_ms(self.session.cloud)
        if self._why_no_events():
            return merge_timeline((), await asyncio.to_thread(self._read_changes), ahead_ms)
        events = await require(self.session.cloud, ReportsEvents).events(self.resource)
        self.session.journal.record_events(self.resource, events)
        return merge_timeline(events, await asyncio.to_thread(self._read_changes), ahead_ms)

    def _read_changes(self) -> tuple[Change, ...]:
        journal, resource = self.session.journal, self.resource
        account = journal.accounts.of(resource.profile)
        return journal.reader.changes(resource.kind, resource.id, limit=_MOST_CHANGES, accounts=[account])

    def lines(self, value: tuple[Event, ...]) -> Sequence[Spans]:
        """Return one line an event."""
        if not value and (reason := self._why_no_events()):
            return [((f"  {reason}, and the journal has no changes of it.", "muted"),)]
        return event_lines(value, utc=self.utc)

    def _why_no_events(self) -> str | None:
        """Return why the cloud has no events of the kind, or None."""
        return explain_missing_pane(self.session.cloud, kind_by_id(self.resource.kind), "events")


class UpdatesPane(FeedPane[tuple[Section, ...]]):
    """How a service was changed, with what came of it on each edge node."""

    NAME = "updates"

    async def fetch(self) -> tuple[Section, ...]:
        """Fetch the update history."""
        return await require(self.session.cloud, ReportsUpdates).updates(self.resource)

    def lines(self, value: tuple[Section, ...]) -> Sequence[Spans]:
        """Return a block an update, latest first."""
        none: Spans = (("  The service has never been updated.", "muted"),)
        return section_lines(value, utc=self.utc, now_ms=self.session.cloud_now_ms()) or [none]

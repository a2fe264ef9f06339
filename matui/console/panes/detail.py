"""The panes that describe a resource: everything known, the cloud's own record, its events, its updates."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from matui.base.calls.gather import gather_two
from matui.base.errors import MatuiError, NotFoundError
from matui.clouds.protocols import Describes, ReportsEvents, ReportsUpdates, require
from matui.console.lines.view import Spans
from matui.console.messages import PaneUpdated
from matui.console.panes.base import PolledLinesPane
from matui.console.panes.rendering import (
    VALUE_COLUMN,
    render_events,
    render_raw_lines,
    render_sections,
    wrap_section,
)
from matui.console.session import ConsoleSession
from matui.live.capabilities import explain_missing_pane
from matui.live.journal.change import Change
from matui.live.poll.poller import PolledValue
from matui.live.poll.rows import Diff
from matui.resources.detail import Detail, Event, Section
from matui.resources.kinds.triage import is_in_trouble
from matui.resources.model import Resource
from matui.resources.registry import get_kind
from matui.resources.why import WHY_TITLE, find_why

_MOST_CHANGES = 500


class DetailPane(PolledLinesPane[Detail]):
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
        kind = get_kind(resource.kind)
        if explain_missing_pane(cloud, kind, "events") is not None:
            return ()
        if self._events is None or self._events_of != resource.status:
            try:
                self._events = await require(cloud, ReportsEvents).fetch_events(resource)
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
            self.update_resource(now)
            self.app.screen.post_message(PaneUpdated(Diff(changed=(now,))))

    def build_lines(self, value: Detail) -> Sequence[Spans]:
        """Return the sections; why a resource is in trouble is wrapped to the width of the pane."""
        room = self.size.width - VALUE_COLUMN - 1
        sections = [wrap_section(s, room) if s.title == WHY_TITLE else s for s in value.sections]
        return render_sections(sections, utc=self.utc, now_ms=self.session.get_cloud_now_ms())

    def tick(self) -> None:
        """Update what counts down; lines that have not changed are not painted."""
        if self._value is not None and self._value.counts_down:
            self.show_value()


class RawPane(PolledLinesPane[Detail]):
    """The cloud's own record."""

    NAME = "raw"

    def begin(self) -> None:
        """Show the record of the list at once, then the full one."""
        super().begin()
        self.view.set_lines(render_raw_lines(self.resource.raw.parse_value()))

    async def fetch(self) -> Detail:
        """Describe the resource anew."""
        return await require(self.session.cloud, Describes).describe(self.resource)

    def build_lines(self, value: Detail) -> Sequence[Spans]:
        """Return the record as JSON."""
        return render_raw_lines(value.resource.raw.parse_value())


class EventsPane(PolledLinesPane[tuple[Event, ...]]):
    """The events of the cloud, and between them the changes of the journal."""

    NAME = "events"

    async def fetch(self) -> tuple[Event, ...]:
        """Fetch the events, and read the changes in a thread."""
        from matui.clouds.protocols import compute_clock_correction_ms
        from matui.live.journal.change_views import merge_timeline

        ahead_ms = compute_clock_correction_ms(self.session.cloud)
        if self._explain_no_events():
            return merge_timeline((), await asyncio.to_thread(self._read_changes), ahead_ms)
        events = await require(self.session.cloud, ReportsEvents).fetch_events(self.resource)
        self.session.journal.record_events(self.resource, events)
        return merge_timeline(events, await asyncio.to_thread(self._read_changes), ahead_ms)

    def _read_changes(self) -> tuple[Change, ...]:
        journal, resource = self.session.journal, self.resource
        account = journal.accounts.get_account(resource.profile)
        return journal.reader.read_changes(
            resource.kind, resource.id, limit=_MOST_CHANGES, accounts=[account]
        )

    def build_lines(self, value: tuple[Event, ...]) -> Sequence[Spans]:
        """Return one line an event."""
        if not value and (reason := self._explain_no_events()):
            return [
                ((f"  {reason[:1].upper()}{reason[1:]}, and the journal has no changes of it.", "muted"),)
            ]
        return render_events(value, utc=self.utc)

    def _explain_no_events(self) -> str | None:
        """Return why the cloud has no events of the kind, or None."""
        return explain_missing_pane(self.session.cloud, get_kind(self.resource.kind), "events")


class UpdatesPane(PolledLinesPane[tuple[Section, ...]]):
    """How a service was changed, with what came of it on each edge node."""

    NAME = "updates"

    async def fetch(self) -> tuple[Section, ...]:
        """Fetch the update history."""
        return await require(self.session.cloud, ReportsUpdates).fetch_updates(self.resource)

    def build_lines(self, value: tuple[Section, ...]) -> Sequence[Spans]:
        """Return a block an update, latest first."""
        none: Spans = (("  The service has never been updated.", "muted"),)
        return render_sections(value, utc=self.utc, now_ms=self.session.get_cloud_now_ms()) or [none]

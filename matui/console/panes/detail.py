"""The panes that describe a resource: everything known about it, and the cloud's own record."""

from __future__ import annotations

from collections.abc import Sequence

from matui.base.calls.gather import gather_two
from matui.base.errors import MatuiError, NotFoundError
from matui.clouds.protocols import Describes, ReportsEvents, require
from matui.console.lines.view import Spans
from matui.console.messages import PaneUpdated
from matui.console.panes.lines import PolledLinesPane
from matui.console.panes.rendering import VALUE_COLUMN, render_raw_lines, render_sections, wrap_section
from matui.console.session import ConsoleSession
from matui.live.capabilities import explain_missing_pane
from matui.live.poll.poller import PolledValue
from matui.live.poll.rows import Diff
from matui.resources.detail import Detail, Event
from matui.resources.kinds.triage import is_in_trouble
from matui.resources.model import Resource
from matui.resources.registry import get_kind
from matui.resources.why import WHY_TITLE, find_why


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

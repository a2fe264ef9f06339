"""The panes of a resource's past: its events with the changes of the journal, and a service's updates."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from matui.clouds.protocols import ReportsEvents, ReportsUpdates, require
from matui.console.lines.view import Spans
from matui.console.panes.lines import PolledLinesPane
from matui.console.panes.rendering import render_events, render_sections
from matui.live.capabilities import explain_missing_pane
from matui.live.journal.change import Change
from matui.resources.detail import Event, Section
from matui.resources.registry import get_kind

_MOST_CHANGES = 500


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
            return [((f"  {reason}, and the journal has no changes of it.", "muted"),)]
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

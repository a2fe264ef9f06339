"""Records what triage knows of its rows, and shows what was known at an earlier time: journals, replays."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from matui.live.poll.rows import Diff
from matui.live.triage.from_records import SharedReasons, read_ends, read_steps
from matui.live.triage.item import Acknowledgement
from matui.live.triage.state_times import StateChange
from matui.resources.model import Resource, ResourceKey

if TYPE_CHECKING:
    from matui.clouds.protocols import Cloud
    from matui.console.fleet import OpenProfiles
    from matui.live.journal.change import StoredEnd
    from matui.live.recording.playback import Playback
    from matui.live.recording.reading import Recording
    from matui.live.triage.from_records import KnownSteps, RecordedSteps
    from matui.live.triage.item import TriageNotes


def record_notes(fleet: OpenProfiles, diff: Diff, recorded: set[str]) -> None:
    """Record the reasons and acknowledgements of the profiles whose rows have changed in triage.

    ``recorded`` are the profiles of which something was recorded before; a first note adds to it.
    """
    from matui.live.triage.item import KeepsRows

    for profile in {row.profile for row in (*diff.added, *diff.changed)}:
        member = fleet.find_by_name(profile)
        if member is None or not isinstance(member.cloud, KeepsRows):
            continue
        notes = fleet.triage.list_notes(profile)
        if notes or profile in recorded:
            recorded.add(profile)
            member.cloud.note_triage(notes)


def find_first_steps(recording: Recording, rows: Iterable[Resource]) -> Iterator[StateChange]:
    """Yield since when the recording has listed rows, whose state is as old at least if nothing changed."""
    for row in rows:
        since = recording.listed_since.get((row.profile, row.kind))
        if since is not None:
            yield StateChange(row.key, since, None, row.status, exact=False, is_seen=True)


class RecordedNotes:
    """The notes of a recording at the time of its replay.

    Where a recording has notes of a profile, no reason of it is sought in the answers that were recorded:
    one would be shown that was not known at the time.
    """

    def __init__(self) -> None:
        self._acknowledged: dict[ResourceKey, tuple[Acknowledgement, str]] | None = None

    def forget(self) -> None:
        """Begin anew for another time."""
        self._acknowledged = None

    def apply(self, fleet: OpenProfiles) -> Iterator[Diff]:
        """Apply what was known at the time shown; what the user acknowledges in between stays."""
        now_ms = fleet.primary.get_now_ms()
        acknowledged: dict[ResourceKey, tuple[Acknowledgement, str]] = {}
        for member in fleet.members:
            notes = _find_notes(member.cloud)
            if not notes:
                continue
            profile = member.cloud.profile
            yield fleet.triage.load_notes(profile, notes, now_ms)
            acknowledged |= {
                (profile, *key): note.acknowledged
                for key, note in notes.items()
                if note.acknowledged is not None
            }
        if acknowledged != self._acknowledged:
            self._acknowledged = acknowledged
            yield fleet.triage.load_acknowledgements(acknowledged, now_ms)

    def cover(self, fleet: OpenProfiles, row: Resource) -> bool:
        """Return whether the recording says what was known of a row."""
        member = fleet.find_for_resource(row)
        return member is not None and _find_notes(member.cloud) is not None


def _find_notes(cloud: Cloud) -> TriageNotes | None:
    from matui.live.recording.replay_cloud import ReplayCloud

    return cloud.read_triage_notes() if isinstance(cloud, ReplayCloud) else None


class TriageHistory:
    """Reads states, ends and reasons, in threads; ``is_loaded`` once each has been read."""

    def __init__(self, playback: Playback | None) -> None:
        self._playback = playback
        self._recorded: RecordedSteps | None = None
        self.ends: dict[ResourceKey, StoredEnd] = {}
        self.reasons = SharedReasons()
        self.is_loaded = False

    async def load(self, fleet: OpenProfiles) -> Diff:
        """Load states and ends into triage; return what that changes."""
        steps = []
        ends: dict[ResourceKey, StoredEnd] = {}
        for journal in fleet.journals:
            steps += await asyncio.to_thread(read_steps, journal)
            ends |= await asyncio.to_thread(read_ends, journal)
        self.ends = ends
        recorded = await self._read_recorded_steps()
        if self._playback is not None:
            steps += find_first_steps(self._playback.recording, fleet.triage.sources.values())
        steps = sorted((*steps, *recorded.steps), key=lambda step: step.at)
        stays = recorded.stays if self._recorded is not None else None
        return fleet.triage.load_journal(steps, fleet.primary.get_now_ms(), stays)

    async def read_reasons(self, fleet: OpenProfiles) -> None:
        """Read the reasons that other processes have found since the last time."""
        await asyncio.to_thread(self.reasons.read, fleet.journals)

    async def _read_recorded_steps(self) -> KnownSteps:
        """Return the changes of a replay up to its time; a jump passes over them without a poll."""
        from matui.live.triage.from_records import KnownSteps, RecordedSteps

        playback = self._playback
        if playback is None or playback.at_ms <= playback.recording.from_ms:
            return KnownSteps([], {})
        if self._recorded is None:
            read = playback.read_changes
            self._recorded = await asyncio.to_thread(lambda: RecordedSteps(read().changes, playback.give_way))
        return self._recorded.read_up_to(playback.at_ms)

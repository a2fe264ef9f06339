"""What triage knows of earlier times: from journals, and from a recording that is replayed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from matui.console.triage.recorded import find_first_steps
from matui.live.triage.from_records import SharedReasons, read_ends, read_steps

if TYPE_CHECKING:
    from matui.console.fleet import OpenProfiles
    from matui.live.journal.change import StoredEnd
    from matui.live.poll.rows import Diff
    from matui.live.recording.playback import Playback
    from matui.live.triage.from_records import KnownSteps, RecordedSteps
    from matui.resources.model import ResourceKey


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

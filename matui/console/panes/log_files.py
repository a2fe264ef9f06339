"""The log files of a job that a pane has open: one, or all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from matui.clouds.port import TailsLogs
from matui.console.session import ConsoleSession
from matui.errors import MatuiError
from matui.live.log_spill import MOST_BYTES, Spill
from matui.live.paced import LoopControls
from matui.live.tail import LogTail, TailState
from matui.resources.model import Resource


class LogFiles:
    """A tail per open file; ``changed`` is told which file has news."""

    def __init__(
        self,
        session: ConsoleSession,
        source: Callable[[], TailsLogs],
        job: Callable[[], Resource],
        changed: Callable[[str, TailState], None],
        *,
        controls: LoopControls,
    ) -> None:
        self.tails: dict[str, LogTail] = {}
        self.states: dict[str, TailState] = {}
        self._session = session
        self._source = source
        self._job = job
        self._changed = changed
        self._controls = controls

    def open(self, files: tuple[str, ...]) -> None:
        """Follow these files; those open already go on. Several share the pace of one."""
        for file in files:
            if file not in self.tails:
                self.tails[file] = self._tail(file, len(files))
                self.tails[file].start()
        for tail in self.tails.values():
            tail.cadence_s = self._session.cadence_of("logs") * len(self.tails)

    def _tail(self, file: str, files: int) -> LogTail:
        return LogTail(
            self._source(),
            self._job(),
            file,
            clock=self._session.clock,
            rng=self._session.rng,
            cadence_s=self._session.cadence_of("logs"),
            ended=lambda: self._job().phase.ended,
            publish=partial(self._published, file),
            spill=_spill(MOST_BYTES // files),
            parent=self._controls,
        )

    def _published(self, file: str, state: TailState) -> None:
        self.states[file] = state
        self._changed(file, state)

    async def close(self, *, but: str = "") -> None:
        """Stop following, all files or all but one."""
        for file in [file for file in self.tails if file != but]:
            self.states.pop(file, None)
            await self.tails.pop(file).stop()

    def trigger(self) -> None:
        """Ask for new lines now."""
        for tail in self.tails.values():
            tail.trigger()

    def liven(self) -> None:
        """Go back to the full pace."""
        for tail in self.tails.values():
            tail.liven()

    @property
    def at_top(self) -> bool:
        """Whether nothing lies above what is held of any file."""
        return bool(self.states) and all(state.at_top for state in self.states.values())

    def want_older(self, files: list[str]) -> None:
        """Load one more page above in each of these files."""
        for file in files:
            self.tails[file].want_older()


def _spill(most_bytes: int) -> Spill | None:
    """Return where pages may go, None where there is no folder for them."""
    from matui.config.paths import cache_dir

    try:
        folder: Path = cache_dir() / "logs"
    except MatuiError:
        return None
    return Spill(folder, most_bytes)

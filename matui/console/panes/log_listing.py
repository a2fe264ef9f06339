"""Which log files a job has: asked often while it has none, seldom for those it begins later."""

from __future__ import annotations

from collections.abc import Callable

from matui.clouds.port import TailsLogs
from matui.console.session import ConsoleSession
from matui.live.feed import Feed, FeedState
from matui.live.paced import LoopControls
from matui.resources.model import Resource

_NONE_YET_S = 10.0
_MORE_S = 60.0
_NEVER_S = 1e9


class LogListing:
    """Tells ``listed`` of the files each time they have been asked for."""

    def __init__(
        self,
        session: ConsoleSession,
        source: Callable[[], TailsLogs],
        job: Callable[[], Resource],
        listed: Callable[[FeedState[tuple[str, ...]]], None],
        *,
        controls: LoopControls,
    ) -> None:
        self._job = job
        self._listed = listed
        self._feed = Feed(
            lambda: source().log_files(job()),
            clock=session.clock,
            rng=session.rng,
            cadence_s=_NONE_YET_S,
            publish=self._published,
            parent=controls,
        )

    def _published(self, state: FeedState[tuple[str, ...]]) -> None:
        if state.value:
            self._feed.pace(_NEVER_S if self._job().phase.ended else _MORE_S)
        self._listed(state)

    def start(self) -> None:
        """Ask now and go on until stopped."""
        self._feed.start()

    def stop(self) -> None:
        """Ask no more."""
        self._feed.stop()

    def look(self) -> None:
        """Ask now: somebody wants to know, or the job has gone on."""
        self._feed.controls.trigger()

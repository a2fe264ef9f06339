"""What acts on changes while the console runs: the keeper of capsules. Started after the first rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from matui.base.clock import Clock
    from matui.clouds.protocols import Cloud
    from matui.config.settings import Settings
    from matui.live.capsules.keeper import CapsuleKeeper
    from matui.live.poll.poller_set import PollerSet
    from matui.live.transitions.feed import TransitionFeed
    from matui.resources.model import Resource


@dataclass(slots=True)
class Observers:
    """The observers of the changes of one profile; ``folder`` is that of its capsules."""

    feed: TransitionFeed
    cloud: Cloud
    pollers: PollerSet
    settings: Settings
    clock: Clock
    rng: Random
    folder: Path
    _keeper: CapsuleKeeper | None = None

    def start(self, report: Callable[[str], None]) -> None:
        """Begin to act on changes; ``report`` takes a sentence for the user."""
        self.feed.start()
        if self.settings.capsules.enabled:
            self._keeper = self._build_keeper(report)
            self._keeper.start()

    async def aclose(self) -> None:
        """Stop."""
        self.feed.stop()
        if self._keeper is not None:
            await self._keeper.aclose()

    def _build_keeper(self, report: Callable[[str], None]) -> CapsuleKeeper:
        from matui.live.capsules.archive import CapsuleStore
        from matui.live.capsules.keeper import CapsuleKeeper

        settings = self.settings.capsules
        return CapsuleKeeper(
            self.cloud,
            self.feed,
            CapsuleStore(self.folder, limit_bytes=int(settings.megabytes * 1_000_000)),
            self.clock,
            self.rng,
            limit_bytes=int(settings.megabytes_each * 1_000_000),
            find_row=self._find_row,
            report=report,
        )

    def _find_row(self, kind: str, ident: str) -> Resource | None:
        return self.pollers.rows(kind).get(ident)

"""The signals of the jobs of one profile: fed by its log panes, by histories and by the background look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from matui.base.clock import Clock
from matui.clouds.protocols import Cloud, TailsLogs
from matui.live.poll.loop_controls import LoopControls
from matui.live.poll.poller_set import PollerSet
from matui.resources.model import Phase, Resource, ResourceKey

if TYPE_CHECKING:
    from matui.live.signals.facts import SignalFacts
    from matui.live.signals.history import SignalHistory
    from matui.live.signals.look import BackgroundLook
    from matui.live.signals.store import SignalStore
    from matui.signals.findings import Finding

_ROW_EVERY_S = 10.0  # at most, while a log is followed: each change of a row is painted


class JobSignals:
    """The signals of the logs of a profile's jobs; keeps the rows of the jobs up to date.

    The recognisers are imported by ``start``, after the first rows.
    """

    def __init__(self, new_store: Callable[[], SignalStore], cloud: Cloud, clock: Clock) -> None:
        self._new_store = new_store
        self._cloud = cloud
        self._clock = clock
        self._facts: SignalFacts | None = None
        self._pollers: PollerSet | None = None
        self._look: BackgroundLook | None = None
        self._preferred: Resource | None = None
        self._read_by_panes: dict[ResourceKey, int] = {}
        self._shown_at: dict[ResourceKey, float] = {}
        self._on_finding: Callable[[Resource, Finding], None] = lambda _job, _finding: None

    @cached_property
    def store(self) -> SignalStore:
        """The signals of the jobs of every profile."""
        return self._new_store()

    @property
    def source(self) -> TailsLogs | None:
        """The logs of the cloud, None where it has none."""
        return self._cloud if isinstance(self._cloud, TailsLogs) else None

    def enrich(self, row: Resource) -> Resource:
        """Return a row with what the log of its job says."""
        return row if self._facts is None else self._facts.enrich(row)

    def start(
        self, pollers: PollerSet, *, look: bool, on_finding: Callable[[Resource, Finding], None]
    ) -> None:
        """Update the rows of ``pollers``, and with ``look`` read the ends of the logs of running jobs.

        ``on_finding`` receives each finding of a running job once.
        """
        from matui.live.signals.facts import SignalFacts
        from matui.live.signals.look import BackgroundLook

        self._pollers, self._facts, self._on_finding = pollers, SignalFacts(self.store), on_finding
        self.store.add_listener(self._cloud.profile, self._on_read)
        self._look = BackgroundLook(
            self.source if look else None,
            self.store,
            on_turn=self._update_all,
            running=self._list_running,
            is_read=lambda job: job.key in self._read_by_panes,
            budget=self._cloud.get_budget,
            clock=self._clock,
            rng=Random(self._cloud.profile),  # noqa: S311  jitter, no secret
            parent=pollers.controls,
        )
        self._look.start()
        if self._preferred is not None:
            self._look.prefer(self._preferred)

    async def aclose(self) -> None:
        """Stop looking."""
        if self._look is not None:
            await self._look.stop()

    def build_feed(self, job: Resource, file: str) -> Callable[[Sequence[str], bool], None]:
        """Return what takes the lines of a log that a pane follows, and whether they are the last so far."""
        feed = self.store.build_feed(job, file)

        def add(lines: Sequence[str], is_end: bool) -> None:
            feed.add(lines, self._clock.now() * 1000 if is_end else None)

        return add

    def prefer(self, job: Resource) -> None:
        """Look soon at the log of a running job: the cursor is on it."""
        if job.phase is not Phase.RUNNING:
            return
        self._preferred = job
        if self._look is not None:
            self._look.prefer(job)

    def forget(self) -> None:
        """Discard what was read of the logs of every profile."""
        if "store" in vars(self):
            self.store.clear()
        if self._facts is not None:
            self._facts.clear()
        self._shown_at.clear()

    def hold(self, job: Resource) -> None:
        """Leave the log of a job to a pane."""
        self._read_by_panes[job.key] = self._read_by_panes.get(job.key, 0) + 1

    def release(self, job: Resource) -> None:
        """Look at the log of a job again."""
        left = self._read_by_panes.pop(job.key, 0) - 1
        if left > 0:
            self._read_by_panes[job.key] = left

    def build_history(
        self,
        job: Callable[[], Resource],
        *,
        rng: Random,
        controls: LoopControls,
        cadence_s: float,
        changed: Callable[[], None],
    ) -> SignalHistory | None:
        """Return a reader of the whole log of a job; None where the cloud has no logs."""
        from matui.live.poll.loop import Timing
        from matui.live.signals.history import SignalHistory

        if self.source is None:
            return None
        return SignalHistory(
            self.source,
            job,
            self.store,
            budget=self._cloud.get_budget,
            controls=controls,
            timing=Timing(self._clock, rng, cadence_s),
            changed=changed,
        )

    def find_findings(self, resource: Resource) -> tuple[Finding, ...]:
        """Return what is wrong with the run of a job by its log, from the part that was read."""
        self._confirm()
        return self.store.find_findings(resource.key, running=resource.phase is Phase.RUNNING)

    def _confirm(self) -> None:
        """Record when the jobs were last known to run: when their list was last fetched."""
        if self._pollers is not None:
            fetched_at = self._pollers.get_fetch_time("jobs")
            self.store.confirm(self._cloud.profile, 0.0 if fetched_at is None else fetched_at * 1000)

    def _list_running(self) -> list[Resource]:
        rows = self._pollers.get_rows("jobs").values() if self._pollers is not None else ()
        return [row for row in rows if row.phase is Phase.RUNNING]

    def _on_read(self, key: ResourceKey) -> None:
        now = self._clock.monotonic()
        is_due = now - self._shown_at.get(key, -_ROW_EVERY_S) >= _ROW_EVERY_S
        if is_due or self._has_new_finding(key):
            self._update(key)

    def _has_new_finding(self, key: ResourceKey) -> bool:
        row = self._pollers.get_rows("jobs").get(key[2]) if self._pollers is not None else None
        if row is None or row.key != key or row.phase is not Phase.RUNNING:
            return False
        return any((key, finding.kind) not in self.store.reported for finding in self.find_findings(row))

    def _update_all(self) -> None:
        kept = frozenset(self.store.keys)
        self._shown_at = {key: at for key, at in self._shown_at.items() if key in kept}
        for key in self.store.keys:
            if key[0] == self._cloud.profile:
                self._update(key)
        self._forget_gone()

    def _forget_gone(self) -> None:
        """Forget the jobs that neither the store keeps nor their list has any more, once that was read."""
        if self._pollers is None or self._facts is None or self._pollers.get_fetch_time("jobs") is None:
            return
        rows, profile = self._pollers.get_rows("jobs"), self._cloud.profile
        known = self._facts.keys | {key for key, _finding in self.store.reported if key[0] == profile}
        gone = {key for key in known - set(self.store.keys) if key[2] not in rows}
        if gone:
            self._facts.forget(gone)
            self.store.forget_reported(gone)

    def _update(self, key: ResourceKey) -> None:
        """Show what is known of a job in its row."""
        if self._pollers is None or self._facts is None:
            return
        row = self._pollers.get_rows("jobs").get(key[2])
        if row is None or row.key != key:
            return
        self._shown_at[key] = self._clock.monotonic()
        running = row.phase is Phase.RUNNING
        self._confirm()
        if self._facts.update(key, running=running):
            self._pollers.enrich_again("jobs", key[2])
        if running:
            self._report(row)

    def _report(self, job: Resource) -> None:
        """Report the findings of a running job that are new, and forget those that no longer hold."""
        findings = self.find_findings(job)
        kinds = {finding.kind for finding in findings}
        reported = self.store.reported
        reported -= {(key, kind) for key, kind in reported if key == job.key and kind not in kinds}
        for finding in findings:
            if (job.key, finding.kind) not in reported:
                reported.add((job.key, finding.kind))
                self._on_finding(job, finding)

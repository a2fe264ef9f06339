"""Saves a capsule of each job and service that fails while matui runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from matui.base.clock import Clock
from matui.base.errors import MatuiError
from matui.base.late_imports import LazyModule
from matui.clouds.protocols import Cloud, Reads
from matui.live.journal.change import Change
from matui.live.transitions_feed import TransitionFeed
from matui.live.triage.item import Why
from matui.resources.model import Phase, Resource

_COLLECT = "matui.live.capsules.collect"

if TYPE_CHECKING:
    from matui.live.capsules import cloud as capsule_cloud
    from matui.live.capsules import collect
    from matui.live.capsules.archive import StoredCapsule
    from matui.live.capsules.cloud import FindWhy
    from matui.live.capsules.collect import CapsuleEntries
    from matui.live.capsules.manifest import Manifest
else:  # imported at the first failure
    capsule_cloud = LazyModule("matui.live.capsules.cloud")
    collect = LazyModule(_COLLECT)

KINDS = ("jobs", "services")
_MOST_WAITING = 50
_AT_ONCE = 2
_MOST_PAUSED = 16
_MOST_HELD_BYTES = 16_000_000
_LOOK_EVERY_S = 1.0
_LONGEST_WAIT_S = 300.0

Explain = Callable[[Resource, Why], None]
FindRow = Callable[[str, str], Resource | None]
WriteCapsule: TypeAlias = "Callable[[Manifest, Mapping[str, bytes]], StoredCapsule]"
"""Writes a capsule to the disk. Raises MatuiError."""


class _Paused(NamedTuple):
    """A capsule whose older lines are read once ``go_on`` is set."""

    task: asyncio.Task[None]
    go_on: asyncio.Future[None]
    held_bytes: int


class CapsuleKeeper:
    """Saves capsules of one profile, two at a time, the newest failure first.

    A capsule is written once the ends of all logs have been read, and again with the older lines; those are
    not read while another failure waits. Up to 16 capsules that take 16 MB of memory in all are read on then.

    ``write`` and ``find_why``, by default ``explain_capsule``, are called in a thread.
    ``awaits_reasons`` returns whether the user looks at failures whose reasons are being fetched: they come
    first, for five minutes at most. It is asked a second after the failure, when that is on the screen.
    ``find_row`` returns the row of a resource as the polls saw it last; ``report`` takes a sentence for the
    user, and ``explain`` the reason of a failure that ``find_why`` finds in its capsule. Beyond 50 failures
    that wait, the oldest are left out and reported.
    """

    def __init__(
        self,
        cloud: Cloud,
        feed: TransitionFeed,
        write: WriteCapsule,
        clock: Clock,
        rng: Random,
        *,
        limit_bytes: int,
        find_row: FindRow,
        report: Callable[[str], None],
        explain: Explain = lambda _row, _why: None,
        find_why: FindWhy | None = None,
        awaits_reasons: Callable[[], bool] | None = None,
    ) -> None:
        self._cloud = cloud
        self._feed = feed
        self._write_to_disk = write
        self._clock = clock
        self._rng = rng
        self._limit = limit_bytes
        self._find_row = find_row
        self._report = report
        self._explain = explain
        self._find_why = find_why
        self._awaits_reasons = awaits_reasons
        self._waiting: list[Change] = []
        self._running: set[asyncio.Task[None]] = set()
        self._paused: list[_Paused] = []
        self._is_open = True

    def start(self) -> None:
        """Listen to changes from now on."""
        self._feed.add_listener(self._on_change)

    async def aclose(self) -> None:
        """Stop; a capsule that is being collected is dropped."""
        self._is_open = False
        self._waiting.clear()
        tasks = (*self._running, *(paused.task for paused in self._paused))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits or is being saved."""
        return not (self._waiting or self._running or self._paused)

    def _on_change(self, change: Change) -> None:
        if change.kind not in KINDS or change.after_phase is not Phase.FAILED or not self._is_open:
            return
        if change.before_phase is Phase.FAILED:
            return
        self._waiting.append(change)
        if len(self._waiting) > _MOST_WAITING:
            dropped = self._waiting.pop(0)
            self._report(f"No capsule of {dropped.name}: too many failures at once.")
        # The changes of one poll come one by one, the oldest first.
        asyncio.get_running_loop().call_soon(self._start_next)

    def _start_next(self) -> None:
        while self._is_open and self._waiting and len(self._running) < _AT_ONCE:
            task = asyncio.ensure_future(self._save(self._waiting.pop()))
            self._running.add(task)
            task.add_done_callback(self._on_done)
        while self._is_open and self._paused and len(self._running) < _AT_ONCE:
            paused = self._paused.pop(0)
            self._running.add(paused.task)
            paused.go_on.set_result(None)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._start_next()

    async def _wait_turn(self, task: asyncio.Task[None], held_bytes: int) -> str:
        """Wait, where another failure waits, until all have been saved; return why not to, or ``""``."""
        if not self._waiting:
            return ""
        held = held_bytes + sum(paused.held_bytes for paused in self._paused)
        if len(self._paused) >= _MOST_PAUSED or held > _MOST_HELD_BYTES:
            return "another failure had to be saved"
        paused = _Paused(task, asyncio.get_running_loop().create_future(), held_bytes)
        self._paused.append(paused)
        self._running.discard(task)
        self._start_next()
        try:
            await paused.go_on
        finally:
            if paused in self._paused:
                self._paused.remove(paused)
        return ""

    async def _save(self, change: Change) -> None:
        is_reported = False
        try:
            await asyncio.to_thread(import_module, _COLLECT)  # keys work meanwhile
            await self._feed.wait_for_focused()
            if not await self._feed.claim({("capsule", change.number)}):
                return
            await self._leave_reasons_first()
            resource = await self._find_failed(change)

            async def save_newest(manifest: Manifest, entries: CapsuleEntries) -> None:
                nonlocal is_reported
                await self._write(resource, manifest, entries)
                is_reported = True
                self._report(f"Saved a capsule of {change.name}: :capsules")  # older lines may take minutes

            manifest, entries = await collect.collect_capsule(
                self._cloud,
                resource,
                self._clock,
                self._rng,
                limit_bytes=self._limit,
                save=save_newest,
                wait_turn=partial(self._wait_turn, cast("asyncio.Task[None]", asyncio.current_task())),
            )
            await self._write(resource, manifest, entries)
        except MatuiError as error:
            lack = "Older lines are missing in the capsule" if is_reported else "No capsule"
            self._report(f"{lack} of {change.name}: {error}")
            return
        if not is_reported:
            note = ", incomplete" if manifest.cut else ""
            self._report(f"Saved a capsule of {change.name}{note}: :capsules")

    async def _leave_reasons_first(self) -> None:
        """Wait while reasons of rows on the screen are fetched; both take requests of one budget."""
        if self._awaits_reasons is None:
            return
        until = self._clock.monotonic() + _LONGEST_WAIT_S
        while True:
            await self._clock.sleep(_LOOK_EVERY_S)
            if not self._awaits_reasons() or self._clock.monotonic() >= until:
                return

    async def _write(self, resource: Resource, manifest: Manifest, entries: CapsuleEntries) -> None:
        stored = await asyncio.to_thread(self._write_to_disk, manifest, entries)
        why = await asyncio.to_thread(self._find_why or capsule_cloud.explain_capsule, stored)
        if why is not None:
            self._explain(resource, why)

    async def _find_failed(self, change: Change) -> Resource:
        """Return the resource as it failed; the row is older where another process saw the failure."""
        row, status, phase = self._find_row(change.kind, change.id), change.after or "", Phase.FAILED
        if row is not None and row.status == status:
            return row
        if isinstance(self._cloud, Reads):
            with suppress(MatuiError):
                row = await self._cloud.read(change.kind, change.id)
        if row is not None:
            return row if row.phase is phase else replace(row, status=status, phase=phase)
        return Resource(
            change.kind, change.id, change.name, status, phase, self._cloud.name, self._cloud.profile,
            change.workspace, change.owner,
        )  # fmt: skip

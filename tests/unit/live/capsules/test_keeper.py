"""A failure is saved once, newest first, bounded; without a journal too."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import MatuiError, NotFoundError
from matui.clouds.protocols import BudgetState
from matui.live.capsules import keeper as module
from matui.live.capsules.archive import CapsuleStore
from matui.live.capsules.collect import CapsuleEntries, Save, collect_capsule
from matui.live.capsules.keeper import CapsuleKeeper
from matui.live.capsules.manifest import Manifest
from matui.live.journal.journal import Journal, open_temporary_journal
from matui.live.poll.rows import Diff
from matui.live.transitions_feed import TransitionFeed
from matui.resources.detail import Event
from matui.resources.model import Phase, Resource


class OffJournal:
    """A journal that is off."""

    is_on = False


class Cloud:
    name, profile, region, project_id, kinds = "modelarts", "prod", "r", "p", ("jobs",)

    def __init__(self) -> None:
        self.reads = 0

    async def read(self, _kind: str, _ident: str) -> Resource:
        self.reads += 1
        raise NotFoundError("The job does not exist.")


def make_job(ident: str, phase: Phase) -> Resource:
    return Resource("jobs", ident, f"job-{ident}", phase.value.upper(), phase, "modelarts", "prod")


def make_keeper(
    tmp_path: Path,
    journal: Journal | OffJournal,
    said: list[str],
    row: Resource | None = None,
    *,
    clock: ManualClock | None = None,
    awaits_reasons: Callable[[], bool] | None = None,
) -> tuple[TransitionFeed, CapsuleKeeper]:
    clock = clock or ManualClock()
    feed = TransitionFeed(journal, "prod", clock)  # type: ignore[arg-type]
    feed.start()
    keeper = CapsuleKeeper(
        Cloud(),  # type: ignore[arg-type]
        feed,
        CapsuleStore(tmp_path / "capsules", limit_bytes=10**9).write,
        clock,
        random.Random(1),
        limit_bytes=10**6,
        find_row=lambda _kind, _ident: row,
        report=said.append,
        awaits_reasons=awaits_reasons,
    )
    keeper.start()
    return feed, keeper


async def wait_until_idle(keeper: CapsuleKeeper) -> None:
    while not keeper.is_idle:  # noqa: ASYNC110 - tests poll without an event of the product
        await asyncio.sleep(0)


async def test_a_failure_is_saved_though_the_job_is_deleted(tmp_path: Path) -> None:
    said: list[str] = []
    feed, keeper = make_keeper(tmp_path, OffJournal(), said)
    feed.note("jobs", Diff(added=(make_job("1", Phase.RUNNING),), changed=(), removed=()))
    feed.note("jobs", Diff(added=(), changed=(make_job("1", Phase.FAILED),), removed=()))
    await wait_until_idle(keeper)
    (saved,) = CapsuleStore(tmp_path / "capsules", limit_bytes=1).list_capsules()
    assert (saved.manifest.resource_id, saved.manifest.status) == ("1", "FAILED")
    assert said == ["Saved a capsule of job-1: :capsules"]


async def test_a_failure_that_another_console_saw_is_saved_as_failed(tmp_path: Path) -> None:
    """The row of this console's own polls still runs."""
    feed, keeper = make_keeper(tmp_path, OffJournal(), [], make_job("1", Phase.RUNNING))
    feed.note("jobs", Diff(added=(make_job("1", Phase.RUNNING),), changed=(), removed=()))
    feed.note("jobs", Diff(added=(), changed=(make_job("1", Phase.FAILED),), removed=()))
    await wait_until_idle(keeper)
    (saved,) = CapsuleStore(tmp_path / "capsules", limit_bytes=1).list_capsules()
    assert saved.manifest.status == "FAILED"
    assert saved.read_json("resource.json")["phase"] == "failed"


@pytest.mark.parametrize("answers", [[True, True, False], [True] * 1000])
async def test_reasons_of_rows_on_the_screen_come_first_for_five_minutes(
    tmp_path: Path, answers: list[bool]
) -> None:
    """Capsules of 40 failures took the whole budget, and the rows of triage had no reason."""
    clock, left, said = ManualClock(), list(answers), list[str]()
    feed, keeper = make_keeper(tmp_path, OffJournal(), said, clock=clock, awaits_reasons=lambda: left.pop(0))
    feed.note("jobs", Diff(added=(make_job("1", Phase.RUNNING),), changed=(), removed=()))
    feed.note("jobs", Diff(added=(), changed=(make_job("1", Phase.FAILED),), removed=()))
    while not keeper.is_idle:
        await clock.advance(1.0)
    assert len(said) == 1
    assert len(answers) - len(left) == min(len(answers), 300)


async def test_what_had_failed_before_is_not_saved(tmp_path: Path) -> None:
    said: list[str] = []
    feed, keeper = make_keeper(tmp_path, OffJournal(), said)
    feed.note("jobs", Diff(added=(make_job("1", Phase.FAILED),), changed=(), removed=()))
    await wait_until_idle(keeper)
    assert said == []


async def test_beyond_fifty_waiting_failures_the_oldest_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 3)
    said: list[str] = []
    feed, keeper = make_keeper(tmp_path, OffJournal(), said)
    ids = [str(number) for number in range(8)]
    feed.note("jobs", Diff(added=tuple(make_job(one, Phase.RUNNING) for one in ids), changed=(), removed=()))
    feed.note("jobs", Diff(added=(), changed=tuple(make_job(one, Phase.FAILED) for one in ids), removed=()))
    await wait_until_idle(keeper)
    saved = {
        one.manifest.resource_id for one in CapsuleStore(tmp_path / "capsules", limit_bytes=1).list_capsules()
    }
    assert saved == {"5", "6", "7"}
    assert sum("too many failures" in words for words in said) == 5


async def test_two_processes_save_one(tmp_path: Path) -> None:
    journal = open_temporary_journal(clock=ManualClock())
    try:
        claims = [f"capsule:{number}" for number in (1, 1, 2)]
        assert [journal.claim_names([name]) for name in claims] == [{"capsule:1"}, set(), {"capsule:2"}]
    finally:
        journal.close()


async def test_the_reason_in_the_capsule_is_passed_on(tmp_path: Path) -> None:
    class Talking(Cloud):
        async def fetch_events(self, _resource: Resource) -> tuple[Event, ...]:
            return (Event(1, "Back-off: the image cannot be pulled", True, ""),)

        def get_budget(self) -> BudgetState:
            return BudgetState(0, 1)

        async def aclose(self) -> None: ...

    clock, found = ManualClock(), list[tuple[str, str]]()
    feed = TransitionFeed(OffJournal(), "prod", clock)  # type: ignore[arg-type]
    feed.start()
    store = CapsuleStore(tmp_path / "capsules", limit_bytes=10**9)
    keeper = CapsuleKeeper(
        Talking(), feed, store.write, clock, random.Random(1),
        limit_bytes=10**6, find_row=lambda _kind, _ident: None, report=lambda _words: None,
        explain=lambda row, why: found.append((row.id, why.text)),
    )  # fmt: skip
    keeper.start()
    feed.note("jobs", Diff(added=(make_job("1", Phase.RUNNING),), changed=(), removed=()))
    feed.note("jobs", Diff(added=(), changed=(make_job("1", Phase.FAILED),), removed=()))
    await wait_until_idle(keeper)
    assert found == [("1", "Back-off: the image cannot be pulled")]


async def test_a_capsule_is_reported_once_before_its_older_lines_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    feed, keeper = make_keeper(tmp_path, OffJournal(), said)
    collect, older = collect_capsule, asyncio.Event()

    async def collect_slowly(*given: Any, save: Save, **options: Any) -> tuple[Manifest, CapsuleEntries]:
        found = await collect(*given, **options)
        await save(*found)
        await older.wait()
        return found

    monkeypatch.setattr("matui.live.capsules.keeper.collect.collect_capsule", collect_slowly)
    feed.note("jobs", Diff(added=(make_job("1", Phase.RUNNING),)))
    feed.note("jobs", Diff(changed=(make_job("1", Phase.FAILED),)))
    while not said:  # noqa: ASYNC110
        await asyncio.sleep(0)
    older.set()
    await wait_until_idle(keeper)
    assert said == ["Saved a capsule of job-1: :capsules"]


async def test_a_disk_that_fills_before_the_older_lines_leaves_a_capsule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    feed, keeper = make_keeper(tmp_path, OffJournal(), said)
    collect = collect_capsule

    async def collect_and_fill(*given: Any, save: Save, **options: Any) -> tuple[Manifest, CapsuleEntries]:
        await save(*await collect(*given, **options))
        raise MatuiError("No space left on device.")

    monkeypatch.setattr("matui.live.capsules.keeper.collect.collect_capsule", collect_and_fill)
    feed.note("jobs", Diff(added=(make_job("1", Phase.RUNNING),)))
    feed.note("jobs", Diff(changed=(make_job("1", Phase.FAILED),)))
    await wait_until_idle(keeper)
    assert said == [
        "Saved a capsule of job-1: :capsules",
        "Older lines are missing in the capsule of job-1: No space left on device.",
    ]


@pytest.mark.parametrize(
    ("limits", "cut"),
    [
        ({}, ""),
        ({"_MOST_HELD_BYTES": 150}, "another failure had to be saved"),
        ({"_MOST_PAUSED": 1}, "another failure had to be saved"),
    ],
)
async def test_older_lines_are_read_once_all_failures_have_been_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], cut: str
) -> None:
    for name, most in limits.items():
        monkeypatch.setattr(module, name, most)
    order, refused, collect = list[str](), set[str](), collect_capsule

    async def collect_older(*given: Any, wait_turn: Any, save: Save, **options: Any) -> Any:
        found = await collect(*given, **options)
        ident = found[0].resource_id
        await save(*found)
        order.append(f"newest {ident}")
        why = await wait_turn(100)
        refused.update({why} - {""})
        order.append(f"older {ident}")
        return found

    monkeypatch.setattr("matui.live.capsules.keeper.collect.collect_capsule", collect_older)
    feed, keeper = make_keeper(tmp_path, OffJournal(), [])
    ids = [str(number) for number in range(5)]
    feed.note("jobs", Diff(added=tuple(make_job(one, Phase.RUNNING) for one in ids)))
    feed.note("jobs", Diff(changed=tuple(make_job(one, Phase.FAILED) for one in ids)))
    await wait_until_idle(keeper)
    assert sorted(order) == sorted(f"{part} {one}" for one in ids for part in ("newest", "older"))
    assert refused == ({cut} if cut else set())
    if not cut:
        assert [step.split()[0] for step in order[:3]] == ["newest"] * 3


async def test_a_capsule_whose_older_lines_wait_is_left_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never, collect = asyncio.Event(), collect_capsule

    async def collect_slowly(*given: Any, wait_turn: Any, save: Save, **options: Any) -> Any:
        found = await collect(*given, **options)
        await save(*found)
        if await wait_turn(1) == "" and found[0].resource_id in ("0", "1"):
            await never.wait()
        return found

    monkeypatch.setattr("matui.live.capsules.keeper.collect.collect_capsule", collect_slowly)
    feed, keeper = make_keeper(tmp_path, OffJournal(), [])
    ids = [str(number) for number in range(4)]
    feed.note("jobs", Diff(added=tuple(make_job(one, Phase.RUNNING) for one in ids)))
    feed.note("jobs", Diff(changed=tuple(make_job(one, Phase.FAILED) for one in ids)))
    store = CapsuleStore(tmp_path / "capsules", limit_bytes=10**9)
    while len(store.list_capsules()) < 4:  # noqa: ASYNC110
        await asyncio.sleep(0)
    await keeper.aclose()
    assert keeper.is_idle

"""The signals of a profile's jobs: rows are updated, findings are reported once, a held log is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from matui.base.clock import ManualClock
from matui.base.log_lines.times import TimestampParser
from matui.base.text.formatting import format_iso_utc
from matui.clouds.protocols import BudgetState
from matui.live.poll.loop_controls import LoopControls
from matui.live.signals.jobs import JobSignals
from matui.live.signals.store import SignalStore
from matui.live.triage.item import Evidence, TroubleKind
from matui.live.triage.rules import evaluate
from matui.resources.model import Phase, Resource
from matui.resources.registry import get_kind
from matui.signals.findings import Finding

JOB = Resource("jobs", "1", "train", "Running", Phase.RUNNING, "modelarts", "prod")


class Cloud:
    profile = "prod"

    def get_budget(self) -> BudgetState:
        return BudgetState(0, 100)


class Pollers:
    """Holds one row, and enriches it as the pollers do."""

    def __init__(self, signals: JobSignals) -> None:
        self.controls = LoopControls()
        self.row = JOB
        self._signals = signals
        self.polled_at: float | None = None

    def get_fetch_time(self, _kind: str) -> float | None:
        return self.polled_at

    def get_rows(self, _kind: str) -> Mapping[str, Resource]:
        return {self.row.id: self.row}

    def enrich_again(self, _kind: str, _ident: str) -> None:
        self.row = self._signals.enrich(self.row)


class Stage:
    def __init__(self, store: SignalStore | None = None) -> None:
        self.clock = ManualClock(1_760_000_000.0)
        cloud: Any = Cloud()
        self.signals = JobSignals(lambda: store or SignalStore(TimestampParser), cloud, self.clock)
        self.pollers: Any = Pollers(self.signals)
        self.found: list[tuple[str, Finding]] = []
        self.signals.start(
            self.pollers, look=False, on_finding=lambda job, finding: self.found.append((job.name, finding))
        )

    async def read(self, *lines: str) -> None:
        self.pollers.polled_at = self.clock.now()
        self.signals.build_feed(JOB, "a.log")(lines, True)
        await self.clock.advance(11)


async def test_rows_learn_what_their_log_says() -> None:
    stage = Stage()
    await stage.read("step: 5, loss: 2.5")
    assert (stage.pollers.row.facts["step"], stage.pollers.row.facts["loss"]) == (5, 2.5)
    await stage.signals.aclose()


async def test_a_finding_is_reported_once_and_is_in_triage() -> None:
    stage = Stage()
    await stage.read("step: 5, loss: 2.5", "step: 6, loss: nan")
    await stage.read("step: 7, loss: nan")
    assert [(name, finding.kind, finding.line) for name, finding in stage.found] == [("train", "nan", 1)]
    row = stage.pollers.row
    trouble = evaluate(row, Evidence(0.0))
    assert trouble is not None
    assert trouble.why is not None
    assert (trouble.what, trouble.why.source) == (TroubleKind.DEGRADED, "log")
    assert trouble.why.text == "loss is NaN since step 6 (line 2 of the log)"
    assert evaluate(replace(row, phase=Phase.DONE), Evidence(0.0)) is None
    await stage.signals.aclose()


async def test_a_finding_is_not_announced_again_when_its_profile_is_opened_again() -> None:
    store = SignalStore(TimestampParser)  # the console's own: it outlives the profiles
    before = Stage(store)
    await before.read("step: 5, loss: 2.5", "step: 6, loss: nan")
    await before.signals.aclose()
    again = Stage(store)
    await again.read("step: 6, loss: nan", "step: 7, loss: nan")
    assert (len(before.found), again.found) == (1, [])
    assert again.pollers.row.facts["finding"] == "nan"
    await again.signals.aclose()


async def test_a_healthy_run_has_no_finding() -> None:
    stage = Stage()
    for step in range(60):
        await stage.read(f"step: {step}, loss: {3 / (1 + step / 20):.4f}")
    assert stage.found == []
    assert evaluate(stage.pollers.row, Evidence(0.0)) is None
    await stage.signals.aclose()


async def test_a_new_finding_does_not_wait_for_the_next_look_at_the_row() -> None:
    stage = Stage()
    feed = stage.signals.build_feed(JOB, "a.log")
    feed(["step: 5, loss: 2.5"], True)
    feed(["step: 6, loss: 2.4"], True)
    assert stage.pollers.row.facts["step"] == 5  # a row is painted every ten seconds at most
    feed(["step: 7, loss: nan"], True)
    assert [finding.kind for _name, finding in stage.found] == ["nan"]
    assert stage.pollers.row.facts["finding"] == "nan"
    await stage.signals.aclose()


async def test_a_job_last_seen_running_before_its_pause_is_not_stalled() -> None:
    stage = Stage()
    for step in range(10):
        await stage.read(f"{stage.clock.now():.0f} step: {step}, loss: 2.5")
    feed = stage.signals.build_feed(JOB, "a.log")
    await stage.clock.advance(600)
    feed([], True)
    await stage.clock.advance(11)
    feed([], True)
    assert [finding.kind for finding in stage.signals.find_findings(JOB)] == []
    stage.pollers.polled_at = stage.clock.now()
    assert [finding.kind for finding in stage.signals.find_findings(JOB)] == ["silent"]
    await stage.signals.aclose()


async def test_a_log_without_steps_shows_its_epoch_and_when_the_last_one_ends() -> None:
    stage = Stage()
    await stage.read("  Num Epochs = 3")
    for number in range(1, 6):
        at = format_iso_utc(stage.clock.now() * 1000)
        await stage.read(f"{at} {{'loss': 2.5, 'learning_rate': 1e-05, 'epoch': {number / 10}}}")
    row = stage.pollers.row
    cells = {column.id: column.text(row, stage.clock.now() * 1000) for column in get_kind("jobs").columns}
    assert (cells["step"], cells["eta"]) == ("epoch 0.5/3", "4m00s")
    await stage.signals.aclose()


async def test_a_log_that_initializes_nccl_may_be_silent_for_longer() -> None:
    stage = Stage()
    await stage.read(f"{format_iso_utc(stage.clock.now() * 1000)} node-0:17:17 [0] NCCL INFO Bootstrap")
    for minutes, kinds in ((20, []), (11, ["silent"])):
        await stage.clock.advance(minutes * 60)
        stage.pollers.polled_at = stage.clock.now()
        stage.signals.build_feed(JOB, "a.log")([], True)
        assert [finding.kind for finding in stage.signals.find_findings(JOB)] == kinds
    await stage.signals.aclose()


async def test_a_log_in_another_zone_that_grows_is_not_silent_and_not_stalled() -> None:
    stage = Stage()
    feed = stage.signals.build_feed(JOB, "a.log")
    for step in range(20):
        feed([f"{format_iso_utc((stage.clock.now() - 5 * 3600) * 1000)} step: {step}, loss: 2.5"], True)
        await stage.clock.advance(10)
        stage.pollers.polled_at = stage.clock.now()
        assert step == 0 or [finding.kind for finding in stage.signals.find_findings(JOB)] == []
    await stage.signals.aclose()


async def test_a_job_whose_signals_were_dropped_is_forgotten() -> None:
    store = SignalStore(TimestampParser)
    stage = Stage(store)
    await stage.read("step: 5, loss: 2.5")
    assert JOB.key in stage.signals._shown_at
    store.clear()
    stage.signals._update_all()
    assert not stage.signals._shown_at
    await stage.signals.aclose()


async def test_what_the_log_of_a_job_said_goes_with_the_job() -> None:
    stage = Stage(store := SignalStore(TimestampParser))
    await stage.read("step: 5, loss: 2.5", "step: 6, loss: nan")
    facts = stage.signals._facts
    assert facts is not None
    store._jobs.clear()  # as when others took their place
    stage.signals._update_all()
    assert (facts.keys, store.reported) == ({JOB.key}, {(JOB.key, "nan")})
    stage.pollers.row = replace(JOB, id="2")
    stage.signals._update_all()
    assert (facts.keys, store.reported) == (set(), set())
    await stage.signals.aclose()


async def test_findings_stay_reported_until_the_list_of_an_opened_profile_is_read() -> None:
    stage = Stage(store := SignalStore(TimestampParser))
    await stage.read("step: 5, loss: 2.5", "step: 6, loss: nan")
    store._jobs.clear()
    stage.pollers.polled_at, stage.pollers.row = None, replace(JOB, id="2")
    stage.signals._update_all()
    assert store.reported == {(JOB.key, "nan")}
    await stage.signals.aclose()

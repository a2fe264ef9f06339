"""Runs whose lines have neither a step time nor a time of their own: judged by when their lines came."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import pytest

from matui.base.log_lines.times import TimestampParser
from matui.live.signals.store import SignalStore
from tests.unit.live.signals.test_store import START_MS, make_job

Form = Callable[[int], list[str]]
PRELUDE = ["[ModelArts Service Log]2025-10-09 08:53:20,001 - INFO - training is started", "+ python train.py"]


def _format_trainer(step: int) -> list[str]:
    loss = _format_loss(step)
    return [f"{{'loss': {loss}, 'grad_norm': 0.9, 'learning_rate': 5e-05, 'epoch': {step / 1000:.4f}}}"]


def _format_factory(step: int) -> list[str]:
    loss = _format_loss(step)
    return [f'{{"current_steps": {step}, "total_steps": 3000, "loss": {loss}, "lr": 1e-05, "epoch": 0.1}}']


def _format_plain(step: int) -> list[str]:
    return [f"step {step}/3000 loss {_format_loss(step)}"]


FORMS: dict[str, Form] = {"trainer": _format_trainer, "factory": _format_factory, "plain": _format_plain}


def _format_loss(step: int) -> str:
    return f"{2 + 3 * math.exp(-step / 50):.4f}"


def _follow(
    form: Form, seconds: Sequence[float], prelude: Sequence[str]
) -> Iterator[tuple[SignalStore, float]]:
    """Yield the store after each poll of 2 s; ``seconds`` is how long each step takes."""
    store = SignalStore(lambda _at: TimestampParser())
    feed, now, due, steps = (
        store.build_feed(make_job(), "a"),
        START_MS + 3_600_000.0,
        0.0,
        iter(enumerate(seconds, 4)),
    )
    feed.add([*prelude, *(line for step in range(1, 4) for line in form(step))], now)
    waiting = next(steps)
    while True:
        now += 2_000
        lines: list[str] = []
        while waiting is not None and due + waiting[1] <= (now - START_MS - 3_600_000) / 1000:
            due += waiting[1]
            lines += form(waiting[0])
            waiting = next(steps, None)
        store.confirm("prod", now)
        feed.add(lines, now)
        yield store, now
        if waiting is None:
            return


def _list_kinds(store: SignalStore) -> list[str]:
    return [one.kind for one in store.find_findings(make_job().key, running=True)]


@pytest.mark.parametrize("prelude", [(), PRELUDE], ids=["without any time", "after timed lines"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_step_that_takes_twice_as_long_is_found_where_lines_have_no_time(
    form: Form, prelude: Sequence[str]
) -> None:
    *_, (store, _now) = _follow(form, [3.0] * 60, prelude)
    assert _list_kinds(store) == []
    *_, (store, _now) = _follow(form, [3.0] * 60 + [7.0] * 8, prelude)
    (found,) = store.find_findings(make_job().key, running=True)
    assert found.kind == "slow"
    assert found.since_ms == pytest.approx(START_MS + 3_600_000 + 187_000, abs=8_000)


@pytest.mark.parametrize("prelude", [(), PRELUDE], ids=["without any time", "after timed lines"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_run_is_stalled_where_lines_have_no_time(form: Form, prelude: Sequence[str]) -> None:
    *_, (store, now) = _follow(form, [3.0] * 30, prelude)
    feed = store.build_feed(make_job(), "a")
    for _ in range(40):
        now += 2_000
        store.confirm("prod", now)
        feed.add(["waiting for data"], now)
    assert _list_kinds(store) == ["stalled"]


def test_a_healthy_run_without_times_has_no_finding() -> None:
    seconds = [30.0 if step % 25 == 0 else 2.0 + step % 3 for step in range(1, 150)]
    for form in FORMS.values():
        assert [
            _list_kinds(store) for store, _now in _follow(form, seconds, PRELUDE) if _list_kinds(store)
        ] == []


def test_the_end_of_a_run_without_times_is_expected_from_when_its_lines_came() -> None:
    *_, (store, now) = _follow(_format_factory, [3.0] * 40, PRELUDE)
    signals = store.find(make_job().key)
    assert signals is not None
    assert signals.log.compute_eta_ms(now) == pytest.approx(now + 2957 * 3_000, rel=0.02)

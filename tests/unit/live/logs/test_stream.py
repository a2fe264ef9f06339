"""Headless reading: the whole log, its end, or as long as it grows; each line once, in order."""

import os
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matui.base.errors import NotFoundError, PermissionDeniedError, ServerFaultError, TimedOutError
from matui.clouds.protocols import LogPage
from matui.live.logs.reader import JobLogFile
from matui.live.logs.stream import read_log
from matui.live.poll.loop import Timing
from tests.unit.live.logs.log_server import JOB, LogServer, Ways
from tests.unit.live.logs.test_reader import TEXTS, ways

EXAMPLES = int(os.environ.get("MATUI_LOG_EXAMPLES", "200"))


class RestlessClock:
    """Time passes only by sleeping, and sleeping takes no time."""

    def __init__(self) -> None:
        self.slept = 0.0

    def now(self) -> float:
        return self.slept

    def monotonic(self) -> float:
        return self.slept

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds


async def read(server: LogServer, *, follow: bool = True, tail: int | None = None, ended=None) -> list[str]:
    lines = read_log(
        JobLogFile(server, JOB, "a.log"),
        timing=Timing(RestlessClock(), Random(1), 2),
        follow=follow,
        tail=tail,
        ended=ended or (lambda: not server.coming),
    )
    got = [line async for line in lines]
    assert not [line for line in got if line.mark]
    return [line.text for line in got]


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(
    ways(),
    st.booleans(),
    st.lists(TEXTS, max_size=40),
    st.lists(TEXTS, max_size=40),
    st.integers(0, 2**32),
    st.sampled_from([0.0, 0.2]),
)
async def test_following_prints_every_line_once_in_order(how, top, lines, coming, seed, failing) -> None:
    server = LogServer(replace(how, top_page=top), list(lines), list(coming), Random(seed), failing)
    assert await read(server) == lines + coming


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("inclusive", [True, False])
async def test_a_repeated_line_whose_cursor_echoes_the_base_is_asked_for_until_it_is_proved(
    inclusive: bool, seed: int
) -> None:
    how = Ways(inclusive=inclusive, echo="newer", end_at_edge=False, cap=8)
    assert await read(LogServer(how, ["a"], ["a"], Random(seed))) == ["a", "a"]
    assert await read(LogServer(how, ["", ""], [""], Random(seed))) == ["", "", ""]


async def test_the_top_of_equal_lines_has_no_mark_where_lines_before_the_page_are_repeated() -> None:
    how = Ways(end_at_edge=False, overlap=2, cap=8, top_page=False)
    assert await read(LogServer(how, [""] * 9, [], Random(0))) == [""] * 9
    how, lines = replace(how, echo="newer"), ["", "", "same"]
    assert await read(LogServer(how, list(lines), [""] * 7, Random(0))) == lines + [""] * 7


async def test_the_proof_of_the_last_lines_goes_no_further_than_the_lines_that_the_cloud_repeats() -> None:
    how = Ways(inclusive=True, echo="both", end_at_edge=False, overlap=2, cap=8, top_page=False)
    lines = [""] * 6 + ["same", "loss 0.1", "x"]
    assert await read(LogServer(how, [], list(lines), Random(0))) == lines


@pytest.mark.parametrize(("inclusive", "overlap"), [(True, 1), (False, 2)])
async def test_a_page_that_only_leads_on_is_not_the_end_of_equal_lines(inclusive: bool, overlap: int) -> None:
    how = Ways(inclusive=inclusive, end_at_edge=False, overlap=overlap, cap=8, top_page=False)
    assert await read(LogServer(how, [""] * 12, [""] * 9, Random(3))) == [""] * 21


@pytest.mark.parametrize("top", [True, False])
@pytest.mark.parametrize("inclusive", [True, False])
async def test_a_long_log_is_printed_from_its_first_line(top: bool, inclusive: bool) -> None:
    lines = [f"step {number}" for number in range(3210)]
    server = LogServer(Ways(top_page=top, inclusive=inclusive), list(lines))
    assert await read(server, follow=False) == lines


async def test_the_lines_read_backwards_are_counted_before_the_first_one_comes() -> None:
    server = LogServer(Ways(top_page=False), [f"step {number}" for number in range(3210)])
    counts: list[int] = []
    lines = read_log(
        JobLogFile(server, JOB, "a.log"),
        timing=Timing(RestlessClock(), Random(1), 2),
        follow=False,
        tail=None,
        ended=lambda: True,
        read_back=counts.append,
    )
    assert (await anext(aiter(lines))).text == "step 0"
    assert sum(counts) == 3210
    assert max(counts) <= 500


@pytest.mark.parametrize("count", [0, 1, 7, 500, 501, 1300, 9999])
@pytest.mark.parametrize("inclusive", [True, False])
async def test_tail_prints_the_last_lines(count: int, inclusive: bool) -> None:
    lines = [f"step {number}" for number in range(2345)]
    server = LogServer(Ways(inclusive=inclusive, cap=300), list(lines))
    assert await read(server, follow=False, tail=count) == lines[len(lines) - count if count < 2345 else 0 :]


async def test_tail_of_an_empty_log_that_fills_prints_it_all() -> None:
    coming = [f"step {number}" for number in range(2000)]
    server = LogServer(Ways(cap=50), [], [], Random(3), grows=700)

    def ended() -> bool:
        if server.requests == 2:
            server.coming = list(coming)
        return server.requests > 2 and not server.coming

    assert await read(server, tail=3, ended=ended) == coming


class WithoutNewestEnd(LogServer):
    """Leaves the end out of a page of one line."""

    def _build_page(self, base: str, older: bool, first: int, end: int) -> LogPage:
        page = super()._build_page(base, older, first, end)
        return replace(page, end="") if end - first == 1 else page


class EmptyAtFirst(LogServer):
    """Gives an empty newest page three times, as one does whose index is late."""

    def _build_page(self, base: str, older: bool, first: int, end: int) -> LogPage:
        if not base and not older and self.empty:
            self.empty -= 1
            return super()._build_page(base, older, 0, 0)
        return super()._build_page(base, older, first, end)

    empty = 3


@pytest.mark.parametrize("server", [WithoutNewestEnd, EmptyAtFirst])
async def test_a_newest_line_without_its_end_or_an_empty_newest_page_ends_no_log(server: Any) -> None:
    lines = [f"step {number}" for number in range(3210)]
    assert await read(server(Ways(), list(lines)), follow=False) == lines


class Irregular(LogServer):
    """Cuts pages where it likes, as one that limits their bytes would."""

    def _find_range(self, base: str, older: bool, limit: int) -> tuple[int, int]:
        return super()._find_range(base, older, min(limit, self.rng.randint(2, 90)))


@pytest.mark.parametrize("top", [True, False])
async def test_pages_of_any_length_are_not_taken_for_the_end(top: bool) -> None:
    lines = [f"step {number}" for number in range(3000)]
    assert await read(Irregular(Ways(top_page=top), list(lines), rng=Random(5)), follow=False) == lines


@pytest.mark.parametrize("inclusive", [True, False])
async def test_walking_back_holds_only_so_much(inclusive: bool, monkeypatch) -> None:
    monkeypatch.setattr("matui.live.logs.stream._MAX_HELD_LINES", 600)
    lines = [f"step {number % 7}" for number in range(5210)]
    assert (
        await read(LogServer(Ways(top_page=False, inclusive=inclusive), list(lines)), follow=False) == lines
    )


async def test_following_waits_out_a_long_outage() -> None:
    lines = [f"step {number}" for number in range(50)]
    server, looks = LogServer(Ways(), list(lines[:40])), 0

    def ended() -> bool:
        nonlocal looks
        looks += 1
        if looks == 2:
            server.failing, server.lines = 1.9, list(lines)
            server.rng = Random(2)
        return looks > 4

    assert await read(server, ended=ended) == lines
    assert server.requests > 12


async def test_a_log_that_never_stops_growing_is_not_chased() -> None:
    coming = [f"step {number}" for number in range(100_000)]
    server = LogServer(Ways(), coming[:700], coming[700:], Random(3), grows=600)
    got = await read(server, follow=False)
    assert got == coming[: len(got)]
    assert len(got) >= 700
    assert server.requests < 20


async def test_a_refused_line_api_falls_back_to_bytes() -> None:
    lines = [f"Schritt {number} \u00fc\u6b65 {'x' * (number % 90)}" for number in range(900)]
    server = LogServer(Ways(), list(lines), refuse=NotFoundError("no", status=404, code="APIGW.0101"))
    assert await read(server, follow=False) == lines


async def test_an_error_that_waiting_does_not_help_is_raised() -> None:
    server = LogServer(Ways(), ["a"], refuse=PermissionDeniedError("no", status=403))
    with pytest.raises(PermissionDeniedError):
        await read(server)


@pytest.mark.parametrize("error", [ServerFaultError("broken", status=500), TimedOutError("no answer")])
async def test_a_cloud_that_never_answers_is_given_up_on_at_first(error) -> None:
    with pytest.raises(type(error)):
        await read(LogServer(Ways(), ["a"], refuse=error), follow=False)


async def test_a_burst_between_two_quiet_looks_does_not_count_as_quiet() -> None:
    """A job said to have ended whose log still comes in bursts is read until it is quiet twice running."""
    bursts = [[], [f"step {number}" for number in range(1500)], [], [], [], ["late 1", "late 2"]]

    class Bursty(LogServer):
        async def read_log_page(self, job, file, *, base, older, limit):
            if base and not older and bursts:
                self.lines += bursts.pop(0)
            return await super().read_log_page(job, file, base=base, older=older, limit=limit)

    server = Bursty(Ways(), ["first"])
    assert await read(server, ended=lambda: True) == server.lines
    assert bursts == []

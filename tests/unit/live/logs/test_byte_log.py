"""A log read by bytes: windows stitched on positions, characters and lines kept whole."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matui.base.errors import CloudError, NotFoundError, RateLimitedError, ServerFaultError
from matui.live.logs.reader import LogReader
from tests.unit.live.logs.log_server import JOB, LogServer, Ways
from tests.unit.live.logs.test_reader import read_all
from tests.unit.live.logs.test_stream import read

REFUSED = NotFoundError("no such API", status=404, code="APIGW.0101")
TEXTS = st.lists(
    st.one_of(
        st.text(alphabet="aé步🙂 \t", max_size=60),
        st.integers(500, 5000).map(lambda size: "步é" * (size // 3)),
    ),
    max_size=40,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXTS, TEXTS, st.sampled_from(["replace", "back_off"]), st.booleans(), st.integers(0, 2**32))
async def test_every_line_is_held_once_whatever_the_windows_cut(lines, coming, cut, tells, seed) -> None:
    rng = Random(seed)
    ways = Ways(cut=cut, tells_end=tells)
    server = LogServer(ways, list(lines), list(coming), rng, failing=0.1, refuse=REFUSED)
    got, marks = await read_all(server, rng)
    assert got == lines + coming
    assert not marks


@pytest.mark.parametrize("cut", ["replace", "back_off"])
async def test_a_last_line_without_an_end_comes_once_the_log_is_drained(cut: str) -> None:
    lines = [f"步 {number} {'é' * number}" for number in range(200)]
    server = LogServer(Ways(cut=cut), list(lines), refuse=REFUSED, unterminated=True)
    assert await read(server) == lines
    assert await read(server, follow=False) == lines


@pytest.mark.parametrize(
    "error",
    [
        NotFoundError("no", status=404),
        CloudError("no", status=400),
        CloudError("no", status=405),
        ServerFaultError("no", status=501),
        CloudError("no", status=500, code="ModelArts.0804"),
        CloudError("no", status=200, code="ModelArts.0105"),
    ],
)
async def test_the_reason_for_reading_by_bytes_is_reported(error: CloudError) -> None:
    reader = LogReader(LogServer(Ways(), ["a"], refuse=error), JOB, "a.log")
    assert (await reader.read_newer()).lines == ("a",)
    assert reader.fallback.startswith("read by bytes")


@pytest.mark.parametrize("error", [RateLimitedError("no", status=429), ServerFaultError("no", status=500)])
async def test_a_passing_failure_is_no_reason_to_read_by_bytes(error: CloudError) -> None:
    reader = LogReader(LogServer(Ways(), ["a"], refuse=error), JOB, "a.log")
    with pytest.raises(type(error)):
        await reader.read_newer()
    assert reader.fallback == ""


async def test_a_log_that_became_shorter_is_read_anew_after_a_mark() -> None:
    server = LogServer(Ways(), [f"old {number}" for number in range(100)], refuse=REFUSED)
    reader = LogReader(server, JOB, "a.log")
    await reader.read_newer()
    server.lines = ["new 1", "new 2"]
    batches = [await reader.read_newer() for _ in range(3)]
    assert [batch.gap != "" for batch in batches].count(True) == 1
    assert [line for batch in batches for line in batch.lines] == ["new 1", "new 2"]

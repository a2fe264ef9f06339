"""Property: over every reading of the reference each line is held once, in order, without a mark.

MATUI_LOG_EXAMPLES=10000 runs as many histories as it says.
"""

import os
from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matui.base.errors import MatuiError
from matui.live.logs.line_store import LogStore
from matui.live.logs.reader import LogReader
from tests.unit.live.logs.log_server import JOB, LogServer, Ways

EXAMPLES = int(os.environ.get("MATUI_LOG_EXAMPLES", "400"))
TEXTS = st.sampled_from(["", "same", "same", "loss 0.1", "ошибка", "步 1", "x"])


@st.composite
def ways(draw: st.DrawFn) -> Ways:
    """Every reading of the reference; what no cursor and no text could tell apart is left out."""
    newest_first = draw(st.booleans())
    opaque = not newest_first and draw(st.booleans())
    echoes = ["", "newer", "both"] if opaque else ["", "newer", "both", "swapped"]
    echo = "" if newest_first else draw(st.sampled_from(echoes))
    overlaps = [0, 1] if echo == "swapped" else [0, 0, 1, 2, 5]
    if not newest_first and draw(st.integers(0, 5)) == 5:
        cap, is_double = draw(st.sampled_from([8, 15, 500])), draw(st.booleans())
        return Ways(between_lines=True, opaque=opaque, cap=cap, double=is_double)
    return Ways(
        inclusive=draw(st.booleans()),
        echo=echo,
        double=draw(st.booleans()),
        last_newline=draw(st.booleans()),
        empty_end=draw(st.sampled_from(["", "base"])),
        end_at_edge=newest_first or draw(st.booleans()),
        newest_first=newest_first,
        opaque=opaque,
        overlap=0 if newest_first or opaque else draw(st.sampled_from(overlaps)),
        cap=draw(st.sampled_from([8, 15, 500])),
    )


async def read_all(server: LogServer, rng: Random) -> tuple[list[str], list[str]]:
    """Read both ways in turn until nothing is left either way; return the lines and the marks."""
    reader, store, quiet = LogReader(server, JOB, "a.log"), LogStore(), 0
    for _ in range(3000):
        try:
            if reader.opened and not reader.at_top and rng.random() < 0.4:
                batch = await reader.read_older()
                if batch.gap:
                    store.mark(batch.gap, "gap", above=True)
                store.prepend(batch.lines, batch.ref)
                continue
            batch = await reader.read_newer()
        except MatuiError:
            continue
        if batch.gap:
            store.mark(batch.gap, "gap")
        store.append(batch.lines, batch.ref)
        quiet = 0 if batch.lines or batch.more or server.coming else quiet + 1
        if quiet > 2 and (reader.at_top or not reader.opened):
            break
    held = list(store.iterate_lines(store.first, store.end))
    return [line.text for line in held if not line.mark], [line.text for line in held if line.mark]


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(
    ways(),
    st.lists(TEXTS, max_size=30),
    st.lists(TEXTS, max_size=40),
    st.integers(0, 2**32),
    st.sampled_from([0.0, 0.2]),
)
async def test_every_line_is_held_once_and_in_order(how, lines, coming, seed, failing) -> None:
    rng = Random(seed)
    server = LogServer(how, list(lines), list(coming), rng, failing, grows=rng.choice((0, 1, 3, 20)) or 1)
    got, marks = await read_all(server, rng)
    assert got == lines + coming
    assert not marks


async def test_a_server_that_repeats_lines_starts_a_short_log_at_its_top_again() -> None:
    for lines, seed in ((["", "", ""], 1), (["a", "b", "c", "d"], 3), (["same"] * 6, 5)):
        rng = Random(seed)
        server = LogServer(Ways(overlap=2, cap=8), [], list(lines), rng, 0.2, grows=1)
        assert await read_all(server, rng) == (lines, [])


async def test_lines_repeated_before_a_page_do_not_contradict_its_proof() -> None:
    repeating = Ways(last_newline=False, end_at_edge=False, cap=8)
    cases = (
        (replace(repeating, echo="both", overlap=2), 0, [""] * 8 + ["same"], 1),
        (replace(repeating, overlap=5), 1, ["", "", "", "same", "", "", "same"] + [""] * 7, 0),
    )
    for how, written, lines, seed in cases:
        rng = Random(seed)
        server = LogServer(how, lines[:written], lines[written:], rng, grows=rng.choice((0, 1, 3, 20)) or 1)
        assert await read_all(server, rng) == (lines, [])

"""What a key costs in a table of 20,000 rows, and what a poll that changes some of them costs."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from tests.bench.figures import Figure, compute_p50, compute_p95
from tests.bench.programs import build_script_command
from tests.bench.terminal import Press, Terminal

ROWS = 20_000


def _press_keys(terminal: Terminal, keys: Sequence[str]) -> list[Press]:
    presses = []
    for key in keys:
        presses.append(terminal.press(key, timeout=0.5))
        terminal.drain(random.uniform(0.01, 0.04))  # out of step with the program's own timers
    return presses


def _list_ms(presses: Sequence[Press]) -> list[float]:
    """Return how long each took that had anything to show."""
    return [press.last_ms for press in presses if press.last_ms is not None]


def measure(count: int) -> Iterator[Figure]:
    """Press each key ``count`` times."""
    with Terminal(build_script_command("table_app.py", str(ROWS))) as terminal:
        terminal.wait("JOBSTAT|RUNNING")
        terminal.drain(1)
        changed = _press_keys(terminal, ["r"] * count)
        began = terminal.read_cpu_s()
        _press_keys(terminal, ["R"] * count)
        cpu_ms = (terminal.read_cpu_s() - began) * 1000 / count
        down = _press_keys(terminal, ["down"] * count)
        pages = _press_keys(terminal, ["pagedown"] * count)
        letters = _press_keys(terminal, ["b", "c"] * (count // 2))
        terminal.drain(2.5)  # nothing happens: orders are made ahead
        first_sorts = _press_keys(terminal, ["o"] * 6)
        sorts = _press_keys(terminal, ["o"] * count)
        memory = terminal.read_memory()
    yield Figure("Down, 20,000 rows, p50", compute_p50(_list_ms(down)), "ms", 4)
    yield Figure("Down, p95", compute_p95(_list_ms(down)), "ms", 15)
    yield Figure("Down, bytes", compute_p50(press.bytes for press in down), "B")
    yield Figure("PgDn, p50", compute_p50(_list_ms(pages)), "ms", 15)
    yield Figure(
        "sort by a column for the first time, worst", max(_list_ms(first_sorts)), "ms", 25, "made ready"
    )
    yield Figure("sort again, p50", compute_p50(_list_ms(sorts)), "ms", 25)
    yield Figure("filter as you type, a key, p50", compute_p50(_list_ms(letters)), "ms", 30)
    yield Figure("a changed cell", compute_p50(press.bytes for press in changed), "B", 250)
    yield Figure("a poll with 20 changed rows, CPU in all", cpu_ms, "ms", 15)
    yield Figure("memory of the table alone", memory, "MB")

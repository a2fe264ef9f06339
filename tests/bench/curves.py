"""Measures curves: ``python -m tests.bench.curves``.

Draws 100,000 points at 120×26 and 80×7, and reads a log of 100,000 lines with seven signals each for the
memory that they take. Times are of the process, not of the clock. Exit status 1 above 5 ms or 8 MiB.
"""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Callable

from matui.console.curves.chart import Chart, ChartSize, ChartState, render_chart
from matui.console.curves.tracks import Track, TrackRun
from matui.signals.reader import SignalReader
from matui.signals.series import SignalLog
from tests.unit.signals.test_shapes import MEGATRON

POINTS = 100_000
MOST_MS, MOST_MIB = 5.0, 8.0
_ROUNDS = 9


def measure_ms(work: Callable[[], object]) -> float:
    """Return the least ms of nine rounds."""
    spent = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        work()
        spent.append((time.process_time() - began) * 1000)
    return min(spent)


def read_log() -> tuple[SignalLog, float]:
    """Return the signals of 100,000 lines, and the MiB that they take."""
    tracemalloc.start()
    log, reader = SignalLog(), SignalReader()
    for step in range(POINTS):
        line = MEGATRON.replace("200/", f"{step}/").replace("7.39E+00", f"{9 / (1 + step / 9000):.4f}")
        reading = reader.read(line)
        if reading is not None:
            log.add(reading, 1_760_000_000_000.0 + step * 430, step)
    size = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    return log, size


def main() -> int:
    """Measure and print; return 1 where a target is missed."""
    rng = random.Random(7)
    run = TrackRun(range(POINTS), [2 + 7 / (1 + step / 9000) + rng.random() / 3 for step in range(POINTS)])
    track = Track("loss", (run,))
    chart = Chart.of([track], ChartState(shown=(track.key,)))
    assert chart is not None
    worst = 0.0
    for width, height in ((120, 26), (80, 7)):
        look = ChartSize(width, height)
        ms = measure_ms(lambda chart=chart, look=look: render_chart(chart, look))  # type: ignore[misc]
        worst = max(worst, ms)
        print(f"{ms:6.2f} ms  {POINTS:,} points at {width}×{height}")
    log, mib = read_log()
    points = sum(len(series.points) for segment in log.segments for series in segment.series.values())
    print(
        f"{mib:6.2f} MiB  {POINTS:,} lines with {len(log.segments[0].series)} signals: {points:,} points kept"
    )
    return int(worst > MOST_MS or mib > MOST_MIB)


if __name__ == "__main__":
    raise SystemExit(main())

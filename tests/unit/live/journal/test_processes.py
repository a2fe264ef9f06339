"""Several processes write one journal at once, and one may be killed at any moment."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from matui.base.clock import SystemClock
from matui.live.journal.journal import Journal
from tests.unit.live.journal.readings import T0

_ROOT = Path(__file__).parents[4]
_ROUNDS = 60
_JOBS = 20
_WRITER = """
import sys
from pathlib import Path
from matui.base.clock import ManualClock
from matui.live.journal.journal import Journal
from tests.unit.live.journal.readings import T0, make_job, make_reading
clock = ManualClock(T0 / 1000 + 1e6)
journal = Journal(Path(sys.argv[1]), clock=clock)
for at in range(int(sys.argv[2])):
    journal.record(make_reading(at, *(make_job(str(n), f"S{at}") for n in range(int(sys.argv[3])))))
    journal.flush()
    print(at, flush=True)
journal.close()
print(journal.problem or "ok", flush=True)
"""


def start_writer(file: Path, rounds: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(file), str(rounds), str(_JOBS)],
        cwd=_ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.slow
def test_three_writers_at_once_write_each_change_once(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    writers = [start_writer(file, _ROUNDS) for _ in range(3)]
    ends = [writer.communicate(timeout=120)[0].splitlines()[-1] for writer in writers]
    assert ends == ["ok"] * 3
    journal = Journal(file, clock=SystemClock())
    changes = journal.reader.read_changes("jobs")
    journal.close()
    # A slow writer skips states that another has left behind; none is written twice or out of order.
    for rid in map(str, range(_JOBS)):
        states = [(each.before, each.after) for each in reversed(changes) if each.id == rid]
        assert max(Counter(states).values()) == 1
        assert states[-1][1] == f"S{_ROUNDS - 1}"
        assert all(after == before for (_, after), (before, _) in pairwise(states))


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_loses_nothing_that_was_written(tmp_path: Path) -> None:
    file, rng, reached = tmp_path / "journal.db", random.Random(7), 0
    for _ in range(12):
        writer = start_writer(file, 10_000)
        assert writer.stdout is not None
        shown, until = -1, 0.0
        for line in writer.stdout:
            shown = int(line)
            until = until or time.monotonic() + rng.uniform(0.0, 0.3)
            if time.monotonic() > until and shown > reached:
                break
        writer.send_signal(signal.SIGKILL)
        rest = writer.communicate(timeout=60)[0].split()
        reached = max([reached, shown, *map(int, rest)])
        with sqlite3.connect(file) as connection:
            assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
            newest = connection.execute("SELECT max(seen_at) FROM changes").fetchone()[0]
        newest = T0 if newest is None and reached == 0 else newest  # the first reading is no change
        assert newest >= T0 + reached * 1000
        reached = (newest - T0) // 1000
    journal = Journal(file, clock=SystemClock())
    seen = Counter((each.id, each.after) for each in journal.reader.read_changes("jobs"))
    journal.close()
    assert set(seen.values()) == {1}
    assert {after for _, after in seen} == {f"S{n}" for n in range(1, reached + 1)}
    assert not list(tmp_path.glob("*damaged*"))

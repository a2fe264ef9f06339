"""What following a log costs: a flood into the view, keys meanwhile, and keys on a line of 16 kbit/s."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, p50, p95
from tests.bench.programs import matui, script
from tests.bench.site import Site
from tests.bench.terminal import Terminal

RATE = 50_000  # lines a second
SLOW_LINE = 2_000.0  # bytes a second: 16 kbit/s
_WRITER = """
import sys, time
path, rate, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
began, sent, total = time.perf_counter(), 0, int(rate * seconds)
with open(path, "a", buffering=1 << 20) as file:
    while sent < total:
        time.sleep(0.01)
        due = min(total, int((time.perf_counter() - began) * rate) + 1)
        more = " took 12 ms" + " and more" * 5 + "\\n"
        file.write("".join(f"2026-01-01T00:00:00Z INFO request {n}{more}" for n in range(sent, due)))
        file.flush()
        sent = due
    file.write("THE LAST LINE\\n")
"""


def measure(seconds: int) -> Iterator[Figure]:
    """Flood a view for ``seconds``, then follow a log over a slow line."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _flood(Path(folder) / "flood.log", min(6, seconds))
    yield from _slow_line(max(8, seconds // 2))


def _flood(path: Path, seconds: int) -> Iterator[Figure]:
    path.write_text("".join(f"2026-01-01T00:00:00Z INFO line {n} before\n" for n in range(1000)))
    with Terminal(script("log_app.py", str(path))) as terminal:
        terminal.wait("before")
        terminal.drain(1)
        begun, chunks, clock = terminal.cpu_s(), len(terminal.chunks), time.perf_counter()
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(path), str(RATE), str(seconds)])
        while writer.poll() is None:
            terminal.read(0.05)
        ended = time.perf_counter()
        at = terminal.began + terminal.wait("THE LAST LINE", 60) / 1000
        took = ended - clock
        yield Figure("a log flooded at 50,000 lines/s, late", max(0.0, at - ended), "s", 0.3)
        yield Figure("flooded, CPU", (terminal.cpu_s() - begun) / took * 100, "%", 25)
        yield Figure("flooded, on the line", terminal.size(chunks) / took / 1000, "kB/s", 50)
        ups = [terminal.press("up").last_ms or 3000.0 for _ in range(30)]
        yield Figure("scrolling in it, p50", p50(ups), "ms", 5)


def _slow_line(seconds: int) -> Iterator[Figure]:
    with Site(1) as site, Terminal(matui("--config", str(site.config)), slow=SLOW_LINE) as terminal:
        terminal.wait("RUNNING", timeout=60)
        terminal.drain(8, 1.0)
        for key in ("/", *"status:running", "enter", "l"):
            terminal.send(key)
            terminal.drain(5, 0.6)
        terminal.drain(10, 2.0)
        echoes = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            press = terminal.press("up" if len(echoes) % 2 else "down", quiet=0.4)
            echoes.append(press.first_ms if press.first_ms is not None else 3000.0)
            terminal.drain(0.37)
        yield Figure("a key on a 16 kbit/s line while a log is followed, p95", p95(echoes), "ms", 300)

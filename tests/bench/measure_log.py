"""What following a log costs: a flood into the view, keys meanwhile, and keys on a line of 16 kbit/s."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import bench_log
from tests.bench.figures import Figure, compute_p50, compute_p95
from tests.bench.programs import build_matui_command, build_script_command
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
    """Flood a view for ``seconds``, follow a slow log, read a long one, then type over a slow line."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _measure_flood(Path(folder) / "flood.log", min(6, seconds))
        yield from _measure_trickle(Path(folder) / "slow.log", min(10, seconds))
        yield from asyncio.run(_measure_through_the_api(Path(folder)))
    yield from _slow_line(max(16, seconds))
    yield from _measure_reading_signals(max(8, seconds))


def _start_writing(path: Path, rate: int, seconds: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _WRITER, str(path), str(rate), str(seconds)])


def _begin(path: Path) -> None:
    path.write_text("".join(f"2026-01-01T00:00:00Z INFO line {n} before\n" for n in range(1000)))


def _measure_flood(path: Path, seconds: int) -> Iterator[Figure]:
    _begin(path)
    with Terminal(build_script_command("log_app.py", str(path))) as terminal:
        terminal.wait("before")
        terminal.drain(1)
        begun, chunks, clock = terminal.read_cpu_s(), len(terminal.chunks), time.perf_counter()
        writer = _start_writing(path, RATE, seconds)
        while writer.poll() is None:
            terminal.read(0.05)
        ended = time.perf_counter()
        at = terminal.began + terminal.wait("THE LAST LINE", 60) / 1000
        took = ended - clock
        yield Figure("a log flooded at 50,000 lines/s, late", max(0.0, at - ended), "s", 0.3)
        yield Figure("flooded, CPU", (terminal.read_cpu_s() - begun) / took * 100, "%", 25)
        yield Figure("flooded, on the line", terminal.count_bytes(chunks) / took / 1000, "kB/s", 50)
        ups = [terminal.press("up").last_ms or 3000.0 for _ in range(30)]
        yield Figure("scrolling in it, p50", compute_p50(ups), "ms", 5)
        pages = [terminal.press("pageup").last_ms or 3000.0 for _ in range(30)]
        yield Figure("turning its pages, p50", compute_p50(pages), "ms")
        writer, keys = _start_writing(path, RATE, seconds), []
        while writer.poll() is None:
            press = terminal.press("down" if len(keys) % 2 else "up", quiet=0.01)
            keys.append(press.first_ms or 3000.0)
            terminal.drain(0.05)
        yield Figure("a key in it while it is flooded, p95", compute_p95(keys), "ms", 30)


def _measure_trickle(path: Path, seconds: int) -> Iterator[Figure]:
    """Follow a log of three lines a second."""
    _begin(path)
    with Terminal(build_script_command("log_app.py", str(path))) as terminal:
        terminal.wait("before")
        terminal.drain(1)
        chunks, size = len(terminal.chunks), path.stat().st_size
        writer = _start_writing(path, 3, seconds)
        while writer.poll() is None:
            terminal.read(0.05)
        terminal.drain(1)
        ratio = terminal.count_bytes(chunks) / (path.stat().st_size - size)
    yield Figure("a followed slow log, bytes on the line", ratio, "× its text", 1.3)


async def _measure_through_the_api(folder: Path) -> list[Figure]:
    """Follow a burst, and read a long backlog, both in pages of 500 lines."""
    before = bench_log.read_rss_mb()
    behind, late = await bench_log.tail_burst(bench_log.Burst(RATE, 1000, 3.0), folder, everything=False)
    readable, whole = await bench_log.tail_burst(bench_log.Burst(0, 1_000_000, 0.0), folder, everything=True)
    return [
        Figure("50,000 lines/s in pages of 500: first lines", behind, "s", 0.3),
        Figure("the same, late at its end", max(0.0, late - 3.0), "s", 0.3),
        Figure("a backlog of a million lines, readable", readable, "s", 0.3),
        Figure("the same, loaded to its first line", whole, "s"),
        Figure("the same, memory beyond that of the bench", bench_log.read_rss_mb() - before, "MB", 100),
    ]


def _measure_reading_signals(seconds: int) -> Iterator[Figure]:
    """Press keys in the curves while the whole log of a running job is read for its signals."""
    with (
        Site(1, 20) as site,
        Terminal(build_matui_command("--config", str(site.config), "--screen", "jobs")) as terminal,
    ):
        terminal.wait("RUNNING", timeout=60)
        terminal.drain(8, 1.0)
        for key in ("/", *"status:running", "enter"):
            terminal.send(key)
        terminal.drain(2)
        terminal.send("m")
        terminal.wait("loss", timeout=60)
        keys, chunks, began = list[float](), len(terminal.chunks), time.perf_counter()
        while time.perf_counter() < began + seconds:
            press = terminal.press("~", quiet=0.01)
            keys.append(press.first_ms or 3000.0)
            terminal.drain(random.uniform(0.02, 0.1))
        rate = terminal.count_bytes(chunks) / (time.perf_counter() - began)
        name = "a key in the curves while a backlog is read for its signals, p95"
        yield Figure(name, compute_p95(keys), "ms", 30, f"{rate:,.0f} B/s on the line")


def _slow_line(seconds: int) -> Iterator[Figure]:
    """Type letters over a slow line below a log that floods it, and wait until each can be seen."""
    with (
        Site(1, 20) as site,
        Terminal(
            build_matui_command("--config", str(site.config), "--screen", "jobs"), slow=SLOW_LINE
        ) as terminal,
    ):
        terminal.wait("RUNNING", timeout=60)
        terminal.drain(8, 1.0)
        for key in ("/", *"status:running", "enter", "l"):
            terminal.send(key)
            terminal.drain(5, 0.6)
        terminal.drain(6, 2.0)
        terminal.send(":")
        terminal.drain(2)
        echoes, typed, chunks, began = list[float](), "", len(terminal.chunks), time.perf_counter()
        while time.perf_counter() < began + seconds:
            letter = random.choice("qxzjkvw")
            typed += letter
            sent = terminal.send(letter)
            while typed not in terminal.read_text() and time.perf_counter() < sent + 5:
                terminal.read(0.02)
            echoes.append((time.perf_counter() - sent) * 1000)
            terminal.drain(random.uniform(0.2, 0.7))
        rate = terminal.count_bytes(chunks) / (time.perf_counter() - began)
        name = "a letter's echo on a line of 16 kbit/s below a followed log, p95"
        yield Figure(name, compute_p95(echoes), "ms", 300, f"{rate:,.0f} B/s on the line")

"""What the console costs while nobody touches it: CPU, bytes on the line, memory, requests to the cloud."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.bench.figures import Figure, compute_p50, compute_p95
from tests.bench.programs import build_matui_command, build_script_command
from tests.bench.site import Site
from tests.bench.terminal import Terminal, Use

SETTLE_S = 12.0
STILL = 1e-6  # a world in which nothing changes


def measure(seconds: int) -> Iterator[Figure]:
    """Let each scene rest for ``seconds``."""
    with Terminal(build_script_command("bare_app.py")) as bare:
        bare.wait("ready")
        bare.drain(2)
        yield Figure("a bare Textual application at rest", bare.rest(min(seconds, 10)).cpu, "% CPU")
    yield from _measure_small(seconds)
    yield from _measure_triage(seconds)
    yield from _measure_over_ssh()
    yield from _measure_big(seconds)
    with Terminal(build_matui_command("--demo", "--screen", "jobs")) as demo:
        demo.wait("RUNNING")
        demo.drain(SETTLE_S)
        yield Figure("memory in the demo", demo.rest(5).memory, "MB", 70)


def _measure_small(seconds: int) -> Iterator[Figure]:
    with (
        Site(8, STILL) as site,
        Terminal(build_matui_command("--config", str(site.config), "--screen", "jobs")) as terminal,
    ):
        terminal.wait("RUNNING")
        terminal.drain(SETTLE_S)
        use, a_minute = _measure_rest(terminal, site, seconds)
        yield Figure("at rest, all kinds polled, CPU", use.cpu, "%", 1.0)
        yield Figure("at rest, on the line", use.bytes_s, "B/s", 10)
        yield Figure("requests a minute", a_minute, "", 40)
        for keys in ("/", "status:running", "enter", "l"):
            terminal.send(keys)
            terminal.drain(1)
        terminal.drain(SETTLE_S)
        _use, a_minute = _measure_rest(terminal, site, seconds)
        yield Figure("requests a minute, a log open", a_minute, "", 40)
        terminal.send("focus-out")
        terminal.drain(SETTLE_S)
        _use, a_minute = _measure_rest(terminal, site, seconds)
        yield Figure("blurred, a quiet log open, requests a minute", a_minute, "", 8)
        terminal.send("focus-in")
        terminal.send("m")
        terminal.drain(SETTLE_S)
        _use, a_minute = _measure_rest(terminal, site, seconds)
        yield Figure("requests a minute, metrics open", a_minute, "", 40)
        terminal.send("q")
        terminal.send("focus-out")
        terminal.drain(SETTLE_S)
        away, a_minute = _measure_rest(terminal, site, seconds)
        yield Figure("blurred, CPU against focused", away.cpu / use.cpu, "×", 0.5, f"{away.cpu:.2f} %")
        yield Figure("blurred, requests a minute", a_minute, "", 8)


def _measure_triage(seconds: int) -> Iterator[Figure]:
    with Site(8, STILL) as site, Terminal(build_matui_command("--config", str(site.config))) as terminal:
        terminal.wait("failed")
        terminal.drain(SETTLE_S)
        _use, a_minute = _measure_rest(terminal, site, seconds)
        yield Figure(
            "requests a minute in triage, once the rows on the screen have their reasons", a_minute, "", 40
        )


def _measure_over_ssh() -> Iterator[Figure]:
    """Press keys with and without a cap on frames."""
    for name, env in (("Down in the console", {}), ("the same over SSH", {"SSH_CONNECTION": "1 2 3 4"})):
        with (
            Site(8, STILL) as site,
            Terminal(
                build_matui_command("--config", str(site.config), "--screen", "jobs"), env=env
            ) as terminal,
        ):
            terminal.wait("RUNNING")
            terminal.drain(8)
            presses = []
            for number in range(60):
                presses.append(terminal.press("down" if number % 40 < 20 else "up").first_ms or 3000.0)
                terminal.drain(random.uniform(0, 0.05))
            yield Figure(f"{name}, p95", compute_p95(presses), "ms", 15, f"p50 {compute_p50(presses):.1f} ms")


def _measure_big(seconds: int) -> Iterator[Figure]:
    with (
        Site(500, STILL) as site,
        Terminal(build_matui_command("--config", str(site.config), "--screen", "jobs")) as terminal,
    ):
        terminal.wait("RUNNING", timeout=60)
        terminal.drain(SETTLE_S)
        terminal.wait(r"jobs [\d,]{6}", timeout=120)
        terminal.drain(SETTLE_S)
        use, _a_minute = _measure_rest(terminal, site, seconds)
        yield Figure("20,000 jobs at rest, CPU", use.cpu, "%", 3.0)
        yield Figure("20,000 jobs, memory", use.memory, "MB", 130)
        presses = [terminal.press("down").last_ms or 3000.0 for _ in range(20)]
        yield Figure("20,000 jobs in the console, Down p50", sorted(presses)[10], "ms", 4)


def _measure_rest(terminal: Terminal, site: Site, seconds: int) -> tuple[Use, float]:
    before = site.count_requests().total()
    use = terminal.rest(seconds)
    return use, (site.count_requests().total() - before) * 60 / seconds

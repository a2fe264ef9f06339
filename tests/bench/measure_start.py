"""How long it takes to be of use: first paint, first rows, headless answers."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from tests.bench.figures import Figure
from tests.bench.programs import matui, python, script
from tests.bench.site import Site
from tests.bench.terminal import Terminal

ROWS = "RUNNING"


def _ms(argv: list[str], pattern: str) -> tuple[float, float]:
    with Terminal(argv) as terminal:
        first = terminal.wait(r"\S")
        return first, terminal.wait(pattern)


def measure(runs: int) -> Iterator[Figure]:
    """Measure each start ``runs`` times, one program after the other so that all see the same machine."""
    with Site(1) as site:
        config = ("--config", str(site.config))
        starts = {
            "bare": (script("bare_app.py"), "ready"),
            "demo": (matui("--demo"), ROWS),
            "http": (matui(*config), ROWS),
            "get": (matui(*config, "get", "jobs"), ROWS),
            "pass": (python("print('x')"), "x"),
            "version": (matui("--version"), "matui"),
            "help": (matui("--help"), "Commands"),
        }
        for argv, pattern in starts.values():
            _ms(argv, pattern)  # once for the page cache and the compiled bytecode
        took: dict[str, list[tuple[float, float]]] = {name: [] for name in starts}
        for _ in range(runs):
            for name, (argv, pattern) in starts.items():
                took[name].append(_ms(argv, pattern))
    first = {name: median(ms for ms, _ in pairs) for name, pairs in took.items()}
    done = {name: median(ms for _, ms in pairs) for name, pairs in took.items()}
    bare = done["bare"]
    yield Figure("a bare Textual application", bare, "ms")
    yield Figure("first paint", first["demo"] / bare, "× bare", 1.25, f"{first['demo']:.0f} ms")
    yield Figure("first rows over HTTP", done["http"] / bare, "× bare", 2.0, f"{done['http']:.0f} ms")
    yield Figure("first rows of --demo", done["demo"] / bare, "× bare", 2.3, f"{done['demo']:.0f} ms")
    yield Figure("matui get over HTTP", done["get"] / bare, "× bare", 0.9, f"{done['get']:.0f} ms")
    for name in ("version", "help"):
        above = done[name] - done["pass"]
        yield Figure(f"matui --{name} above python -c pass", above, "ms", 60)

"""How long it takes to be of use: first paint, first rows, headless answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.bench.figures import Figure
from tests.bench.programs import matui, python, script
from tests.bench.site import Site
from tests.bench.terminal import Terminal

ROWS = "RUNNING"
KNOWN = r"as of \d"
_FAR_S = 0.08
_SLOW_S = 3.0
_KEPT_S = 2.0  # from the first rows until they are kept for the next start
Command = tuple[list[str], str]
"""A command line, and the pattern on its screen that says that it is ready."""


class Start(NamedTuple):
    """A start: ms to the first output, ms until it is ready, and what these are compared with.

    ``bare_ms`` is the mean of the bare application right before and right after, ``answer_ms`` that of the
    answer it waits for, 0 where that is not counted.
    """

    first_ms: float
    ready_ms: float
    bare_ms: float = 0.0
    answer_ms: float = 0.0


Round = dict[str, Start]


def _ms(argv: list[str], pattern: str, env: dict[str, str] | None = None) -> tuple[float, float]:
    with Terminal(argv, env or {}) as terminal:
        first = terminal.wait(r"\S")
        return first, terminal.wait(pattern)


def measure(runs: int) -> Iterator[Figure]:
    """Measure each start ``runs`` times, one program after the other so that all see the same machine.

    A ratio is the median of the rounds' own ratios: what slows a round down slows all that is in it. Within
    a round a start is compared with the bare ones right before and right after it, and with the answers of
    its server there: the speed of a machine changes within seconds.
    """
    with (
        Site(1) as site,
        Site(1, latency_s=_FAR_S) as far,
        Site(1, latency_s=_SLOW_S) as slow,
        TemporaryDirectory() as seen,
    ):
        config = ("--config", str(site.config))
        late = ("--config", str(slow.config))
        compared = {
            "demo": (matui("--demo", "--screen", "jobs"), ROWS),
            "http": (matui(*config, "--screen", "jobs"), ROWS),
            "known": (matui(*late, "--screen", "jobs"), KNOWN),
            "get": (matui(*config, "get", "jobs"), ROWS),
            "far": (matui("--config", str(far.config), "get", "jobs"), ROWS),
        }
        others = {
            "pass": (python("print('x')"), "x"),
            "version": (matui("--version"), "matui"),
            "help": (matui("--help"), "Interrupted"),
        }
        # The journal that knows rows of the slow server; every other program starts with none.
        homes = {"known": {"XDG_STATE_HOME": seen}}
        with Terminal(matui(*late, "--screen", "jobs"), homes["known"]) as terminal:
            terminal.wait(ROWS)
            terminal.drain(_KEPT_S)
        rounds = [
            _compare(compared, homes, {"far": far})
            | {name: Start(*_ms(*command)) for name, command in others.items()}
            for _ in range(1 + runs)
        ][1:]  # the first one was for the page cache and the compiled bytecode
    bare = [start.bare_ms for one in rounds for start in one.values() if start.bare_ms]
    spread = f"{min(bare):.0f} to {max(bare):.0f} ms"
    yield Figure("a bare Textual application", median(bare), "ms", note=spread)
    yield _ratio("first paint", rounds, "demo", 1.25, at_first=True)
    yield _ratio("last known rows", rounds, "known", 1.6)
    yield _ratio("first rows over HTTP", rounds, "http", 2.4)
    yield _ratio("first rows of --demo", rounds, "demo", 2.3)
    yield _ratio("matui get over HTTP", rounds, "get", 1.3)
    yield _ratio("matui get from a server 80 ms away, less the answer's time", rounds, "far", 1.15)
    for name in ("version", "help"):
        above = median(one[name].ready_ms for one in rounds) - median(one["pass"].ready_ms for one in rounds)
        yield Figure(f"matui --{name} above python -c pass", above, "ms", 60)


def _compare(
    commands: Mapping[str, Command], homes: Mapping[str, dict[str, str]], sites: Mapping[str, Site]
) -> Round:
    """Start each command between two starts of the bare application, and two answers of its site."""
    starts: Round = {}
    bare = _bare_ms()
    for name, command in commands.items():
        site = sites.get(name)
        answer = site.answer_ms() if site is not None else 0.0
        first, ready = _ms(*command, homes.get(name))
        answer = (answer + site.answer_ms()) / 2 if site is not None else 0.0
        bare, before = _bare_ms(), bare
        starts[name] = Start(first, ready, (before + bare) / 2, answer)
    return starts


def _bare_ms() -> float:
    return _ms(script("bare_app.py"), "ready")[1]


def _ratio(title: str, rounds: list[Round], name: str, target: float, *, at_first: bool = False) -> Figure:
    """Return how often a bare application starts in the time to the first output, or to be ready."""
    starts = [one[name] for one in rounds]
    took = [start.first_ms if at_first else start.ready_ms - start.answer_ms for start in starts]
    ratio = median(ms / start.bare_ms for ms, start in zip(took, starts, strict=True))
    answer = median(start.answer_ms for start in starts)
    whole = median(start.first_ms if at_first else start.ready_ms for start in starts)
    note = f"{whole:.0f} ms" + (f", the answer's {answer:.1f} among them" if answer else "")
    return Figure(title, ratio, "× bare", target, note)

"""How long it takes to be of use: first paint, first rows, headless answers."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from math import pi, sqrt
from statistics import NormalDist, median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.bench.figures import Figure
from tests.bench.programs import build_matui_command, build_python_command, build_script_command
from tests.bench.site import Site
from tests.bench.terminal import Terminal

ROWS = "RUNNING"
KNOWN = r"as of \d"
_FAR_S = 0.08
_SLOW_S = 3.0
_KEPT_S = 2.0  # from the first rows until they are kept for the next start
_EXACT = 0.015  # the standard error of a ratio, as a share of it, at which measuring ends
_LONGEST_S = 210.0  # of all rounds
_OTHER_ROUNDS = 11  # of what is far below its target
_DEVIATIONS = 1 / NormalDist().inv_cdf(0.75)  # standard deviations in a median deviation
_MEDIAN_ERROR = sqrt(pi / 2)  # of a median, in standard errors of a mean
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


class Ratio(NamedTuple):
    """A start that is compared with a bare one: its title, its name in a round, and the most it may be."""

    title: str
    name: str
    target: float
    at_first: bool = False

    def of(self, one: Round) -> float:
        """Return how often a bare application starts in the time to the first output, or to be ready."""
        start = one[self.name]
        return (start.first_ms if self.at_first else start.ready_ms - start.answer_ms) / start.bare_ms

    def build_figure(self, rounds: list[Round]) -> Figure:
        """Return the median of the rounds, with its standard error."""
        ratios = [self.of(one) for one in rounds]
        starts = [one[self.name] for one in rounds]
        whole = median(start.first_ms if self.at_first else start.ready_ms for start in starts)
        note = f"± {compute_standard_error(ratios):.2f}, {whole:.0f} ms"
        if answer := median(start.answer_ms for start in starts):
            note += f", the answer's {answer:.1f} among them"
        return Figure(self.title, median(ratios), "× bare", self.target, note)


RATIOS = (
    Ratio("first paint", "demo", 1.25, at_first=True),
    Ratio("last known rows", "known", 1.6),
    Ratio("first rows over HTTP", "http", 2.4),
    Ratio("first rows of --demo", "demo", 2.3),
    Ratio("matui get over HTTP", "get", 1.3),
    Ratio("matui get from a server 80 ms away, less the answer's time", "far", 1.15),
)


def compute_standard_error(values: Iterable[float]) -> float:
    """Return the standard error of the median of ``values``, from their median deviation.

    The median deviation ignores the rounds that another program has slowed down.
    """
    values = list(values)
    middle = median(values)
    deviation = _DEVIATIONS * median(abs(value - middle) for value in values)
    return _MEDIAN_ERROR * deviation / sqrt(len(values))


def _measure_ms(argv: list[str], pattern: str, env: dict[str, str] | None = None) -> tuple[float, float]:
    with Terminal(argv, env or {}) as terminal:
        first = terminal.wait(r"\S")
        ready = terminal.wait(pattern)
        terminal.kill()
        return first, ready


def measure(runs: int) -> Iterator[Figure]:
    """Measure each start, one program after the other so that all see the same machine.

    A ratio is the median of the rounds' own ratios: what slows a round down slows all that is in it. Within
    a round a start is compared with the bare ones right before and right after it, and with the answers of
    its server there: the speed of a machine changes within seconds. There are at least ``runs`` rounds, and
    more until the standard error of each ratio is at most 1.5% of it or 210 s have passed. The median of 11
    rounds of a machine whose ratios vary by 15% has an error of 6%, which is more than most figures are
    away from their targets; 40 rounds, which take about 210 s, have 3%. A program is killed once it is
    ready: until it had ended itself took as long as to start it.
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
            "demo": (build_matui_command("--demo", "--screen", "jobs"), ROWS),
            "http": (build_matui_command(*config, "--screen", "jobs"), ROWS),
            "known": (build_matui_command(*late, "--screen", "jobs"), KNOWN),
            "get": (build_matui_command(*config, "get", "jobs"), ROWS),
            "far": (build_matui_command("--config", str(far.config), "get", "jobs"), ROWS),
        }
        others = {
            "pass": (build_python_command("print('x')"), "x"),
            "version": (build_matui_command("--version"), "matui"),
            "help": (build_matui_command("--help"), "Interrupted"),
        }
        # The journal that knows rows of the slow server; every other program starts with none.
        homes = {"known": {"XDG_STATE_HOME": seen}}
        with Terminal(build_matui_command(*late, "--screen", "jobs"), homes["known"]) as terminal:
            terminal.wait(ROWS)
            terminal.drain(_KEPT_S)
        sites = {"far": far}
        _compare(compared, homes, sites)  # for the page cache and the compiled bytecode
        rounds: list[Round] = []
        began = time.monotonic()
        while len(rounds) < runs or not (_is_exact(rounds) or time.monotonic() - began > _LONGEST_S):
            rounds.append(_compare(compared, homes, sites))
        plain = {
            name: [_measure_ms(*command)[1] for _ in range(min(runs, _OTHER_ROUNDS))]
            for name, command in others.items()
        }
    bare = [start.bare_ms for one in rounds for start in one.values() if start.bare_ms]
    spread = f"{min(bare):.0f} to {max(bare):.0f} ms in {len(rounds)} rounds"
    yield Figure("a bare Textual application", median(bare), "ms", note=spread)
    yield from (ratio.build_figure(rounds) for ratio in RATIOS)
    for name in ("version", "help"):
        above = median(plain[name]) - median(plain["pass"])
        yield Figure(f"matui --{name} above python -c pass", above, "ms", 60)


def _is_exact(rounds: list[Round]) -> bool:
    """Return whether the standard error of each ratio is small."""
    for ratio in RATIOS:
        ratios = [ratio.of(one) for one in rounds]
        if compute_standard_error(ratios) > _EXACT * median(ratios):
            return False
    return True


def _compare(
    commands: Mapping[str, Command], homes: Mapping[str, dict[str, str]], sites: Mapping[str, Site]
) -> Round:
    """Start each command between two starts of the bare application, and two answers of its site."""
    starts: Round = {}
    bare = _measure_bare_ms()
    for name, command in commands.items():
        site = sites.get(name)
        answer = site.answer_ms() if site is not None else 0.0
        first, ready = _measure_ms(*command, homes.get(name))
        answer = (answer + site.answer_ms()) / 2 if site is not None else 0.0
        bare, before = _measure_bare_ms(), bare
        starts[name] = Start(first, ready, (before + bare) / 2, answer)
    return starts


def _measure_bare_ms() -> float:
    return _measure_ms(build_script_command("bare_app.py"), "ready")[1]

"""How long it takes to be of use: first paint, first rows, headless answers."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.figures import Figure
from tests.bench.programs import matui, python, script
from tests.bench.site import Site
from tests.bench.terminal import Terminal

ROWS = "RUNNING"
KNOWN = r"as of \d"
_FAR_S = 0.08
_SLOW_S = 3.0
_KEPT_S = 2.0  # from the first rows until they are kept for the next start
# Of each program: ms to the first output, and until it is ready.
Round = dict[str, tuple[float, float]]


def _ms(argv: list[str], pattern: str, env: dict[str, str] | None = None) -> tuple[float, float]:
    with Terminal(argv, env or {}) as terminal:
        first = terminal.wait(r"\S")
        return first, terminal.wait(pattern)


def measure(runs: int) -> Iterator[Figure]:
    """Measure each start ``runs`` times, one program after the other so that all see the same machine.

    A ratio is the median of the rounds' own ratios: what slows a round down slows all that is in it.
    """
    with (
        Site(1) as site,
        Site(1, latency_s=_FAR_S) as far,
        Site(1, latency_s=_SLOW_S) as slow,
        TemporaryDirectory() as seen,
    ):
        config = ("--config", str(site.config))
        late = ("--config", str(slow.config))
        starts = {
            "bare": (script("bare_app.py"), "ready"),
            "demo": (matui("--demo", "--screen", "jobs"), ROWS),
            "http": (matui(*config, "--screen", "jobs"), ROWS),
            "known": (matui(*late, "--screen", "jobs"), KNOWN),
            "get": (matui(*config, "get", "jobs"), ROWS),
            "far": (matui("--config", str(far.config), "get", "jobs"), ROWS),
            "pass": (python("print('x')"), "x"),
            "version": (matui("--version"), "matui"),
            "help": (matui("--help"), "Interrupted"),
        }
        # The journal that knows rows of the slow server; every other program starts with none.
        homes = {"known": {"XDG_STATE_HOME": seen}}
        with Terminal(matui(*late, "--screen", "jobs"), homes["known"]) as terminal:
            terminal.wait(ROWS)
            terminal.drain(_KEPT_S)
        # Once for the page cache and the compiled bytecode.
        for name, (argv, pattern) in starts.items():
            _ms(argv, pattern, homes.get(name))
        rounds = [
            {name: _ms(argv, pattern, homes.get(name)) for name, (argv, pattern) in starts.items()}
            for _ in range(runs)
        ]
        far_answer = median(far.answer_ms() for _ in range(runs))
    yield Figure("a bare Textual application", _median(rounds, "bare"), "ms")
    yield _ratio("first paint", rounds, "demo", 1.25, at=0)
    yield _ratio("last known rows", rounds, "known", 1.6)
    yield _ratio("first rows over HTTP", rounds, "http", 2.4)
    yield _ratio("first rows of --demo", rounds, "demo", 2.3)
    yield _ratio("matui get over HTTP", rounds, "get", 1.3)
    far_title = "matui get from a server 80 ms away, less the answer's time"
    yield _ratio(far_title, rounds, "far", 1.15, less=far_answer)
    for name in ("version", "help"):
        above = _median(rounds, name) - _median(rounds, "pass")
        yield Figure(f"matui --{name} above python -c pass", above, "ms", 60)


def _median(rounds: list[Round], name: str, at: int = 1) -> float:
    return median(one[name][at] for one in rounds)


def _ratio(
    title: str, rounds: list[Round], name: str, target: float, *, at: int = 1, less: float = 0.0
) -> Figure:
    """Return how often a bare application starts in the time to the first output (0), or to be ready (1)."""
    ratio = median((one[name][at] - less) / one["bare"][1] for one in rounds)
    note = f"{_median(rounds, name, at):.0f} ms" + (f", the answer's {less:.1f} among them" if less else "")
    return Figure(title, ratio, "× bare", target, note)

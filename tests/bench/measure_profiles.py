"""What 50 profiles at rest cost: ``python -m tests.bench.measure_profiles [SECONDS [PROFILES]]``."""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.programs import build_matui_command
from tests.bench.site import Site
from tests.bench.terminal import Terminal

PROFILES = 50
SETTLE_S = 150.0
STILL = 1e-6  # a world in which nothing changes


@contextmanager
def write_config(site: Site, profiles: int) -> Iterator[Path]:
    """Write a configuration of so many copies of the simulator's first profile."""
    known = tomllib.loads(site.config.read_text())["profiles"]["sim"]
    settings = "".join(f"{name} = {value!r}\n" for name, value in known.items()).replace("'", '"')
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text("\n".join(f"[profiles.p{n:02d}]\n{settings}" for n in range(profiles)))
        config.chmod(0o600)
        yield config


def measure(
    seconds: int, profiles: int = PROFILES, screens: Sequence[str] = ("jobs", "triage")
) -> Iterator[Figure]:
    """Let the table of jobs and triage rest for ``seconds`` each."""
    for screen in screens:
        with (
            Site(1, STILL) as site,
            write_config(site, profiles) as config,
            Terminal(
                build_matui_command("--config", str(config), "--all-profiles", "--screen", screen)
            ) as terminal,
        ):
            terminal.wait("(?i)running|failed", timeout=60)
            terminal.drain(SETTLE_S)
            before, cpu_s = site.count_requests(), terminal.read_cpu_s()
            use = terminal.rest(seconds)
            asked = site.count_requests() - before
            name = f"{profiles} profiles at rest, {screen}"
            yield Figure(f"{name}, CPU", use.cpu, "%", 5.0, f"{terminal.read_cpu_s() - cpu_s:.2f} s")
            yield Figure(
                f"{name}, requests a minute", asked.total() * 60 / seconds, "", None, _count_by_kind(asked)
            )
            yield Figure(f"{name}, memory", use.memory, "MB", None)


def _count_by_kind(asked: dict[str, int]) -> str:
    """Return the number of requests by the last word of their path."""
    by_kind: dict[str, int] = {}
    for path, count in asked.items():
        kind = path.rstrip("/").rpartition("/")[2]
        by_kind[kind] = by_kind.get(kind, 0) + count
    ordered = sorted(by_kind.items(), key=lambda item: -item[1])
    return ", ".join(f"{kind} {count}" for kind, count in ordered[:8])


if __name__ == "__main__":
    for figure in measure(*map(int, sys.argv[1:3] or ["60"])):
        print(figure.format_row(), flush=True)

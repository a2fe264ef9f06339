"""Measures everything that matui promises about speed: ``python -m tests.bench [--quick] [--json FILE]``.

Each figure that is a ratio is paired with a bare Textual application in the same run. It takes about twenty
minutes, a few with ``--quick``; the machine should have nothing else to do. Names choose groups.
"""

from __future__ import annotations

import argparse
import compileall
from collections.abc import Callable, Iterator
from pathlib import Path

import matui
from tests.bench import (
    measure_journal,
    measure_list,
    measure_log,
    measure_profiles,
    measure_rest,
    measure_start,
    measure_table,
    measure_work,
)
from tests.bench.figures import Figure, format_table, write_json

# Group → (what measures it, how often or for how many seconds, the same for --quick; None: left out).
GROUPS: dict[str, tuple[Callable[[int], Iterator[Figure]], int, int | None]] = {
    "start": (measure_start.measure, 11, 3),
    "table": (measure_table.measure, 40, 10),
    "work": (measure_work.measure, 0, 0),
    "journal": (measure_journal.measure, 5, 3),
    "log": (measure_log.measure, 20, 6),
    "list": (measure_list.measure, 3, 1),
    "rest": (measure_rest.measure, 60, 15),
    "profiles": (measure_profiles.measure, 60, None),
}


def main() -> int:
    """Measure, print and write; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[[], *GROUPS], metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--quick", action="store_true", help="fewer and shorter measurements")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    chosen = parser.parse_args()
    # An installer compiles; a checkout may not have been run yet since it was changed.
    compileall.compile_dir(str(Path(matui.__file__).parent), quiet=1)
    figures: list[Figure] = []
    for name in chosen.groups or GROUPS:
        measure, often, quick = GROUPS[name]
        amount = quick if chosen.quick else often
        for figure in measure(amount) if amount is not None else ():
            figures.append(figure)
            print(figure.format_row(), flush=True)
    print("\n" + format_table(figures))
    if chosen.json is not None:
        write_json(chosen.json, figures)
    return int(any(figure.verdict == "MISSED" for figure in figures))


if __name__ == "__main__":
    raise SystemExit(main())

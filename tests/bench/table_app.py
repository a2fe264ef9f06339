"""A table of synthetic rows to measure: ``table_app.py [ROWS] [--change]``.

Keys: ``o`` sorts by the next column, ``O`` turns it round, ``r`` a changed row in view, ``R`` twenty of all,
``n`` a new row above, letters ``b e t`` grow a filter, ``c`` clears it.
"""

from __future__ import annotations

import gc
import os
import random
import sys
from dataclasses import dataclass, replace

from textual.app import ComposeResult
from textual.binding import Binding

from matui.console.table.widget import ResourceTable
from matui.console.terminal.app import DiffApp
from matui.console.terminal.screen import DiffScreen
from matui.console.themes import DEFAULT_THEME, load_themes
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource

NOW = 1_600_000_000_000
STATES = [
    ("JOBSTAT_RUNNING", Phase.RUNNING),
    ("JOBSTAT_FAILED", Phase.FAILED),
    ("JOBSTAT_COMPLETED", Phase.DONE),
    ("JOBSTAT_WAITING", Phase.PENDING),
    ("JOBSTAT_KILLED", Phase.STOPPED),
]


@dataclass(frozen=True, slots=True)
class Delta:
    """What a poll brings."""

    added: tuple[Resource, ...] = ()
    removed: tuple[Resource, ...] = ()
    changed: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True)
class Holds:
    """A filter on the name."""

    word: str
    depends_on_time: bool = False

    def matches(self, resource: Resource, _now_ms: float) -> bool:
        return self.word in resource.name


def make_job(number: int, rng: random.Random) -> Resource:
    """Make a job."""
    status, phase = rng.choice(STATES)
    return Resource(
        "jobs",
        str(100_000 + number),
        f"{rng.choice(['bert', 'resnet', 'yolo-v5', '大模型', 'gpt'])}-train-{number}",
        status,
        phase,
        "modelarts",
        "bench",
        "0",
        rng.choice(["li", "wang", "zhao"]),
        created_at=NOW - number * 77_000,
        duration_ms=rng.choice([None, number * 1000]),
        facts={"version_name": f"V{number % 9:04d}", "version_count": number % 7},
    )


class TableApp(DiffApp[None]):
    """The table alone on the screen."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [  # noqa: RUF012 - Textual reads it from the class
        Binding("o", "sort"),
        Binding("O", "turn"),
        Binding("r", "change(1)"),
        Binding("R", "change(20)"),
        Binding("n", "add"),
        Binding("b,e,t", "narrow"),
        Binding("c", "narrow_clear"),
        Binding("space", "mark"),
    ]

    def __init__(self, count: int) -> None:
        super().__init__()
        self.rng = random.Random(7)
        self.jobs = [make_job(number, self.rng) for number in range(count)]
        self.word = ""
        self.table = ResourceTable(JOBS, now_ms=lambda: NOW)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return load_themes()[0][0].variables

    def get_default_screen(self) -> DiffScreen[None]:
        return DiffScreen(id="_default")

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        for theme in load_themes()[0]:
            self.register_theme(theme)
        self.theme = os.environ.get("MATUI_THEME", DEFAULT_THEME)
        self.table.load(self.jobs)
        self.table.focus()

    def action_sort(self) -> None:
        self.table.sort_next()

    def action_turn(self) -> None:
        self.table.sort_by(self.table.rows.sort_column, not self.table.rows.reverse)

    def action_mark(self) -> None:
        self.table.mark_keys.toggle()

    def action_change(self, count: int) -> None:
        places = [3] if count == 1 else [index * len(self.jobs) // count for index in range(count)]
        for place in places:
            old = self.jobs[place]
            status, phase = self.rng.choice([state for state in STATES if state[0] != old.status])
            self.jobs[place] = replace(old, status=status, phase=phase)
        self.table.apply(Delta(changed=tuple(self.jobs[place] for place in places)))

    def action_add(self) -> None:
        new = replace(make_job(-len(self.jobs), self.rng), id=str(self.rng.random()))
        self.table.apply(Delta(added=(new,)))

    def action_narrow(self) -> None:
        self.word += "bert"[len(self.word) % 4]
        self.table.set_filter(Holds(self.word))

    def action_narrow_clear(self) -> None:
        self.word = ""
        self.table.set_filter(None)


if __name__ == "__main__":
    gc.set_threshold(50_000, 20, 50)  # as matui itself does
    TableApp(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000).run()

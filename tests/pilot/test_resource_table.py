"""The table under keys and polls: nothing drifts, nothing breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from matui.console.table.widget import ResourceTable
from matui.console.terminal.screen import DiffScreen
from matui.resources.filters import parse_filter
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource
from tests.themed import ThemedApp

NOW = 1_600_000_000_000


@dataclass(frozen=True)
class Delta:
    added: tuple[Resource, ...] = ()
    removed: tuple[Resource, ...] = ()
    changed: tuple[Resource, ...] = ()


@dataclass(frozen=True)
class Holds:
    test: Callable[[Resource], bool]
    depends_on_time: bool = False

    def matches(self, resource: Resource, _now_ms: float) -> bool:
        return self.test(resource)


def make_job(number: int, **changes: object) -> Resource:
    base = Resource(
        "jobs",
        f"id-{number}",
        f"job-{number:04d}",
        "JOBSTAT_RUNNING",
        Phase.RUNNING,
        "modelarts",
        "test",
        created_at=NOW - number * 60_000,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


@dataclass
class Sight:
    """The table with what it told and painted."""

    table: ResourceTable
    pilot: Pilot[None]
    told: list[ResourceTable.CursorMoved]
    opened: list[str]
    now: list[float] = field(default_factory=lambda: [float(NOW)])

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    def read_lines(self) -> list[str]:
        strips = self.pilot.app.screen._compositor.render_strips()
        return [strip.text.rstrip() for strip in strips]

    def find_line(self, name: str) -> int:
        return next(y for y, line in enumerate(self.read_lines()) if name in line)


@asynccontextmanager
async def show_table(count: int = 100, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Sight]:
    now = [float(NOW)]
    table = ResourceTable(JOBS, now_ms=lambda: now[0])
    told: list[ResourceTable.CursorMoved] = []
    opened: list[str] = []

    class Shell(ThemedApp[None]):
        def get_default_screen(self) -> DiffScreen[None]:
            return DiffScreen(id="_default")

        def compose(self) -> ComposeResult:
            yield table

        def on_resource_table_cursor_moved(self, event: ResourceTable.CursorMoved) -> None:
            told.append(event)

        def on_resource_table_opened(self, event: ResourceTable.Opened) -> None:
            opened.append(event.resource.id)

    async with Shell().run_test(size=size) as pilot:
        table.load([make_job(number) for number in range(count)])
        table.focus()
        await pilot.pause()
        yield Sight(table, pilot, told, opened, now)


async def test_the_cursor_stays_on_its_resource_through_refresh_sort_and_filter() -> None:
    async with show_table() as sight:
        await sight.press(*["down"] * 5)
        assert sight.table.cursor.id == "id-5"
        sight.table.apply(
            Delta(added=(make_job(-1), make_job(-2)), changed=(make_job(3, status="JOBSTAT_FAILED"),))
        )
        assert sight.table.cursor.id == "id-5"
        for column in ("name", "status", "duration"):
            sight.table.sort_by(column, reverse=True)
            assert sight.table.cursor.id == "id-5"
        sight.table.set_filter(Holds(lambda row: row.id.endswith("5")))
        assert sight.table.cursor.id == "id-5"
        sight.table.set_filter(None)
        sight.table.load({row.id: row for row in map(make_job, range(100))})
        assert sight.table.cursor.id == "id-5"
        await sight.press("enter")
        assert sight.opened == ["id-5"]


async def test_the_cursors_line_does_not_move_when_rows_come_and_go_above() -> None:
    async with show_table() as sight:
        await sight.press(*["down"] * 40)
        before = sight.find_line("›")
        sight.table.apply(
            Delta(added=tuple(make_job(-n) for n in range(1, 8)), removed=(make_job(2), make_job(3)))
        )
        await sight.pilot.pause()
        assert sight.find_line("›") == before
        assert "job-0040" in sight.read_lines()[before]


@pytest.mark.slow
async def test_a_view_scrolled_away_from_the_cursor_does_not_move_either() -> None:
    async with show_table() as sight:
        sight.table.scroll_lines(50)
        await sight.pilot.pause()
        before = sight.read_lines()[1:]
        sight.table.apply(Delta(added=(make_job(-1), make_job(-2))))
        await sight.pilot.pause()
        assert sight.read_lines()[1:] == before
        assert sight.table.cursor.id == "id-0"


async def test_a_vanished_row_leaves_the_cursor_at_its_place_and_says_so() -> None:
    async with show_table() as sight:
        await sight.press(*["down"] * 5)
        sight.table.apply(Delta(removed=(make_job(5),)))
        await sight.pilot.pause()
        assert sight.table.cursor.id == "id-6"
        last = sight.told[-1]
        assert last.lost
        assert last.previous is not None
        assert last.previous.id == "id-5"


async def test_marks_survive_refresh_sort_and_filter_and_go_with_their_resource() -> None:
    async with show_table() as sight:
        sight.table.mark_keys.toggle()
        sight.table.mark_keys.toggle()
        assert sight.table.marks.ids == {"id-0", "id-1"}
        sight.table.apply(Delta(changed=(make_job(0, status="JOBSTAT_FAILED", phase=Phase.FAILED),)))
        sight.table.sort_by("name", reverse=True)
        sight.table.set_filter(Holds(lambda row: row.id == "id-50"))
        assert {row.id for row in sight.table.marks.resources} == {"id-0", "id-1"}
        assert sight.table.marks.resources[0].phase in (Phase.FAILED, Phase.RUNNING)
        sight.table.apply(Delta(removed=(make_job(1),)))
        assert sight.table.marks.ids == {"id-0"}
        assert [row.id for row in sight.table.marks.resources] == ["id-0"]
        sight.table.marks.clear()
        assert not sight.table.marks.resources
        assert sight.table.cursor.id == "id-50"


async def test_hostile_names_are_shown_as_they_are_and_break_nothing() -> None:
    names = [
        "[red]x[/b] c",
        "a\x1b[2Jb\x07",
        "two\nlines",
        "大模型" * 30,
        "🚀🚀 emoji",
        "\u202eevil",
        "%s {0}",
        "",
    ]
    async with show_table(0) as sight:
        sight.table.load([make_job(n, name=name, status="[/]\x9b1m") for n, name in enumerate(names)])
        await sight.pilot.pause()
        strips = sight.pilot.app.screen._compositor.render_strips()
        assert all(strip.cell_length == 80 == cell_len(strip.text) for strip in strips)
        assert all(strip.text.isprintable() for strip in strips)
        assert sight.find_line("[red]x[/b] c")


async def test_wide_names_keep_the_columns_in_line() -> None:
    async with show_table(0) as sight:
        sight.table.load([make_job(0, name="大模型训练"), make_job(1, name="plain")])
        await sight.pilot.pause()
        columns = {
            cell_len(line[: line.index("● RUNNING")]) for line in sight.read_lines() if "● RUNNING" in line
        }
        assert len(columns) == 1


async def test_only_cells_that_differ_are_refreshed() -> None:
    async with show_table() as sight:
        regions: list[object] = []
        sight.table.refresh = lambda *spans, **_more: regions.extend(spans) or sight.table  # type: ignore
        sight.table.apply(
            Delta(changed=(make_job(3, status="JOBSTAT_FAILED", phase=Phase.FAILED), make_job(90)))
        )
        assert len(regions) == 1
        assert regions[0].height == 1  # type: ignore[attr-defined]
        assert regions[0].width < 30  # type: ignore[attr-defined]
        regions.clear()
        sight.table.apply(Delta(changed=(make_job(95, status="JOBSTAT_FAILED"),)))
        sight.table.tick()
        assert regions == []


async def test_ages_tick_only_when_their_text_changes() -> None:
    async with show_table(3) as sight:
        regions: list[Region] = []
        sight.table.refresh = lambda *spans, **_more: regions.extend(spans) or sight.table  # type: ignore
        sight.now[0] += 1000
        sight.table.tick()
        assert sum(region.height for region in regions) == 2  # 0s and 60s; minutes do not show seconds
        regions.clear()
        sight.table.tick()
        assert regions == []


async def test_an_expected_state_is_marked_as_not_yet_confirmed() -> None:
    async with show_table(3) as sight:
        sight.table.apply(
            Delta(
                changed=(
                    make_job(1, status="JOBSTAT_KILLING", phase=Phase.PENDING, facts={"expected": True}),
                )
            )
        )
        await sight.pilot.pause()
        assert "◌ KILLING" in sight.read_lines()[2]


async def test_an_empty_table_says_why() -> None:
    async with show_table(0) as sight:
        sight.table.placeholder = "No jobs match [foo] – esc clears the filter"
        await sight.pilot.pause()
        assert sight.find_line("No jobs match [foo] – esc clears the filter")
        await sight.press("down", "pagedown", "enter", "G", "right")
        sight.table.mark_keys.toggle()
        assert sight.table.cursor.id is None


async def test_a_click_selects_and_on_the_header_sorts() -> None:
    async with show_table() as sight:
        await sight.pilot.click(sight.table, offset=(10, 4))
        assert sight.table.cursor.id == "id-3"
        await sight.pilot.click(sight.table, offset=(3, 0))
        assert sight.table.rows.sort_column == "name"
        assert not sight.table.rows.reverse
        await sight.pilot.click(sight.table, offset=(3, 0))
        assert sight.table.rows.reverse
        assert sight.table.cursor.id == "id-3"


async def test_a_smaller_terminal_keeps_the_cursor_in_view() -> None:
    async with show_table() as sight:
        await sight.press(*["down"] * 20)
        await sight.pilot.resize_terminal(80, 10)
        await sight.pilot.pause()
        assert "job-0020" in sight.read_lines()[sight.find_line("›")]


async def test_another_kind_starts_anew() -> None:
    from matui.resources.kinds.notebooks import NOTEBOOKS

    async with show_table() as sight:
        sight.table.mark_keys.toggle()
        sight.table.set_kind(NOTEBOOKS)
        await sight.pilot.pause()
        assert sight.table.marks.ids == frozenset()
        assert sight.table.row_count == 0
        assert "AUTO-STOP" in sight.read_lines()[0]


async def test_the_selected_row_keeps_the_colour_of_its_status() -> None:
    async with show_table() as sight:
        sight.table.apply(Delta(changed=(make_job(0, status="JOBSTAT_FAILED", phase=Phase.FAILED),)))
        sight.table.cursor.move_to(("", "jobs", "id-0")) or sight.table.action_top()
        await sight.pilot.pause()
        failed = sight.table.get_component_rich_style("resource-table--phase-failed").color
        y = sight.find_line("✗ FAILED")
        strip = sight.pilot.app.screen._compositor.render_strips()[y]
        status = next(segment for segment in strip if "FAILED" in segment.text)
        assert status.style is not None
        assert status.style.color == failed
        assert status.style.reverse


async def test_marking_downwards_stops_at_the_last_row_without_unmarking_it() -> None:
    async with show_table(3) as sight:
        for _ in range(6):
            sight.table.mark_keys.toggle()
        assert sight.table.marks.ids == {"id-0", "id-1", "id-2"}
        sight.table.action_move(-1)
        sight.table.action_move(1)
        sight.table.mark_keys.toggle()
        assert sight.table.marks.ids == {"id-0", "id-1"}


async def test_a_range_is_marked_with_both_of_its_ends() -> None:
    async with show_table(9) as sight:
        sight.table.action_move(2)
        sight.table.mark_keys.extend(1)
        sight.table.mark_keys.extend(1)
        assert sight.table.marks.ids == {"id-2", "id-3", "id-4"}
        await sight.press("home", "shift+up")
        assert sight.table.marks.ids == {"id-0", "id-2", "id-3", "id-4"}


async def test_all_rows_that_match_are_marked_and_those_hidden_by_the_filter_counted() -> None:
    async with show_table(20) as sight:
        sight.table.set_filter(Holds(lambda row: row.id in ("id-3", "id-7")))
        sight.table.mark_keys.toggle_all()
        assert sight.table.marks.ids == {"id-3", "id-7"}
        sight.table.set_filter(Holds(lambda row: row.id == "id-7"))
        assert sight.table.marks.hidden == 1
        sight.table.mark_keys.toggle_all()
        assert sight.table.marks.ids == {"id-3"}


async def test_a_filter_by_age_goes_on_with_the_time() -> None:
    async with show_table(10) as sight:
        sight.table.set_filter(parse_filter("age<5m30s"))
        assert sight.table.row_count == 6
        sight.now[0] += 60_000
        sight.table.tick()
        assert sight.table.row_count == 5


async def test_the_focus_applies_no_styles_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with show_table() as s:
        applied: list[int] = []
        monkeypatch.setattr(s.table, "update_node_styles", lambda **_: applied.append(1))
        s.pilot.app.set_focus(None)
        await s.pilot.pause()
        assert not s.table.has_focus
        s.table.focus()
        await s.pilot.pause()
        assert s.table.has_focus
        assert not applied

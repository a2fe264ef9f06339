"""Texts cut in cells, and columns placed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from rich.cells import cell_len

from matui.base.text.cells import fit
from matui.base.text.formatting import format_short_time
from matui.console.table.cells import TableCells
from matui.console.table.row_order import TableRow
from matui.resources.columns import add_profile_columns
from matui.resources.kind import Kind
from matui.resources.kinds.audit import AUDIT
from matui.resources.kinds.capacity import CAPACITY, WORKLOADS
from matui.resources.kinds.capsules import CAPSULES
from matui.resources.kinds.changes import CHANGES
from matui.resources.kinds.triage import TRIAGE
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS
from matui.resources.table_layout import GAP, count_furthest_skip, lay_out, lay_out_content


@pytest.mark.parametrize("text", ["", "abc", "大模型训练", "a🚀b🚀c", "é" * 9, "x" * 50])
@pytest.mark.parametrize("width", range(13))
def test_a_cell_is_exactly_as_wide_as_its_column(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width
    assert cell_len(fit(text, width, right=True)) == width


def test_a_cut_text_ends_in_an_ellipsis_and_never_in_half_a_character() -> None:
    assert fit("大模型训练", 6) == "大模 …"
    assert fit("training", 5) == "trai…"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.id)
@pytest.mark.parametrize("width", [30, 57, 77, 97, 117, 197])
def test_columns_never_overlap_nor_pass_the_edge(kind, width) -> None:  # type: ignore[no-untyped-def]
    natural = {column.id: 30 for column in kind.columns}
    slots = lay_out(kind.columns, natural, width)
    for slot, after in pairwise(slots):
        assert after.x == slot.x + slot.width + GAP
    assert slots[-1].x + slots[-1].width <= width


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.id)
def test_name_and_status_are_shown_on_80_columns(kind, several) -> None:  # type: ignore[no-untyped-def]
    kind = add_profile_columns(kind) if several else kind
    columns = [column for column in kind.columns if not column.sparse]
    slots = lay_out(columns, {"name": 24, "status": 16, "profile": 12}, 76)
    widths = {slot.column.id: slot.width for slot in slots}
    assert widths["name"] >= 24
    assert kind.find_column("status") is None or widths["status"] >= 16
    assert widths.get("profile", 0) >= (7 if several else 0)


def test_columns_give_way_in_order_and_name_and_times_are_never_cut() -> None:
    jobs = add_profile_columns(KINDS["jobs"])
    natural = {"name": 50, "status": 12, "profile": 8}
    gone: list[str] = []
    for width in range(160, 65, -1):
        slots = {slot.column.id: slot.width for slot in lay_out(jobs.columns, natural, width)}
        gone += [c.id for c in jobs.columns if not c.wide and c.id not in slots and c.id not in gone]
        assert slots["name"] >= 50
        assert slots.get("age", 7) == 7
        assert slots.get("duration", 8) == 8
    assert gone[:8] == ["cloud", "version_count", "version", "progress", "profile", "eta", "loss", "step"]


def test_triage_gives_up_owner_before_profile_and_profile_before_kind() -> None:
    triage = add_profile_columns(TRIAGE)
    gone: list[str] = []
    for width in range(140, 50, -1):
        slots = {slot.column.id for slot in lay_out(triage.columns, {"name": 30, "status": 12}, width)}
        gone += [c.id for c in triage.columns if not c.wide and c.id not in slots and c.id not in gone]
    assert gone == ["cloud", "owner", "status", "profile", "kind", "help", "why"]


@pytest.mark.parametrize("name", [18, 24, 27])
def test_the_reason_of_triage_has_30_cells_at_80_columns_or_all_that_names_and_times_leave(name: int) -> None:
    natural = {"name": name, "what": 11, "why": 90, "help": 3, "kind": 9, "status": 20, "owner": 8}
    slots = {slot.column.id: slot.width for slot in lay_out(TRIAGE.columns, natural, 77)}
    assert slots["name"] >= name
    assert slots["why"] >= min(30, 77 - name - slots["what"] - slots["since"] - 3 * 2)


@pytest.mark.parametrize("name", [34, 60, 200])
def test_a_long_name_is_cut_for_the_time_and_the_reason_of_triage(name: int) -> None:
    natural = {"name": name, "what": 11, "why": 90, "help": 3, "kind": 9, "status": 20, "owner": 8}
    slots = {slot.column.id: slot.width for slot in lay_out(TRIAGE.columns, natural, 77)}
    assert (slots["name"] >= 32, slots["why"] >= 20, "since" in slots) == (True, True, True)
    wide = {slot.column.id: slot.width for slot in lay_out(TRIAGE.columns, natural, 117)}
    assert wide["name"] >= min(name, 60)


def test_a_long_name_is_cut_for_time_and_action_of_the_audit() -> None:
    assert {"when", "action", "name", "outcome"} <= {
        s.column.id for s in lay_out(AUDIT.columns, {"name": 60}, 77)
    }


def test_a_long_name_is_cut_for_the_time_of_a_change() -> None:
    natural = {"name": 60, "state": 30, "kind": 9, "reason": 40}
    slots = {slot.column.id: slot.width for slot in lay_out(CHANGES.columns, natural, 77)}
    assert (slots["when"], slots["name"] >= 40, slots["state"] >= 14) == (13, True, True)


def test_the_reason_of_triage_is_cut_before_a_name_is() -> None:
    natural = {"name": 26, "what": 11, "why": 60}
    slots = {slot.column.id: slot.width for slot in lay_out(add_profile_columns(TRIAGE).columns, natural, 77)}
    assert slots["name"] >= 26
    assert 10 <= slots["why"] < 30


@pytest.mark.parametrize(
    ("width", "shown"), [(57, ["name", "what", "since", "why"]), (41, ["name", "what"])], ids=["60", "44"]
)
def test_a_narrow_triage_gives_up_what_it_must_and_cuts_no_name(width: int, shown: list[str]) -> None:
    natural = {"name": 24, "what": 10, "why": 60, "help": 3}
    slots = lay_out(add_profile_columns(TRIAGE).columns, natural, width)
    assert [slot.column.id for slot in slots] == shown
    assert slots[0].width >= 24


@pytest.mark.parametrize("width", [80, 60, 44])
def test_a_printed_triage_cuts_the_reason_before_a_column_that_matters_more_goes(width: int) -> None:
    natural = {"kind": 9, "name": 20, "what": 9, "since": 6, "why": 90, "help": 1}
    slots = lay_out_content(TRIAGE.columns, natural, width)
    assert {"name", "what", "since"} <= {slot.column.id for slot in slots}
    assert slots[-1].x + slots[-1].width <= width


def test_the_column_that_matters_least_goes_first() -> None:
    jobs = KINDS["jobs"]
    wide = {slot.column.id for slot in lay_out(jobs.columns, {}, 200)}
    narrow = {slot.column.id for slot in lay_out(jobs.columns, {}, 56)}
    assert {column.id for column in jobs.columns} == wide
    assert "version_count" not in narrow
    assert {"name", "status", "age", "duration"} <= narrow


def test_dropped_columns_can_be_scrolled_to() -> None:
    jobs = KINDS["jobs"]
    most = count_furthest_skip(jobs.columns, {}, 60)
    seen = {slot.column.id for skip in range(most + 1) for slot in lay_out(jobs.columns, {}, 60, skip=skip)}
    assert seen == {column.id for column in jobs.columns}
    assert lay_out(jobs.columns, {}, 60, skip=most)[0].column.id == "name"


def test_a_sparse_column_is_shown_once_some_row_has_something_in_it() -> None:
    cells = TableCells(lambda: 0.0)
    cells.set_columns(KINDS["jobs"].columns)
    cells.set_width(120)
    plain = TableRow(Resource("jobs", "1", "a", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p"))
    facts = {"progress": 88}
    telling = TableRow(Resource("jobs", "2", "b", "Running", Phase.RUNNING, "qianfan", "q", facts=facts))
    cells.measure([plain.resource])
    assert "progress" not in {slot.column.id for slot in cells.slots}
    cells.measure([telling.resource])
    at = [slot.column.id for slot in cells.slots].index("progress")
    assert (cells.format_texts(plain)[at].strip(), cells.format_texts(telling)[at].strip()) == ("–", "88%")
    cells.set_width(100)
    assert "progress" in {slot.column.id for slot in cells.slots}


def test_printed_columns_are_as_wide_as_their_content_and_whole_in_a_pipe() -> None:
    jobs = KINDS["jobs"]
    natural = {column.id: 9 for column in jobs.columns}
    piped = lay_out_content(jobs.columns, natural, None)
    assert [slot.column for slot in piped] == list(jobs.columns)
    narrow = lay_out_content(jobs.columns, natural, 40)
    assert narrow[-1].x + narrow[-1].width <= 40
    wide = lay_out_content(jobs.columns, natural, 40, keep_all=True)
    assert [slot.column for slot in wide] == list(jobs.columns)
    assert all(slot.width >= 9 for slot in piped)


def _make_job(number: int, name: str, **facts: object) -> Resource:
    ident = str(number)
    return Resource("jobs", ident, name, "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p", facts=facts)


def test_texts_stand_under_their_columns_where_those_of_several_profiles_do_not_fit() -> None:
    row = TableRow(_make_job(1, "a" * 8, what="failed", why="w" * 90))
    cells = TableCells(lambda: 0.0)
    cells.set_columns(TRIAGE.columns)
    cells.set_width(40)
    cells.measure([row.resource])
    before, shown = cells.format_texts(row), [slot.column.id for slot in cells.slots]
    cells.set_columns(add_profile_columns(TRIAGE).columns)
    cells.measure([row.resource])
    assert [slot.column.id for slot in cells.slots] == shown
    assert cells.format_texts(row) == before


def test_a_reason_is_cut_where_its_column_does_not_show_it_whole_and_no_reason_is_not() -> None:
    some, none = _make_job(1, "a", what="failed", why="w" * 90), _make_job(2, "b", what="failed")
    cells = TableCells(lambda: 0.0)
    cells.set_columns(TRIAGE.columns)
    cells.set_width(40)
    cells.measure([none])
    assert cells.find_cut_text(none, "why") == ""
    assert cells.find_cut_text(some, "why") == "w" * 90


def test_an_empty_column_goes_and_comes_back_with_its_first_text() -> None:
    cells = TableCells(lambda: 0.0)
    cells.set_columns(KINDS["jobs"].columns)
    cells.set_width(120)
    cells.measure([_make_job(1, "a", version_name="V1"), _make_job(2, "b")])
    shown = {slot.column.id for slot in cells.slots}
    assert "version" in shown
    assert "version_count" not in shown
    assert "workspace" not in shown
    cells.measure([_make_job(3, "c", version_count=2)])
    assert "version_count" in {slot.column.id for slot in cells.slots}


def test_a_column_that_may_be_cut_keeps_its_width_and_a_name_is_shown_whole() -> None:
    cells = TableCells(lambda: 0.0)
    cells.set_columns(KINDS["notebooks"].columns)
    cells.set_width(140)
    cells.measure([_make_job(1, "a", flavor="modelarts.p3")])
    before = {slot.column.id: slot.width for slot in cells.slots}
    cells.measure([_make_job(2, "b", flavor="modelarts.p3.8xlarge.extra")])
    assert {slot.column.id: slot.width for slot in cells.slots} == before
    name = "n" * 70
    cells.measure([_make_job(3, name)])
    assert next(slot.width for slot in cells.slots if slot.column.id == "name") >= 70
    cells.set_width(141)
    assert next(slot.width for slot in cells.slots if slot.column.id == "flavor") > before["flavor"]


def test_a_status_widens_its_column_only_while_the_first_answers_come() -> None:
    now = [0.0]
    cells = TableCells(lambda: now[0])
    cells.set_columns(KINDS["jobs"].columns)
    cells.set_width(100)

    def places_with(status: str) -> list[tuple[str, int]]:
        cells.measure([replace(_make_job(1, "a"), status=status)])
        return [(slot.column.id, slot.x) for slot in cells.slots]

    first = places_with("JOBSTAT_RUNNING")
    while_loading = places_with("JOBSTAT_IMAGE_FAILED")
    assert while_loading != first
    now[0] = 11_000.0
    assert places_with("JOBSTAT_CHECK_RUNNING_COMPLETED") == while_loading
    cells.set_width(101)
    assert [(slot.column.id, slot.x) for slot in cells.slots] != while_loading


@pytest.mark.parametrize(("length", "width", "whole"), [(65, 80, True), (100, 120, True), (300, 120, False)])
def test_a_name_is_cut_only_where_no_column_could_give_way(length: int, width: int, whole: bool) -> None:
    slots = lay_out(KINDS["jobs"].columns, {"name": length, "status": 10}, width)
    sizes = {slot.column.id: slot.width for slot in slots}
    assert (sizes["name"] >= length) is whole
    assert sizes["status"] >= 10
    assert whole or {"age", "duration"} <= set(sizes)


def _map_places(cells: TableCells) -> dict[str, tuple[int, int]]:
    return {slot.column.id: (slot.x, slot.width) for slot in cells.slots}


def _settle_jobs(now: list[float], width: int) -> TableCells:
    cells = TableCells(lambda: now[0])
    cells.set_columns(add_profile_columns(KINDS["jobs"], longest=8).columns)
    cells.set_width(width)
    cells.measure([_make_job(1, "a" * 20, version_name="V1")])
    now[0] += 11_000.0
    return cells


def test_columns_stay_in_place_once_the_first_answers_have_come() -> None:
    now = [0.0]
    cells = _settle_jobs(now, 120)
    before = _map_places(cells)
    cells.measure([replace(_make_job(2, "b" * 30), profile="p" * 16, status="JOBSTAT_SUBMIT_MODEL_FAILED")])
    cells.measure([_make_job(3, "c", version_count=3)])
    assert _map_places(cells) == before
    cells.settle()
    assert "version_count" in _map_places(cells)
    assert _map_places(cells)["status"][1] > before["status"][1]


def test_a_name_that_is_wider_than_its_column_is_shown_whole_at_once() -> None:
    now = [0.0]
    cells = _settle_jobs(now, 80)
    cells.measure([_make_job(2, "b" * 50)])
    assert _map_places(cells)["name"][1] >= 50
    assert "status" in _map_places(cells)


def test_a_number_is_not_cut_once_it_has_another_digit() -> None:
    now = [0.0]
    cells = _settle_jobs(now, 160)
    cells.measure([_make_job(3, "c", loss=0.5, step=10, total_steps=20)])
    cells.settle()
    assert _map_places(cells)["step"][1] >= len("10/20 50%")
    cells.measure([_make_job(3, "c", loss=0.5, step=100_000, total_steps=200_000)])
    assert _map_places(cells)["step"][1] == len("200000/200000 100%")


def test_no_column_moves_while_the_step_of_a_job_grows() -> None:
    now = [0.0]
    cells = _settle_jobs(now, 160)
    cells.measure([_make_job(3, "c", loss=2.5, step=9, total_steps=20_000)])
    before = _map_places(cells)
    for step in (10, 9_999, 10_000, 20_000):
        cells.measure([_make_job(3, "c", loss=2.512, step=step, total_steps=20_000)])
        assert _map_places(cells) == before


def test_the_column_of_profiles_has_room_for_the_longest_name_from_the_start() -> None:
    now = [0.0]
    cells = TableCells(lambda: now[0])
    cells.set_columns(add_profile_columns(KINDS["jobs"], longest=12).columns)
    cells.set_width(120)
    cells.measure([_make_job(1, "a")])
    before = _map_places(cells)
    cells.measure([replace(_make_job(2, "b"), profile="demo-qianfan")])
    assert _map_places(cells) == before


@pytest.mark.parametrize("kind", [*KINDS.values(), AUDIT], ids=lambda kind: kind.id)
def test_the_time_gives_way_to_a_name_at_60_columns(kind: Kind) -> None:
    name = next(column for column in kind.columns if column.role == "name")
    slots = lay_out(kind.columns, {name.id: 28}, 57)
    assert next(slot.width for slot in slots if slot.column is name) >= 28


_OTHERS = (AUDIT, CAPACITY, CAPSULES, CHANGES, TRIAGE, WORKLOADS)


@pytest.mark.parametrize("kind", [*KINDS.values(), *_OTHERS], ids=lambda kind: kind.id)
@pytest.mark.parametrize("width", [57, 41], ids=["60", "44"])
def test_a_name_is_whole_on_a_narrow_screen_and_no_time_is_cut(kind: Kind, width: int) -> None:
    name = next((column for column in kind.columns if column.role == "name"), kind.columns[0])
    natural = {name.id: 28, "status": 15, "state": 24, "outcome": 9, "action": 7, "cards": 3}
    slots = lay_out(kind.columns, natural, width)
    sizes = {slot.column.id: slot.width for slot in slots}
    assert sizes[name.id] >= 28
    assert len(slots) > 1
    for slot in slots:
        if slot.column.id in ("when", "saved", "since", "age"):
            assert slot.width == slot.column.max_width


def test_a_change_at_60_columns_shows_its_time_and_state_in_brief() -> None:
    now = 1_700_000_000_000.0
    facts = {"change": 1, "before": "JOBSTAT_RUNNING"}
    row = TableRow(
        Resource("jobs", "1", "n" * 24, "FAILED", Phase.FAILED, "c", "p", created_at=int(now), facts=facts)
    )
    cells = TableCells(lambda: now)
    cells.set_columns(CHANGES.columns)
    cells.set_width(60)
    cells.measure([row.resource])
    shown = [text.strip() for text in cells.format_texts(row)]
    assert shown[0] == "n" * 24
    assert shown[1].startswith("≤ 11-14 ")
    assert shown[2] == "✗ FAILED"


@pytest.mark.parametrize("kind", [AUDIT, CAPSULES, CHANGES], ids=lambda kind: kind.id)
@pytest.mark.parametrize("width", [117, 77, 57, 41, 33, 21])
def test_a_history_is_never_without_its_time(kind: Kind, width: int) -> None:
    slots = lay_out(kind.columns, {"name": 30, "state": 30, "outcome": 20, "status": 20}, width)
    forms = [form for column in kind.columns for form in (column, *column.brief_forms)]
    assert all(any(slot.column is form for form in forms) for slot in slots)
    time = next(slot for slot in slots if slot.column.id in ("when", "saved"))
    assert time.width == time.column.max_width
    assert slots[0].width >= 6


@pytest.mark.parametrize("width", [200, 120, 80, 60, 44, 20])
@pytest.mark.parametrize("kind", [AUDIT, CAPACITY, CAPSULES, CHANGES, TRIAGE, WORKLOADS, *KINDS.values()])
def test_a_table_of_any_kind_shows_a_row_at_any_width(kind: Kind, width: int) -> None:
    row = TableRow(Resource("jobs", "1", "n" * 30, "FAILED", Phase.FAILED, "c", "p", created_at=0))
    cells = TableCells(lambda: 1_700_000_000_000.0)
    for columns in (kind.columns, kind.in_utc.columns):
        cells.set_columns(columns)
        cells.set_width(width)
        cells.measure([row.resource])
        cells.tick([row])
        assert len(cells.format_texts(row)) == len(cells.slots) > 1 or width == 20


@pytest.mark.parametrize(("hours", "shown"), [(0, "14:13"), (-20, "11-13"), (24 * 9, "11-23")])
def test_the_least_time_is_that_of_today_or_the_day(hours: int, shown: str) -> None:
    now = 1_700_000_000_000 - 8 * 3_600_000.0  # 14:13 in UTC, not near midnight
    assert format_short_time(now + hours * 3_600_000, now) == shown
    assert format_short_time(None, now) == "–"


@pytest.mark.parametrize(("width", "step"), [(100, "100000/200000 50%"), (78, "50%"), (70, "50%")])
def test_a_narrow_screen_shows_the_step_of_a_long_run_as_its_share(width: int, step: str) -> None:
    facts = {"step": 100_000, "total_steps": 200_000, "loss": 2.067, "loss_trend": "→", "stalled": False}
    job = Resource(
        "jobs",
        "1",
        "mindspore-resnet-ascend",
        "JOBSTAT_IMAGE_FAILED",
        Phase.RUNNING,
        "c",
        "p",
        created_at=0,
        duration_ms=3_600_000,
        facts=facts,
    )
    cells = TableCells(lambda: 3_600_000.0)
    cells.set_columns(KINDS["jobs"].columns)
    cells.set_width(width)
    cells.measure([job])
    assert step in [text.strip() for text in cells.format_texts(TableRow(job))]

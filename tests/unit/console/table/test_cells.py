"""Texts are kept for the rows that are listed, and for no others."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

from matui.console.table.cells import TableCells
from matui.console.table.kind_tables import USUAL_WIDTHS
from matui.console.table.row_order import TableRow
from matui.resources.kinds.jobs import JOBS
from matui.resources.kinds.triage import TRIAGE
from matui.resources.model import Phase, Resource


class KnownRow(TableRow):
    """A row that can be referred to weakly."""

    __slots__ = ("__weakref__",)


def make_row(number: int) -> KnownRow:
    return KnownRow(
        Resource("jobs", str(number), f"job-{number}", "RUNNING", Phase.RUNNING, "modelarts", "prod")
    )


def build_cells() -> TableCells:
    cells = TableCells(lambda: 0.0)
    cells.set_columns(JOBS.columns)
    cells.set_width(120)
    return cells


def test_the_texts_of_a_removed_row_are_forgotten() -> None:
    cells, kept, removed = build_cells(), make_row(1), make_row(2)
    cells.measure([kept.resource, removed.resource])
    shown = cells.format_texts(kept)
    cells.format_texts(removed)
    gone = weakref.ref(removed)
    cells.keep_only({kept.key: kept})
    del removed
    gc.collect()
    assert gone() is None
    assert cells.format_texts(kept) is shown


def test_a_row_that_is_listed_anew_is_another() -> None:
    cells, before = build_cells(), make_row(1)
    cells.measure([before.resource])
    cells.format_texts(before)
    gone = weakref.ref(before)
    after = make_row(1)
    cells.keep_only({after.key: after})
    del before
    gc.collect()
    assert gone() is None
    assert any(text.strip() == "job-1" for text in cells.format_texts(after))


def test_a_sparse_column_is_shown_with_its_first_text() -> None:
    now = [0.0]
    cells = TableCells(lambda: now[0])
    cells.set_columns(JOBS.columns)
    cells.set_width(140)
    job = Resource("jobs", "1", "a", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p")
    cells.measure([job])
    assert not {"step", "loss"} & {slot.column.id for slot in cells.slots}
    now[0] = 60_000.0
    cells.measure([replace(job, facts={"step": 40210, "loss": 1.3})])
    assert {"step", "loss"} <= {slot.column.id for slot in cells.slots}


def test_a_sparse_column_of_an_earlier_run_has_its_place_before_its_first_text() -> None:
    job = Resource("jobs", "1", "a", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p")
    told = replace(job, facts={"step": 90, "total_steps": 100_000, "loss": 1.3})
    earlier, cells, ended = build_cells(), build_cells(), build_cells()
    earlier.measure([told])
    for later in (cells, ended):
        later.reserve(earlier.known_widths)
    cells.measure([job])
    before = cells.slots
    assert {"step", "loss"} <= {slot.column.id for slot in before}
    cells.settle()
    cells.measure([told])
    assert cells.slots == before
    ended.measure([replace(job, phase=Phase.DONE)])
    assert "step" not in {slot.column.id for slot in ended.slots}


def test_columns_have_the_widths_of_an_earlier_run_until_they_are_measured_anew() -> None:
    """The last known rows are a part of the list: the first answer moved every column."""
    short = Resource("jobs", "1", "a", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p")
    long = replace(short, id="2", name="a" * 90)
    earlier, later = build_cells(), build_cells()
    earlier.measure([short, long])
    later.reserve(earlier.known_widths)
    later.measure([short])
    before = later.slots
    later.measure([long])
    assert later.slots == before
    fresh = build_cells()
    fresh.measure([short])
    assert fresh.slots != before


def test_nothing_moves_at_a_first_start_when_rows_and_their_first_numbers_come() -> None:
    """The columns were measured anew with the first rows, and step and loss moved them once more."""
    cells = TableCells(lambda: 0.0)
    cells.set_columns(JOBS.columns)
    cells.reserve(USUAL_WIDTHS["jobs"], usual=True)
    cells.set_width(80)
    before = cells.slots
    job = Resource("jobs", "1", "a", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p", created_at=1)
    job = replace(job, duration_ms=1)
    cells.measure([job])
    assert cells.slots == before
    cells.measure([replace(job, id="2", name="llama-7b-pretraining", status="JOBSTAT_IMAGE_FAILED")])
    cells.measure([replace(job, facts={"step": 90_000, "total_steps": 100_000, "loss": 1.3})])
    assert cells.slots == before
    assert "step" in cells.known_widths


def test_usual_columns_that_stay_empty_go_when_the_table_is_shown_again_and_are_not_remembered() -> None:
    now = [0.0]
    cells = TableCells(lambda: now[0])
    cells.set_columns(JOBS.columns)
    cells.reserve(USUAL_WIDTHS["jobs"], usual=True)
    cells.set_width(120)
    cells.measure([Resource("jobs", "1", "a", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p")])
    cells.settle()
    assert "step" in {slot.column.id for slot in cells.slots}
    assert "step" not in cells.known_widths
    now[0] = 180_000.0
    cells.settle()
    assert "step" not in {slot.column.id for slot in cells.slots}


def test_ages_are_by_the_clock_of_the_cloud_of_each_row() -> None:
    cells = TableCells(lambda: 600_000.0, {"prod": 3_600_000.0}.get)
    cells.set_columns(JOBS.columns)
    cells.set_width(120)
    job = TableRow(replace(make_row(1).resource, created_at=3_600_000))
    cells.measure([job.resource])
    assert "10m" in [text.strip() for text in cells.format_texts(job)]


def test_reasons_have_their_place_before_they_come() -> None:
    """The rows of an earlier run have none, and a slow cloud gives them after the first ten seconds."""
    cells = TableCells(lambda: 0.0)
    cells.set_columns(TRIAGE.columns)
    cells.set_width(120)
    cells.measure([make_row(1).resource])
    assert "why" in {slot.column.id for slot in cells.slots}

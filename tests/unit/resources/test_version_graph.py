"""Versions as a graph of what was made from what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matui.resources.kinds.jobs import VERSIONS
from matui.resources.model import Phase, Resource
from matui.resources.version_graph import GRAPH, add_graph, remove_graph


def make_version(number: int, made_from: int | None) -> Resource:
    facts = {"version_id": str(number), "pre_version_id": "" if made_from is None else str(made_from)}
    return Resource("versions", f"1/{number}", f"V{number}", "", Phase.DONE, "modelarts", "p", facts=facts)


def draw_graph(*pairs: tuple[int, int | None]) -> list[str]:
    rows = add_graph([make_version(*pair) for pair in pairs])
    return [row.get_text(GRAPH).rstrip() for row in rows]


def test_one_after_another_needs_no_graph() -> None:
    assert draw_graph((3, 2), (2, 1), (1, None)) == ["", "", ""]


def test_a_branch_has_a_lane_of_its_own_down_to_what_it_was_made_from() -> None:
    assert draw_graph((4, 1), (3, 2), (2, 1), (1, None)) == ["•", "│ •", "│ •", "•─╯"]


def test_three_from_one_meet_there() -> None:
    assert draw_graph((4, 1), (3, 1), (2, 1), (1, None)) == ["•", "│ •", "│ │ •", "•─┴─╯"]


def test_a_version_whose_origin_was_deleted_ends_its_lane() -> None:
    assert draw_graph((4, 3), (3, 9), (2, 1), (1, None)) == ["", "", "", ""]


def test_versions_that_claim_to_come_from_each_other_end_nowhere() -> None:
    assert draw_graph((2, 1), (1, 2)) == ["", ""]
    assert draw_graph(
        (1, 1),
    ) == [""]
    assert draw_graph((3, None), (2, 3), (1, None)) == ["", "", ""]


def test_more_branches_than_there_is_room_for_are_cut() -> None:
    lines = draw_graph(*((number, 1) for number in range(20, 1, -1)), (1, None))
    assert max(map(len, lines)) == 16
    assert lines[-2].endswith("…")


def test_the_graph_stands_before_the_name_and_goes_without_trace() -> None:
    row = add_graph([make_version(3, 1), make_version(2, 1), make_version(1, None)])[2]
    name = VERSIONS.columns[0]
    assert name.text(row, 0) == "•─╯ V1"
    assert name.text(remove_graph(row), 0) == "V1"
    assert name.sort(row) == name.sort(remove_graph(row))


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=14))
def test_any_nonsense_gives_as_many_rows_each_with_one_node(pairs: list[tuple[int, int]]) -> None:
    rows = add_graph([make_version(*pair) for pair in pairs])
    assert [row.id for row in rows] == [f"1/{number}" for number, _ in pairs]
    for row in rows:
        graph = row.get_text(GRAPH)
        assert graph == "" or graph.count("•") == 1 or graph.rstrip().endswith("…")


@pytest.mark.parametrize("ids", [("", ""), ("x", "")])
def test_versions_without_ids_are_drawn_alone(ids: tuple[str, str]) -> None:
    row = Resource(
        "versions",
        "1/?",
        "?",
        "",
        Phase.DONE,
        "modelarts",
        "p",
        facts={"version_id": ids[0], "pre_version_id": ids[1]},
    )
    assert [r.get_text(GRAPH) for r in add_graph([row, row])] == ["", ""]

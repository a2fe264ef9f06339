"""``matui get``: formats, filters, names, and the JSON that scripts rely on."""

from __future__ import annotations

from matui.resources.model import Phase, Resource


def test_a_filter_chooses(line):
    assert line("get", "jobs", "--filter", "status:failed !10", "-o", "name").out == "job/11\njob/12\n"


def test_a_filter_that_finds_nothing_says_so_on_stderr(line):
    said = line("get", "jobs", "--filter", "nothing")
    assert (said.code, said.out) == (0, "")
    assert "of 3" in said.err


def test_a_wrong_filter_is_a_usage_error(line):
    said = line("get", "jobs", "--filter", "statsu:failed age<soon")
    assert said.code == 2
    assert "did you mean status" in said.err
    assert "not a duration" in said.err
    assert line.options == []


def test_ids_and_unique_names_choose(line):
    assert line("get", "nb", "id-2", "nb-1", "id-1", "-o", "name").out.split() == [
        "notebook/id-1",
        "notebook/id-2",
    ]


def test_an_unknown_id_exits_1_after_the_others(line):
    said = line("get", "nb", "id-1", "nope", "-o", "name")
    assert said.code == 1
    assert said.out == "notebook/id-1\n"
    assert "There is no notebook nope" in said.err


def test_an_ambiguous_name_lists_the_ids(line):
    said = line("get", "jobs", "twin")
    assert said.code == 2
    assert "11, 12" in said.err


def test_an_id_wins_over_a_name(line):
    line.cloud.rows["99"] = Resource("jobs", "99", "10", "S", Phase.UNKNOWN, "modelarts", "prod")
    assert line("get", "jobs", "10", "-o", "name").out == "job/10\n"


def test_a_field_that_the_kind_lacks_is_a_usage_error(line):
    said = line("get", "jobs", "--filter", "flavor:p100")
    assert (said.code, said.out) == (2, "")
    assert "flavor:p100: jobs have no such field here" in said.err
    said = line("get", "jobs", "--filter", "due_time<soon")
    assert said.code == 2
    assert "due_time<soon: jobs have no such field here" in said.err

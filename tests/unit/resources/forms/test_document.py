"""A form goes into the editor as TOML and comes back as what was typed, whatever the values hold."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matui.base.errors import UsageError
from matui.base.toml import find_places, format_toml_key, format_toml_value
from matui.resources.forms.document import (
    MARK,
    annotate_problems,
    find_line,
    format_form,
    parse_form,
    remove_problem_comments,
    set_value,
)
from matui.resources.forms.form import Field, Form, Problem, Values, copy_tree, find_changes
from matui.resources.model import Phase, Resource

SUBJECT = Resource("notebooks", "DE-1", "nb", "RUNNING", Phase.RUNNING, "modelarts", "demo")
NASTY = st.sampled_from(
    [
        '"',
        "'",
        '"""',
        "\\",
        "\n",
        "\r\n",
        "# ✗ x",
        "\n# ✗ y\n",
        "#",
        "a = 1",
        "[x]",
        "\x1b[2J",
        "‮",
        "训练",
        "😀",
        "\x7f",
    ]
)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.lists(NASTY, max_size=5).map("".join)
)
NAMES = st.one_of(st.sampled_from(["a", "b-c", "d.e", "", "f g", '"', "训"]), TEXTS)
SCALARS = st.one_of(st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), TEXTS)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)
ASSIGNMENTS_SUBJECT = Resource("jobs", "1", "j", "", Phase.DONE, "modelarts", "demo")
FORM = Form(
    "edit",
    ASSIGNMENTS_SUBJECT,
    (
        Field(("name",), "", "old"),
        Field(("config", "count"), "", 1),
        Field(("config", "path"), "", None, example="/a/"),
        Field(("config", "parameter"), "", [{"label": "lr", "value": "1"}]),
        Field(("models",), "", [{"weight": 100, "envs": {"A": "1"}}], tables=True),
        Field(("quotas", "a.b"), "", 5),
        Field(("spec", "on"), "", None, example=True),
        Field(("other", "name"), "", "x"),
    ),
)

SET = [
    ("name=12", ("name",), "12"),
    ("name=", ("name",), ""),
    ("name=a=b", ("name",), "a=b"),
    ("count=3", ("config", "count"), 3),
    ("config.count=many", ("config", "count"), "many"),
    ("path=7", ("config", "path"), "7"),
    ("on=false", ("spec", "on"), False),
    ("quotas.a.b=-1", ("quotas", "a.b"), -1),
    ("a.b=9", ("quotas", "a.b"), 9),
    ("models.0.weight=70", ("models", 0, "weight"), 70),
    ("models.0.envs.A=2", ("models", 0, "envs", "A"), "2"),
    ("models=[{ weight = 1 }]", ("models",), [{"weight": 1}]),
    ("other.name=y", ("other", "name"), "y"),
    ("models.0.weight=" + "9" * 5000, ("models", 0, "weight"), "9" * 5000),
]


def make_form(*fields: Field, **rest: Any) -> Form:
    return Form("edit", SUBJECT, fields, **rest)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.tuples(NAMES, NAMES), TREES, min_size=1, max_size=4), TEXTS)
def test_what_is_written_reads_back_as_it_was(values: dict[tuple[str, str], Any], help_text: str) -> None:
    made = make_form(*(Field(path, help_text, value, choices=(help_text,)) for path, value in values.items()))
    reading = parse_form(format_form(made, help_text))
    assert reading.values == made.values
    assert reading.values is not None
    assert find_changes(made, made.values, reading.values) == ()


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(NAMES, TREES, min_size=1, max_size=3), min_size=1, max_size=3))
def test_lists_of_tables_read_back_as_they_were(items: list[dict[str, Any]]) -> None:
    made = make_form(Field(("config",), "", items, tables=True), Field(("a",), "", 1))
    assert parse_form(format_form(made, "t")).values == made.values


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, TREES, min_size=1, max_size=4), st.data())
def test_a_problem_above_any_line_changes_nothing_of_what_was_typed(tree: dict[str, Any], data: Any) -> None:
    text = "".join(f"{format_toml_key(name)} = {format_toml_value(value)}\n" for name, value in tree.items())
    path = data.draw(st.sampled_from(sorted(find_places(text).lines, key=str)))
    marked = annotate_problems(text, [Problem(path, "it is wrong")])
    assert f"{MARK}it is wrong" in marked
    assert tomllib.loads(marked) == tomllib.loads(text)
    assert remove_problem_comments(marked) == text


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_every_value_has_a_place(tree: Any) -> None:
    text = f"# c\n\nx = {format_toml_value(tree)}"

    def paths(value: Any, path: tuple[str | int, ...]) -> Any:
        yield path
        inner = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for name, one in inner:
            yield from paths(one, (*path, name))

    found = find_places(text).lines
    assert all(found[path] >= 2 for path in paths(tree, ("x",)))


TYPED = """\
name = "x"   # why
long = \"\"\"
# ✗ mine, not a mark
[config]
\"\"\"
  [[config]]
weight = 70
  [config.envs]
  A = "1"
[[config]]
weight = [
  1,
  { a = 1, b = "]" }, 2,
]
"quoted.key" = 3
"""


def test_places_know_tables_lists_and_strings_of_several_lines() -> None:
    found = find_places(TYPED)
    lines = {path: found.lines[path] for path in found.lines}
    assert lines["name",] == 0
    assert lines["long",] == 1
    assert lines["config", 0] == 5
    assert lines["config", 0, "weight"] == 6
    assert lines["config", 0, "envs", "A"] == 8
    assert lines["config", 1, "weight", 1, "b"] == 12
    assert lines["config", 1, "weight", 2] == 12
    assert lines["config", 1, "quoted.key"] == 14
    assert found.inside == {2, 3, 4}


def test_problems_stand_above_their_lines_and_give_way_to_the_next_ones() -> None:
    first = annotate_problems(
        TYPED,
        [
            Problem(("config", 1, "weight", 2), "the most is 1"),
            Problem(("config", 0, "nodes"), "it is needed"),
            Problem((), "the weights sum to 90, not to 100"),
        ],
    )
    lines = first.split("\n")
    assert lines[0] == f"{MARK}the weights sum to 90, not to 100"
    assert lines[lines.index("  [[config]]") - 1] == f"  {MARK}config.0.nodes: it is needed"
    assert lines[lines.index('  { a = 1, b = "]" }, 2,') - 1] == f"  {MARK}the most is 1"
    assert "# ✗ mine, not a mark" in lines
    second = annotate_problems(first, [Problem(("name",), "too short")])
    assert second == f"{MARK}too short\n{TYPED}"
    assert remove_problem_comments(second) == TYPED


def test_a_problem_in_a_value_after_a_long_string_stands_above_the_string() -> None:
    text = 'a = ["""x\ny""", 2]\n'
    marked = annotate_problems(text, [Problem(("a", 1), "wrong")])
    assert marked == f"{MARK}wrong\n{text}"


def test_what_is_no_toml_is_reported_above_the_line_and_nothing_is_lost() -> None:
    text = 'a = 1\nb = "open\nc = 3\n'
    reading = parse_form(text)
    assert reading.values is None
    assert find_line(reading, ()) == 2
    marked = annotate_problems(text, [])
    lines = marked.split("\n")
    assert lines[1].startswith(f"{MARK}This is no TOML from here on: ")
    assert [*lines[:1], *lines[2:]] == text.split("\n")
    assert remove_problem_comments(marked) == text


def test_a_text_cut_off_in_the_middle_is_reported_too() -> None:
    for text in ("a = [1,", 'a = """x\ny', "a", "[", "[[x", "a = {", "[" * 5000, "a = " + "9" * 5000):
        assert parse_form(text).values is None
        assert remove_problem_comments(annotate_problems(text, [])) == text


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_nothing_that_is_typed_makes_reading_fail(text: str) -> None:
    reading = parse_form(text)
    annotate_problems(text, [Problem(("a", 1), "x"), Problem((), "y")])
    assert find_line(reading, ("a",)) >= 1


@pytest.mark.parametrize(("told", "path", "value"), SET, ids=lambda value: str(value)[:40])
def test_a_value_is_set_with_the_type_of_its_field(told: str, path: tuple[Any, ...], value: Any) -> None:
    values: Values = copy_tree(FORM.values)
    assert set_value(FORM, values, told) == path
    at: Any = values
    for step in path:
        at = at[step]
    assert at == value
    assert type(at) is type(value)


def test_parameters_are_set_by_their_labels() -> None:
    values: Values = copy_tree(FORM.values)
    set_value(FORM, values, "parameter.lr=0.5")
    set_value(FORM, values, "config.parameter.new.one=7")
    assert values["config"]["parameter"] == [
        {"label": "lr", "value": "0.5"},
        {"label": "new.one", "value": "7"},
    ]
    assert FORM.values["config"]["parameter"] == [{"label": "lr", "value": "1"}]


@pytest.mark.parametrize("told", ["nothing", "=1", "unknown=1", "models.7.weight=1", "models.x.y=1"])
def test_what_is_no_field_is_named(told: str) -> None:
    with pytest.raises(UsageError):
        set_value(FORM, copy_tree(FORM.values), told)

"""Values of a form, and how two sets of them differ."""

from __future__ import annotations

from typing import Any

import pytest

from matui.resources.forms.form import (
    ABSENT,
    Field,
    FieldChange,
    Form,
    build_audit_parameters,
    find_blamed_field,
    find_changes,
    find_name,
    find_unknown_fields,
    format_change,
    format_path,
    get_value,
    is_same,
    merge_changes,
    put_value,
    remove_value,
)
from matui.resources.model import Phase, Resource

SUBJECT = Resource("jobs", "1", "j", "", Phase.DONE, "modelarts", "demo")
FIELDS = (
    Field(("name",), "", "old"),
    Field(("config", "count"), "", 1),
    Field(("config", "parameter"), "", [{"label": "lr", "value": "1"}]),
)
FORM = Form("edit", SUBJECT, FIELDS, fixed=((("version",), 3),))
WORDING_FORM = Form(
    "edit", Resource("jobs", "1", "j", "", Phase.DONE, "modelarts", "demo"), (Field(("name",), "", "old"),)
)

SECRETS = [
    (("envs", "DB_PASSWORD"), "hunter2"),
    (("parameter",), [{"label": "apiToken", "value": "hunter2"}]),
    (("command",), "train.py --password=hunter2 -x"),
    (("command",), "run --secret 'hunter2 x'"),
]


def test_a_value_is_put_read_and_removed_by_its_path() -> None:
    tree: dict[str, Any] = {"a": 1}
    put_value(tree, ("a", "b"), 2)
    assert tree == {"a": {"b": 2}}
    assert get_value(tree, ("a", "b")) == 2
    assert get_value(tree, ("a", "c")) is ABSENT
    assert get_value({"items": [1, 2]}, ("items", 1)) == 2
    remove_value(tree, ("a", "b"))
    remove_value(tree, ("x", "y"))
    assert tree == {"a": {}}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [(1, True, False), (1, 1.0, False), (float("nan"), float("nan"), True), ([{"a": 1}], [{"a": 1}], True)],
)
def test_values_are_compared_with_their_types(old: Any, new: Any, same: bool) -> None:
    assert is_same(old, new) is same


def test_parameters_are_compared_by_label() -> None:
    after = {"config": {"count": 1, "parameter": [{"label": "lr", "value": "2"}]}}
    assert find_changes(FORM, FORM.values, after) == (FieldChange(("config", "parameter", "lr"), "1", "2"),)


def test_a_value_left_out_of_a_whole_form_is_removed() -> None:
    whole = Form("edit", SUBJECT, FIELDS, whole=True)
    changes = find_changes(whole, whole.values, {"config": whole.values["config"]})
    assert changes == (FieldChange(("name",), "old", ABSENT),)
    assert "name" not in merge_changes(whole, whole.values, {}, changes)


def test_only_changed_fields_are_merged_into_newer_values() -> None:
    after = {"name": "new", "config": {"count": 1}}
    fresh = {"name": "old", "config": {"count": 9}}
    merged = merge_changes(FORM, fresh, after, find_changes(FORM, FORM.values, after))
    assert merged == {"name": "new", "config": {"count": 9}, "version": 3}
    assert fresh["name"] == "old"


def test_an_unknown_field_is_named_with_the_nearest_one() -> None:
    (problem,) = find_unknown_fields(FORM, {"config": {"cuont": 2}})
    assert problem.path == ("config", "cuont")
    assert "config.count" in problem.sentence


def test_a_sentence_about_the_form_leads_to_the_field_it_names() -> None:
    assert find_blamed_field(FORM, "the parameters, all of them, are wrong") == ("config", "parameter")
    assert find_blamed_field(FORM, "it is wrong") == ()


@pytest.mark.parametrize(("path", "value"), SECRETS)
def test_secrets_stay_out_of_dialogs_and_the_audit(path: tuple[str, ...], value: Any) -> None:
    change = FieldChange(path, ABSENT, value)
    assert "hunter2" not in "".join(format_change(change))
    assert "hunter2" not in str(build_audit_parameters(WORDING_FORM, {}, (change,)))
    assert "another one" in format_change(FieldChange(("token",), "a", "b"))[2]


def test_a_long_value_is_cut_in_the_dialog_and_controls_are_visible() -> None:
    _, old, new = format_change(FieldChange(("a",), "x\x1b[2J", "y" * 5000))
    assert "\x1b" not in old
    assert len(new) < 400


def test_a_path_is_written_as_after_set() -> None:
    assert format_path(("config", 0, "a.b")) == 'config.0."a.b"'


def test_the_name_of_a_new_resource_is_found_under_any_of_its_keys() -> None:
    assert find_name({"job_name": "resnet"}) == "resnet"
    assert find_name({"name": 3}) == ""

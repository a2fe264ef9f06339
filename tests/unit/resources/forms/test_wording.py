"""Changes of a form in words: secrets hidden, long values cut."""

from __future__ import annotations

from typing import Any

import pytest

from matui.resources.forms.form import ABSENT, Field, FieldChange, Form
from matui.resources.forms.wording import audit_parameters, find_name, format_change, format_path
from matui.resources.model import Phase, Resource

FORM = Form(
    "edit", Resource("jobs", "1", "j", "", Phase.DONE, "modelarts", "demo"), (Field(("name",), "", "old"),)
)

SECRETS = [
    (("envs", "DB_PASSWORD"), "hunter2"),
    (("parameter",), [{"label": "apiToken", "value": "hunter2"}]),
    (("command",), "train.py --password=hunter2 -x"),
    (("command",), "run --secret 'hunter2 x'"),
]


@pytest.mark.parametrize(("path", "value"), SECRETS)
def test_secrets_stay_out_of_dialogs_and_the_audit(path: tuple[str, ...], value: Any) -> None:
    change = FieldChange(path, ABSENT, value)
    assert "hunter2" not in "".join(format_change(change))
    assert "hunter2" not in str(audit_parameters(FORM, {}, (change,)))
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

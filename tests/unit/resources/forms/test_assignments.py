"""``--set`` finds a field by its path or an unambiguous end of it, and keeps the type of its value."""

from __future__ import annotations

from typing import Any

import pytest

from matui.base.errors import UsageError
from matui.resources.forms.assignments import set_value
from matui.resources.forms.form import Field, Form, Values, copy_tree
from matui.resources.model import Phase, Resource

SUBJECT = Resource("jobs", "1", "j", "", Phase.DONE, "modelarts", "demo")
FORM = Form(
    "edit",
    SUBJECT,
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

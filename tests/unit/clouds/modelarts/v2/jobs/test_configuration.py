"""The body of a v2 job that runs again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from matui.clouds.modelarts.requests import RequestModel
from matui.clouds.modelarts.v2.jobs.configuration import (
    LONGEST_NAME,
    build_configuration,
    choose_next_name,
    find_base_name,
    fit_to_model,
)


@pytest.mark.parametrize(
    ("name", "taken", "new"),
    [
        ("train", (), "train-2"),
        ("train", ("train-2", "train-3"), "train-4"),
        ("train-7", (), "train-8"),
        ("train-1", (), "train-1-2"),
        ("a b/c", (), "a_b_c-2"),
        ("x" * 80, (), "x" * (LONGEST_NAME - 2) + "-2"),
    ],
)
def test_the_next_name_is_free_and_can_be_sent(name: str, taken: tuple[str, ...], new: str) -> None:
    assert choose_next_name(name, taken) == new


@pytest.mark.parametrize(("name", "base"), [("train", "train"), ("train-7", "train"), ("train-1", "train-1")])
def test_the_base_name_has_no_number(name: str, base: str) -> None:
    assert find_base_name(name) == base


def test_an_algorithm_by_its_id_comes_without_code() -> None:
    body = build_configuration({"algorithm": {"id": "a1", "code_dir": "/c", "boot_file": "/c/b.py"}})
    assert body["algorithm"] == {"id": "a1"}
    assert body["kind"] == "job"


def test_an_engine_by_its_id_alone() -> None:
    engine = {"engine_id": "e1", "engine_name": "PyTorch", "engine_version": "2"}
    assert build_configuration({"algorithm": {"engine": engine}})["algorithm"]["engine"] == {
        "engine_id": "e1"
    }


def test_an_engine_with_an_image_has_no_id() -> None:
    engine = {"engine_id": "e1", "image_url": "org/i:1"}
    assert build_configuration({"algorithm": {"engine": engine}})["algorithm"]["engine"] == {
        "image_url": "org/i:1"
    }


class Inner(RequestModel):
    """A part of the request."""

    path: str | None = None


class Body(RequestModel):
    """A request with a field of each type."""

    count: Annotated[int, Field(ge=1)] | None = None
    share: float | None = None
    on: bool | None = None
    kind: Literal["job"] | None = None
    inner: Inner | None = None
    rows: list[Inner] | None = None
    env: dict[str, str] | None = None
    named: str | None = Field(default=None, serialization_alias="wireName")


@pytest.mark.parametrize(
    ("given", "body"),
    [
        (None, {}),
        ("no JSON", {}),
        ([], {}),
        ({"other": 1, "count": None, "kind": ""}, {}),
        ({"count": "3", "share": "0.5", "on": "true"}, {"count": 3, "share": 0.5, "on": True}),
        ({"count": "many", "on": "perhaps"}, {}),
        ('{"count": 2}', {"count": 2}),
        ([{"count": 4}], {"count": 4}),
        ({"inner": '{"path": "/a", "more": 1}'}, {"inner": {"path": "/a"}}),
        ({"inner": {"more": 1}}, {}),
        ({"rows": {"path": "/a"}}, {"rows": [{"path": "/a"}]}),
        ({"rows": [{"path": "/a"}, {}, None]}, {"rows": [{"path": "/a"}]}),
        ({"env": [{"A": 1}, {"B": "x"}]}, {"env": {"A": "1", "B": "x"}}),
        ({"wireName": "n", "named": "not this"}, {"wireName": "n"}),
    ],
)
def test_what_the_request_has_is_kept_in_its_types(given: Any, body: dict[str, Any]) -> None:
    assert fit_to_model(Body, given) == body

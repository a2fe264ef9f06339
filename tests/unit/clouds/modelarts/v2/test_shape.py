"""A request made of an answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from matui.clouds.modelarts.requests import RequestModel
from matui.clouds.modelarts.v2.shape import shape_to


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
    assert shape_to(Body, given) == body

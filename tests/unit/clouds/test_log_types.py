"""Fields of the answers about logs: the forms that the references allow, and types that are refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field, ValidationError

from matui.clouds.log_types import Content, Count, Cursor, FileNames
from matui.clouds.wire_types import WireModel, new_list


class Fields(WireModel):
    content: Content = ""
    count: Count = None
    cursor: Cursor = ""
    names: FileNames = Field(default_factory=new_list)


@pytest.mark.parametrize(
    ("field", "sent", "want"),
    [
        ("content", "a\n", "a\n"), ("content", None, ""), ("content", "[1]", "[1]"),
        ("count", 7, 7), ("count", "7", 7), ("count", None, None), ("count", "", None), ("count", 7.0, 7),
        ("cursor", "12", "12"), ("cursor", 1551252759254000002, "1551252759254000002"), ("cursor", None, ""),
        ("names", ["a", 1, None, ""], ["a", "1"]), ("names", "a,b", ["a", "b"]), ("names", '["a"]', ["a"]),
        ("names", None, []), ("names", "", []),
    ],
)  # fmt: skip
def test_forms_of_the_references_are_accepted(field: str, sent: Any, want: Any) -> None:
    assert getattr(Fields.model_validate({field: sent}), field) == want


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("content", 7), ("content", []), ("content", {}), ("content", True),
        ("count", []), ("count", {}), ("count", True),
        ("cursor", []), ("cursor", {}), ("cursor", False),
        ("names", 5), ("names", {}), ("names", True),
        ("names", '{"a":1}'), ("names", [["a"]]), ("names", [{}]),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(field: str, sent: Any) -> None:
    with pytest.raises(ValidationError):
        Fields.model_validate({field: sent})

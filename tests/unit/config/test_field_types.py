"""The base model of the config file's tables."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema

from matui.config.field_types import BuiltWhenPresent, StrictModel


class Table(StrictModel):
    """A table with a secret."""

    sk: str = ""
    seconds: int = 1


@pytest.mark.parametrize("given", [{"unknown": 1}, {"seconds": "1"}, {"seconds": 1.5}, {"sk": 7}])
def test_unknown_keys_and_other_types_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Table.model_validate(given)


def test_an_error_does_not_show_the_value() -> None:
    with pytest.raises(ValidationError) as caught:
        Table.model_validate({"seconds": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_a_table_does_not_change() -> None:
    with pytest.raises(ValidationError):
        Table().sk = "other"  # type: ignore[misc]


BUILT: list[object] = []


class Recorded:
    """Records that the validator of a field is built."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        BUILT.append(source)
        return handler(source)


class Part(StrictModel):
    """A table inside another."""

    seconds: Annotated[int, Recorded] = 1


class Whole(StrictModel):
    """A table with others inside."""

    part: Annotated[Part, BuiltWhenPresent] = Field(default_factory=Part.model_construct)
    parts: list[Annotated[Part, BuiltWhenPresent]] = Field(default=[])


def test_the_validator_of_a_table_is_built_when_the_file_has_it() -> None:
    assert Whole.model_validate({}).part.seconds == 1
    assert BUILT == []
    assert Whole.model_validate({"part": {"seconds": 2}}).part.seconds == 2
    assert [int] == BUILT


def test_an_error_in_a_table_names_its_place_from_the_root() -> None:
    with pytest.raises(ValidationError) as caught:
        Whole.model_validate({"part": {"seconds": "1"}, "parts": [{}, {"unknown": 1}, 7]})
    assert [(error["type"], error["loc"]) for error in caught.value.errors()] == [
        ("int_type", ("part", "seconds")),
        ("extra_forbidden", ("parts", 1, "unknown")),
        ("model_type", ("parts", 2)),
    ]

"""The base model of the config file's tables."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from matui.config.field_types import StrictModel


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

"""The base model of the config file's tables, and the types of their values."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema
from pydantic_core.core_schema import (
    no_info_after_validator_function,
    no_info_plain_validator_function,
    str_schema,
)

from matui.base.text.regex import compile_user_regex
from matui.config.secrets import SecretSource
from matui.config.values import check_colour, check_endpoint


class StrictModel(BaseModel):
    """A table of the config file: unknown keys and values of another type are refused, and never shown."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, defer_build=True
    )


class BuiltWhenPresent:
    """Marks a table inside another whose validator is built when the file has the table, not before.

    Its errors name the same place as those of a nested model.
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a validator that calls that of the table's model."""
        model: type[StrictModel] = source
        return no_info_plain_validator_function(model.model_validate)


def _check_printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("has control characters")
    return text


class SchemaOf:
    """Marks a type whose validator is written as a schema of pydantic's core.

    A profile has 25 fields of these types; to derive each schema from constraints takes twice as long.
    """

    def __init__(self, make: Callable[[], CoreSchema]) -> None:
        self._make = make

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema."""
        return self._make()


def _build_text_schema() -> CoreSchema:
    return no_info_after_validator_function(
        _check_printable, str_schema(min_length=1, max_length=1000, strip_whitespace=True)
    )


PrintableText = Annotated[str, SchemaOf(_build_text_schema)]
Ident = Annotated[
    str,
    SchemaOf(
        lambda: str_schema(
            min_length=1, max_length=128, strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
        )
    ),
]
EndpointUrl = Annotated[
    str, SchemaOf(lambda: no_info_after_validator_function(check_endpoint, _build_text_schema()))
]
ThemeColour = Annotated[
    str, SchemaOf(lambda: no_info_after_validator_function(check_colour, _build_text_schema()))
]
Secret = Annotated[SecretSource, SchemaOf(lambda: no_info_plain_validator_function(SecretSource.parse))]
Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Minutes = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
Refresh = dict[str, Seconds]  # between polls, by kind id, and of the open log by ``logs``


def check_regex(text: str) -> str:
    """Return a regular expression of the user. Raises ValueError for one that cannot be used."""
    try:
        compile_user_regex(text)
    except ValueError as wrong:
        raise ValueError(f"is wrong: {wrong}") from None
    return text

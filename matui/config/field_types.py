"""The base model of the config file's tables, and the types of their values."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainValidator,
    StringConstraints,
)
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_plain_validator_function

from matui.base.regex import compile_user_regex
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


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("has control characters")
    return text


Text = Annotated[
    str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True), AfterValidator(_printable)
]
Ident = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=128, strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
    ),
]
Endpoint = Annotated[Text, AfterValidator(check_endpoint)]
Colour = Annotated[Text, AfterValidator(check_colour)]
Secret = Annotated[SecretSource, PlainValidator(SecretSource.parse)]
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

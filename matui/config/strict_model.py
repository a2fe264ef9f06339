"""The base model of the config file's tables."""

from pydantic import BaseModel, ConfigDict


class StrictModel(BaseModel):
    """A table of the config file: unknown keys and values of another type are refused, and never shown."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

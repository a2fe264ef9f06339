"""Triage, journal, notifications, capsules and prices in the config file."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from matui.config.field_types import Minutes, StrictModel, Text


def _quiet_hours(text: str) -> str:
    if not re.fullmatch(r"(?:[01]?\d|2[0-3]):[0-5]\d *- *(?:[01]?\d|2[0-3]):[0-5]\d", text, re.ASCII):
        raise ValueError("must be two times, such as 22:00-07:00")
    return text


class Triage(StrictModel):
    """When triage shows what has not failed: ``[triage]``."""

    stuck_factor: Annotated[float, Field(ge=1, le=1000, allow_inf_nan=False)] = Field(
        default=3.0,
        description="Times the median of at least 5 like it (and over 10 min) that makes a transition stuck;"
        " with fewer it is 30 min.",
    )
    silent_minutes: Minutes = Field(
        default=10.0,
        description="Minutes without a log line that make a running job silent; at least 30 while it"
        " initializes NCCL or HCCL.",
    )
    ending_minutes: Minutes = Field(default=30.0, description="Minutes before an auto-stop or a due time.")
    full_percent: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = Field(
        default=90.0, description="Percent of a quota or pool in use."
    )


class JournalSettings(StrictModel):
    """The journal of the changes that polling sees: ``[journal]``."""

    enabled: bool = Field(default=True, description="Keep a journal in the state folder.")
    days: Annotated[float, Field(gt=0, le=3650)] = Field(
        default=30, description="Days that changes are kept."
    )
    megabytes: Annotated[float, Field(ge=1, le=100_000)] = Field(
        default=200, description="Size of the file in MB; the oldest changes go first."
    )
    warm_start: bool = Field(
        default=True, description="Show the last known rows, dimmed, until the cloud has answered."
    )


class NotifyRule(StrictModel):
    """Changes that are announced: ``[[notify]]``."""

    kinds: list[Text] = Field(default=[], description="The kinds; absent: all.")
    filter: Text = Field(default="", description="A filter that the resource has to match.")
    to: list[Text] = Field(
        default=[],
        description="Phases or statuses after it; also `ended`, `deleted`. Absent: any change of phase.",
    )
    by: list[Literal["bell", "terminal", "flash"]] = Field(
        default=["bell", "terminal", "flash"],
        description="How to announce; `terminal` is a desktop notification of the terminal.",
    )
    command: list[Text] = Field(
        default=[], description="A command to run instead, without a shell; the change is JSON on its stdin."
    )
    quiet: Annotated[Text, AfterValidator(_quiet_hours)] | None = Field(
        default=None, description="Local hours without announcements, such as `22:00-07:00`."
    )


class Capsules(StrictModel):
    """The capsules that are saved when something fails: ``[capsules]``."""

    enabled: bool = Field(default=True, description="Save a capsule when a job or service fails.")
    megabytes_each: Annotated[float, Field(ge=0.1, le=1000)] = Field(
        default=20, description="Size of the logs in one capsule in MB, before compression."
    )
    megabytes: Annotated[float, Field(ge=1, le=100_000)] = Field(
        default=500, description="Size of all capsules in MB; the oldest are removed first."
    )


class Prices(StrictModel):
    """Prices of a node an hour: ``[prices]``, by flavor."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]]

    currency: Text = Field(default="", description="The currency of the prices, such as `CNY`.")

    @property
    def by_flavor(self) -> dict[str, float]:
        """The prices by flavor."""
        return dict(self.__pydantic_extra__)

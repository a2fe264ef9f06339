"""How logs are read, ``[logs]``, and signals of one's own in them, ``[[signals]]``."""

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import AfterValidator, AliasChoices, Field

from matui.base.text.regex import compile_user_regex
from matui.config.field_types import PrintableText, StrictModel, check_regex

if TYPE_CHECKING:
    from matui.base.log_lines.errors import ErrorRules
    from matui.base.log_lines.times import TimestampParser

AlertBy = Literal["bell", "notify", "flash"]
_SIGNAL_GROUPS = ("value", "step", "time")


def _check_time_format(text: str) -> str:
    from matui.base.log_lines.time_forms import compile_time_format

    compile_time_format(text)
    return text


LogPatterns = Annotated[list[Annotated[PrintableText, AfterValidator(check_regex)]], Field(max_length=50)]


def _check_alert(text: str) -> str:
    if not text.startswith("@"):
        return check_regex(text)
    if text != "@errors":
        raise ValueError("must be a regular expression or @errors")
    return text


def _check_zone(text: str) -> str:
    if text.lower() not in ("utc", "local"):
        from zoneinfo import ZoneInfo, available_timezones

        from matui.base.text.near_names import find_nearest_names

        try:
            ZoneInfo(text)
        except (OSError, ValueError, LookupError):
            zones = {zone.casefold(): zone for zone in available_timezones()}
            near = find_nearest_names(text, zones)
            hint = f"; did you mean {zones[near[0]]}?" if near else ""
            raise ValueError(f"is not a time zone of this machine{hint}") from None
    return text


class Logs(StrictModel):
    """How logs are read: errors, alerts while the log is not focused, and times."""

    errors: LogPatterns = Field(
        default=[],
        description="Regular expressions of lines that are always errors.",
    )
    not_errors: LogPatterns = Field(
        default=[], description="Regular expressions of lines that are never errors."
    )

    alerts: Annotated[list[Annotated[PrintableText, AfterValidator(_check_alert)]], Field(max_length=50)] = (
        Field(
            default=[],
            description="Regular expressions that alert in an open log while it is not focused;"
            " `@errors` alerts on every error.",
        )
    )
    alert_by: list[AlertBy] = Field(
        default_factory=lambda: list(get_args(AlertBy)), description="How to alert."
    )
    zone: Annotated[PrintableText, AfterValidator(_check_zone)] = Field(
        default="UTC",
        description="Zone of times that name none: `UTC`, `local` or a name such as `Asia/Shanghai`.",
    )
    times: Annotated[
        list[Annotated[PrintableText, AfterValidator(_check_time_format)]], Field(max_length=20)
    ] = Field(
        default=[],
        description='Forms of times in logs beside the known ones, as for strptime: `"%d/%m/%Y %H:%M:%S"`.',
    )

    look_in_background: bool = Field(
        default=True,
        description="Read the ends of the logs of running jobs for STEP, LOSS and ETA: at most 5 requests a"
        " minute and profile, none while half of the request budget is used.",
    )

    def find_zone(self) -> tzinfo | None:
        """Return the zone of times that name none; None for the zone of this machine."""
        if self.zone.lower() == "local":
            return None
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            return UTC if self.zone.upper() == "UTC" else ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return UTC

    def compile_error_rules(self) -> "ErrorRules":
        """Return the rules of what is an error in a log."""
        from matui.base.log_lines.errors import ErrorRules

        return ErrorRules.compile(self.errors, self.not_errors)

    def build_time_parser(self, reference_ms: float | None) -> "TimestampParser":
        """Return a parser of the times in one log file, whose job began at ``reference_ms``."""
        from matui.base.log_lines.time_forms import compile_time_format
        from matui.base.log_lines.times import TimestampParser

        return TimestampParser(reference_ms, self.find_zone(), tuple(map(compile_time_format, self.times)))


def _check_signal_regex(text: str) -> str:
    try:
        names = compile_user_regex(text).groupindex
    except ValueError as wrong:
        raise ValueError(f"is wrong: {wrong}") from None
    for name in names:
        if name not in _SIGNAL_GROUPS:
            raise ValueError(f"has the group {name}; a group may be named {', '.join(_SIGNAL_GROUPS)}")
    if names and "value" not in names:
        raise ValueError("names groups, but none value")
    return text


class SignalRule(StrictModel):
    """A signal of one's own logs: ``[[signals]]``."""

    name: PrintableText = Field(
        validation_alias=AliasChoices("name", "Name"), description="The signal; `Name` is taken too."
    )
    regex: Annotated[PrintableText, AfterValidator(_check_signal_regex)] = Field(
        validation_alias=AliasChoices("regex", "Regex"),
        description="A regular expression with the group `value`, and `step` or `time` if it has them;"
        " without names the first group is the value.",
    )

"""The sections of the config file, of the guard to logs and signals of one's own."""

import re
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args

from pydantic import AfterValidator, AliasChoices, ConfigDict, Field, StringConstraints, model_validator

from matui.base.text.regex import compile_user_regex
from matui.config.field_types import BuiltWhenPresent, Minutes, PrintableText, StrictModel, check_regex

if TYPE_CHECKING:
    from matui.base.log_lines.errors import ErrorRules
    from matui.base.log_lines.times import TimestampParser

ActionWord: TypeAlias = Literal[
    "start", "stop", "restart", "delete", "delete-versions", "edit", "create", "rerun", "rollback", "scale",
    "lock", "unlock", "drain", "reboot", "reset", "save-image", "accept",
]  # fmt: skip
Wait = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]
AlertBy = Literal["bell", "notify", "flash"]
_SIGNAL_GROUPS = ("value", "step", "time")


def _check_pattern(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be a name, a pattern such as prod-* or a /regex/")
    if len(text) > 1 and text[0] == text[-1] == "/":
        if text == "//":
            raise ValueError("holds no regex between its slashes")
        check_regex(text[1:-1])
    return text


NamePattern = Annotated[str, StringConstraints(max_length=500), AfterValidator(_check_pattern)]


class Countdown(StrictModel):
    """Seconds in which a confirmed action can still be cancelled; one number stands for every action."""

    start: Wait = 0.0
    stop: Wait = 0.0
    restart: Wait = 0.0
    delete: Wait = 5.0
    edit: Wait = 0.0
    create: Wait = 0.0
    rerun: Wait = 0.0
    rollback: Wait | None = None
    scale: Wait | None = None
    lock: Wait | None = None
    unlock: Wait | None = None
    drain: Wait | None = None
    reboot: Wait | None = None
    reset: Wait | None = None
    save_image: Wait | None = Field(default=None, alias="save-image")
    accept: Wait | None = None

    @model_validator(mode="before")
    @classmethod
    def _convert_one_number(cls, value: Any) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            names = [field.alias or name for name, field in cls.model_fields.items()]
            return dict.fromkeys(names, float(value))
        if not isinstance(value, dict | Countdown):
            raise ValueError("must be a number of seconds, or one for each action")
        return value

    def dump_plain(self) -> dict[str, float]:
        """Return the seconds that are set by the word of the action."""
        seconds = {
            field.alias or name: getattr(self, name) for name, field in type(self).model_fields.items()
        }
        return {action: value for action, value in seconds.items() if value is not None}


class Guard(StrictModel):
    """The rules for actions in a profile: ``[profiles.NAME.guard]``."""

    allow: list[ActionWord] | None = Field(default=None, description="Actions that are allowed; absent: all.")
    deny: list[ActionWord] = Field(default=[], description="Actions that are refused; overrides `allow`.")
    protect: Annotated[list[NamePattern], Field(max_length=200)] = Field(
        default=[],
        description="Protected names or ids: patterns such as `prod-*`, or a `/regex/`; case is ignored.",
    )
    protect_how: Literal["typed", "never"] = Field(
        default="typed", description="What protects them: the name has to be typed, or no action at all."
    )
    most: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="Resources in one action."
    )
    countdown: Annotated[Countdown, BuiltWhenPresent] = Field(
        default_factory=Countdown.model_construct,
        description="Seconds to cancel a confirmed action; one number, or one for each action.",
    )

    def dump_plain(self) -> dict[str, Any]:
        """Return the rules as plain values, in the form that the guard takes."""
        return {
            "allow": self.allow,
            "deny": self.deny,
            "protect": self.protect,
            "protect_how": self.protect_how,
            "most": self.most,
            "countdown_s": self.countdown.dump_plain(),
        }


def _check_quiet_hours(text: str) -> str:
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

    kinds: list[PrintableText] = Field(default=[], description="The kinds; absent: all.")
    filter: PrintableText = Field(default="", description="A filter that the resource has to match.")
    before: list[PrintableText] = Field(
        default=[], alias="from", description="Phases or statuses before it; also `ended`, `new`."
    )
    to: list[PrintableText] = Field(
        default=[],
        description="Phases or statuses after it; also `ended`, `deleted`. Absent: any change of phase.",
    )
    by: list[Literal["bell", "terminal", "flash"]] = Field(
        default=["bell", "terminal", "flash"],
        description="How to announce; `terminal` is a desktop notification of the terminal.",
    )
    command: list[PrintableText] = Field(
        default=[], description="A command to run instead, without a shell; the change is JSON on its stdin."
    )
    quiet: Annotated[PrintableText, AfterValidator(_check_quiet_hours)] | None = Field(
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

    currency: PrintableText = Field(default="", description="The currency of the prices, such as `CNY`.")

    @property
    def by_flavor(self) -> dict[str, float]:
        """The prices by flavor."""
        return dict(self.__pydantic_extra__)


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

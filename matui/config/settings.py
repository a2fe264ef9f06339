"""The models of the config file, field by field. Unknown keys and wrong values are refused."""

import re
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args

from pydantic import (
    AfterValidator,
    AliasChoices,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    model_validator,
)

from matui.base.regex import compile_user_regex
from matui.base.toml import Places
from matui.config.secrets import SecretSource
from matui.config.strict_model import StrictModel
from matui.config.values import check_colour, check_endpoint

if TYPE_CHECKING:
    from matui.base.log_lines.errors import ErrorRules
    from matui.base.log_lines.times import TimestampParser

ActionWord: TypeAlias = Literal[
    "start", "stop", "restart", "delete", "delete-versions", "edit", "create", "rerun", "rollback", "scale",
    "lock", "unlock", "drain", "reboot", "reset", "save-image", "accept",
]  # fmt: skip
Wait = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]


def _pattern(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be a name, a pattern such as prod-* or a /regex/")
    if len(text) > 1 and text[0] == text[-1] == "/":
        if text == "//":
            raise ValueError("holds no regex between its slashes")
        try:
            compile_user_regex(text[1:-1])
        except ValueError as wrong:
            raise ValueError(f"is wrong: {wrong}") from None
    return text


NamePattern = Annotated[str, StringConstraints(max_length=500), AfterValidator(_pattern)]


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
    def _of_one_number(cls, value: Any) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            names = [field.alias or name for name, field in cls.model_fields.items()]
            return dict.fromkeys(names, float(value))
        if not isinstance(value, dict | Countdown):
            raise ValueError("must be a number of seconds, or one for each action")
        return value


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
    countdown: Countdown = Field(
        default_factory=Countdown,
        description="Seconds to cancel a confirmed action; one number, or one for each action.",
    )

    def plain(self) -> dict[str, Any]:
        """Return the rules as plain values, in the form that the guard takes."""
        return {
            "allow": self.allow,
            "deny": self.deny,
            "protect": self.protect,
            "protect_how": self.protect_how,
            "most": self.most,
            "countdown_s": self.countdown.model_dump(by_alias=True, exclude_none=True),
        }


LOG_CADENCE_S = 2.0


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
CloudName = Literal["modelarts", "qianfan", "opensearch"]
OldJobPair = Annotated[
    list[Annotated[int, Field(ge=0, lt=10**15)]], Field(min_length=2, max_length=2)
]  # Qianfan V1: task id, job id
AuthMethod = Literal["aksk", "token", "password", "agency"]
AlertBy = Literal["bell", "notify", "flash"]


@dataclass(frozen=True, slots=True)
class ConfigSource:
    """The file that settings came from, and the line of each of its keys."""

    file: Path
    exists: bool = False
    places: Places = field(default_factory=Places)

    def line(self, path: tuple[str | int, ...]) -> int | None:
        """Return the line, from 1, of a key or of its nearest parent, None when neither is in the file."""
        line = self.places.line_of(path)
        return None if line is None else line + 1


def _log_pattern(text: str) -> str:
    try:
        compile_user_regex(text)
    except ValueError as wrong:
        raise ValueError(f"is wrong: {wrong}") from None
    return text


def _time_format(text: str) -> str:
    from matui.base.log_lines.time_forms import compile_time_format

    compile_time_format(text)
    return text


LogPatterns = Annotated[list[Annotated[Text, AfterValidator(_log_pattern)]], Field(max_length=50)]


def _alert(text: str) -> str:
    if not text.startswith("@"):
        return _log_pattern(text)
    if text != "@errors":
        raise ValueError("must be a regular expression or @errors")
    return text


def _zone(text: str) -> str:
    if text.lower() not in ("utc", "local"):
        from zoneinfo import ZoneInfo, available_timezones

        from matui.base.near_names import nearest_names

        try:
            ZoneInfo(text)
        except (OSError, ValueError, LookupError):
            zones = {zone.casefold(): zone for zone in available_timezones()}
            near = nearest_names(text, zones)
            hint = f"; did you mean {zones[near[0]]}?" if near else ""
            raise ValueError(f"is no time zone of this machine{hint}") from None
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

    alerts: Annotated[list[Annotated[Text, AfterValidator(_alert)]], Field(max_length=50)] = Field(
        default=[],
        description="Regular expressions that alert in an open log while it is not focused;"
        " `@errors` alerts on every error.",
    )
    alert_by: list[AlertBy] = Field(
        default_factory=lambda: list(get_args(AlertBy)), description="How to alert."
    )
    zone: Annotated[Text, AfterValidator(_zone)] = Field(
        default="UTC",
        description="Zone of times that name none: `UTC`, `local` or a name such as `Asia/Shanghai`.",
    )
    times: Annotated[list[Annotated[Text, AfterValidator(_time_format)]], Field(max_length=20)] = Field(
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

    def new_time_parser(self, reference_ms: float | None) -> "TimestampParser":
        """Return a parser of the times in one log file, whose job began at ``reference_ms``."""
        from matui.base.log_lines.time_forms import compile_time_format
        from matui.base.log_lines.times import TimestampParser

        return TimestampParser(reference_ms, self.find_zone(), tuple(map(compile_time_format, self.times)))


_SIGNAL_GROUPS = ("value", "step", "time")


def _signal_regex(text: str) -> str:
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


def _quiet_hours(text: str) -> str:
    if not re.fullmatch(r"(?:[01]?\d|2[0-3]):[0-5]\d *- *(?:[01]?\d|2[0-3]):[0-5]\d", text, re.ASCII):
        raise ValueError("must be two times, such as 22:00-07:00")
    return text


class SignalRule(StrictModel):
    """A signal of one's own logs: ``[[signals]]``."""

    name: Text = Field(
        validation_alias=AliasChoices("name", "Name"), description="The signal; `Name` is taken too."
    )
    regex: Annotated[Text, AfterValidator(_signal_regex)] = Field(
        validation_alias=AliasChoices("regex", "Regex"),
        description="A regular expression with the groups `value` and `step`, or one group for the value.",
    )


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
    """What is kept of the changes that polling sees: ``[journal]``."""

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
    """What is saved when something fails: ``[capsules]``."""

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


class Profile(StrictModel):
    """One account in one region of one cloud, and how to sign in."""

    name: Text
    cloud: CloudName = Field(default="modelarts", description="The cloud.")
    api: Literal["v1", "v2", "auto"] = Field(
        default="v1",
        description="ModelArts only: the API of 2020, the current one, or the one that the project answers.",
    )
    region: Ident | None = Field(default=None, description="The region. Qianfan needs none.")
    project_id: Ident | None = Field(
        default=None, description="The project; looked up by region when absent."
    )
    workspace_id: Ident | None = Field(default=None, description="The workspace to show.")
    all_users: bool = Field(default=False, description='With `api = "v2"`: list the notebooks of every user.')
    read_only: bool = Field(default=False, description="Refuse every action.")
    auth: AuthMethod = Field(default="aksk", description="How to sign in to ModelArts.")
    ak: Secret | None = Field(default=None, description="Access key.")
    sk: Secret | None = Field(default=None, description="Secret key.")
    security_token: Secret | None = Field(default=None, description="Token of temporary keys.")
    username: Text | None = Field(default=None, description='User for `auth = "password"`.')
    password: Secret | None = Field(default=None, description='Password for `auth = "password"`.')
    domain_name: Text | None = Field(default=None, description='Account of the user for `auth = "password"`.')
    token: Secret | None = Field(default=None, description='Token for `auth = "token"`.')
    endpoint: Endpoint | None = Field(
        default=None,
        description="Address of the API instead of the region's; plain http to this machine only.",
    )
    iam_endpoint: Endpoint | None = Field(default=None, description="Address of IAM instead of the region's.")
    refresh: Refresh = Field(
        default={}, description="Seconds between polls by kind id, and of the open log by `logs`."
    )
    lang: Literal["en", "zh"] | None = Field(
        default=None,
        description="ModelArts only: the language of the cloud's own messages; English when absent.",
    )
    theme: Text | None = Field(default=None, description="Theme while the profile is open alone.")
    color: Colour | None = Field(
        default=None,
        description='Colour among several profiles: cyan, magenta, green, yellow, blue, red or `"#ff8800"`.',
    )
    requests_per_minute: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=300,
        description="Requests a minute that are never exceeded; lowered when the gateway asks for it.",
    )
    connect_timeout: Seconds = Field(default=5.0, description="Seconds to connect.")
    read_timeout: Seconds = Field(
        default=20.0, description="Seconds to wait for data; a whole answer may take three times as long."
    )
    guard: Guard = Field(default_factory=Guard, description="Rules for actions, see below.")
    v1_jobs: Annotated[list[OldJobPair], Field(max_length=200)] = Field(
        default=[], description="Qianfan only: runs of the V1 API, `[task id, job id]` each."
    )
    app: Text | None = Field(default=None, description="OpenSearch only: the application group.")
    functions: Annotated[list[Text], Field(max_length=50)] = Field(
        default=[], description="OpenSearch only: the algorithm functions to show."
    )

    def cadence(self, settings: "Settings") -> dict[str, float]:
        """Return the seconds between polls that are set, by kind id, and always those of ``logs``."""
        return {"logs": LOG_CADENCE_S} | settings.refresh | self.refresh


class Settings(StrictModel):
    """A whole config file."""

    default_profile: Text | None = Field(
        default=None, description="The profile to open, or several separated by commas."
    )
    theme: Text | None = Field(default=None, description="The theme.")
    refresh: Refresh = Field(
        default={}, description="Seconds between polls by kind id, and of the open log by `logs`."
    )
    start: Text = Field(
        default="triage",
        description="What the console opens with: `triage` or a kind; `--screen` overrides it.",
    )
    remember: bool = Field(default=True, description="Keep order, filter and split from run to run.")
    keys: dict[str, Text] = Field(default={}, description='Keys by binding id: `"key[,key]"`.')
    logs: Logs = Field(default_factory=Logs, description="How logs are read, see below.")
    triage: Triage = Field(default_factory=Triage, description="What triage shows, see below.")
    signals: Annotated[list[SignalRule], Field(max_length=50)] = Field(
        default=[],
        description="Signals to read out of logs beside the known ones, see below.",
    )
    journal: JournalSettings = Field(
        default_factory=JournalSettings, description="What is kept of changes, see below."
    )
    notify: Annotated[list[NotifyRule], Field(max_length=50)] = Field(
        default=[], description="Changes that are announced, see below."
    )
    capsules: Capsules = Field(
        default_factory=Capsules, description="What is saved when something fails, see below."
    )
    prices: Prices = Field(
        default_factory=lambda: Prices.model_validate({}),
        description="Prices of a node an hour by flavor, for `matui capacity`; with `currency`.",
    )
    profiles: dict[str, Profile] = Field(default={}, description="The profiles by name, see below.")
    _source: ConfigSource | None = None

    def names_in(self, text: str) -> tuple[str, ...]:
        """Return the profiles that a list separated by commas names, each once; they may not exist."""
        parts = (text,) if text in self.profiles else (part.strip() for part in text.split(","))
        return tuple(dict.fromkeys(part for part in parts if part))

    @property
    def source(self) -> ConfigSource | None:
        """Where these settings came from; None when no file was read."""
        return self._source

    def locate_theme(self, name: str) -> str:
        """Return ``FILE:LINE: KEY: `` of the setting that names a theme, ``""`` where none does."""
        if self._source is None or not self._source.exists:
            return ""
        owners: list[tuple[str, ...]] = [("theme",)] if self.theme == name else []
        owners += [("profiles", one.name, "theme") for one in self.profiles.values() if one.theme == name]
        line = self._source.line(owners[0]) if owners else None
        return f"{self._source.file}:{line}: {'.'.join(owners[0])}: " if line is not None else ""

    def with_source(self, source: ConfigSource) -> "Settings":
        """Return these settings with the file that they came from."""
        self._source = source
        return self


def field_names(model: type[StrictModel]) -> tuple[str, ...]:
    """Return the keys a table may have, as written in the file."""
    return tuple(name for name in model.model_fields if not (model is Profile and name == "name"))


def table_at(path: tuple[Any, ...]) -> tuple[str, ...]:
    """Return the keys that fit where ``path`` points: used to suggest the nearest valid one."""
    match path:
        case () | (_,):
            return field_names(Settings)
        case ("profiles", _, _):
            return field_names(Profile)
        case ("profiles", _, "guard", _):
            return field_names(Guard)
        case ("profiles", _, "guard", "countdown", _):
            return field_names(Countdown)
        case (table, _) if table in _TABLES:
            return field_names(_TABLES[table])
        case (table, _, _) if table in _LISTS:
            return field_names(_LISTS[table])
        case _:
            return ()


_TABLES: dict[str, type[StrictModel]] = {
    "logs": Logs, "triage": Triage, "journal": JournalSettings, "capsules": Capsules,
}  # fmt: skip
_LISTS: dict[str, type[StrictModel]] = {"notify": NotifyRule, "signals": SignalRule}

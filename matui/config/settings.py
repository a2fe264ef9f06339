"""What a config file may say, field by field. Unknown keys and wrong values are refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, PlainValidator, StringConstraints

from matui.base.toml import Places
from matui.config.colours import checked_colour
from matui.config.endpoint import checked_endpoint
from matui.config.guard import Countdown, Guard
from matui.config.secret import SecretSource
from matui.config.strict_model import StrictModel

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
Endpoint = Annotated[Text, AfterValidator(checked_endpoint)]
Colour = Annotated[Text, AfterValidator(checked_colour)]
Secret = Annotated[SecretSource, PlainValidator(SecretSource.parse)]
Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Refresh = dict[str, Seconds]  # between polls, by kind id, and of the open log by ``logs``
CloudName = Literal["modelarts", "qianfan", "opensearch"]
OldJobPair = Annotated[
    list[Annotated[int, Field(ge=0, lt=10**15)]], Field(min_length=2, max_length=2)
]  # Qianfan V1: task id, job id
AuthMethod = Literal["aksk", "token", "password", "agency"]
AlertBy = Literal["bell", "notify", "flash"]


@dataclass(frozen=True, slots=True)
class Source:
    """The file that settings came from, and the line of each of its keys."""

    file: Path
    exists: bool = False
    places: Places = field(default_factory=Places)

    def line(self, path: tuple[str, ...]) -> int | None:
        """Return the line, from 1, of a key or of its nearest parent, None when neither is in the file."""
        line = self.places.line_of(path)
        return None if line is None else line + 1


class Logs(StrictModel):
    """How logs are read: what to alert on while nobody looks, and the zone of times that name none."""

    alerts: Annotated[list[Text], Field(max_length=50)] = Field(default_factory=list)
    alert_by: list[AlertBy] = Field(default_factory=lambda: list(get_args(AlertBy)))
    zone: Text = "UTC"


class Profile(StrictModel):
    """One account in one region of one cloud, and how to sign in."""

    name: Text
    cloud: CloudName = "modelarts"
    api: Literal["v1", "v2", "auto"] = "v1"
    region: Ident | None = None
    project_id: Ident | None = None
    workspace_id: Ident | None = None
    all_users: bool = False
    read_only: bool = False
    auth: AuthMethod = "aksk"
    ak: Secret | None = None
    sk: Secret | None = None
    security_token: Secret | None = None
    username: Text | None = None
    password: Secret | None = None
    domain_name: Text | None = None
    token: Secret | None = None
    endpoint: Endpoint | None = None
    iam_endpoint: Endpoint | None = None
    refresh: Refresh = Field(default_factory=dict)
    theme: Text | None = None
    color: Colour | None = None
    requests_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 300
    connect_timeout: Seconds = 5.0
    read_timeout: Seconds = 20.0
    guard: Guard = Field(default_factory=Guard)
    v1_jobs: Annotated[list[OldJobPair], Field(max_length=200)] = Field(default_factory=list)
    app: Text | None = None
    functions: Annotated[list[Text], Field(max_length=50)] = Field(default_factory=list)

    def cadence(self, settings: Settings) -> dict[str, float]:
        """Return the seconds between polls that are set, by kind id, and always those of ``logs``."""
        return {"logs": LOG_CADENCE_S} | settings.refresh | self.refresh


class Settings(StrictModel):
    """A whole config file."""

    default_profile: Text | None = None
    theme: Text | None = None
    refresh: Refresh = Field(default_factory=dict)
    keys: dict[str, Text] = Field(default_factory=dict)
    logs: Logs = Field(default_factory=Logs)
    profiles: dict[str, Profile] = Field(default_factory=dict)
    _source: Source | None = None

    def names_in(self, text: str) -> tuple[str, ...]:
        """Return the profiles that a list separated by commas names, each once; they may not exist."""
        parts = (text,) if text in self.profiles else (part.strip() for part in text.split(","))
        return tuple(dict.fromkeys(part for part in parts if part))

    @property
    def source(self) -> Source | None:
        """Where these settings came from; None when no file was read."""
        return self._source

    def with_source(self, source: Source) -> Settings:
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
        case ("logs", _):
            return field_names(Logs)
        case ("profiles", _, "guard", _):
            return field_names(Guard)
        case ("profiles", _, "guard", "countdown", _):
            return field_names(Countdown)
        case _:
            return ()

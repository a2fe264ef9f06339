"""The config file and its profiles, field by field. Unknown keys and wrong values are refused."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from matui.base.toml import Places, find_places
from matui.config.field_types import (
    BuiltWhenPresent,
    EndpointUrl,
    Ident,
    PrintableText,
    Refresh,
    Seconds,
    Secret,
    StrictModel,
    ThemeColour,
)
from matui.config.section_settings import (
    Capsules,
    Countdown,
    Guard,
    JournalSettings,
    Logs,
    NotifyRule,
    Prices,
    SignalRule,
    Triage,
)

LOG_CADENCE_S = 2.0
CloudName = Literal["modelarts", "qianfan", "opensearch"]
OldJobPair = Annotated[
    list[Annotated[int, Field(ge=0, lt=10**15)]], Field(min_length=2, max_length=2)
]  # Qianfan V1: task id, job id
AuthMethod = Literal["aksk", "token", "password", "agency"]


_places_in = lru_cache(maxsize=1)(find_places)
_TABLES: dict[str, type[StrictModel]] = {
    "logs": Logs, "triage": Triage, "journal": JournalSettings, "capsules": Capsules,
}  # fmt: skip
_LISTS: dict[str, type[StrictModel]] = {"notify": NotifyRule, "signals": SignalRule}


@dataclass(frozen=True, slots=True)
class ConfigSource:
    """The file that settings came from, and its text, of which only an error needs the lines of the keys."""

    file: Path
    exists: bool = False
    text: str = field(default="", repr=False)

    @property
    def places(self) -> Places:
        """The line of each key."""
        return _places_in(self.text)

    def find_line(self, path: tuple[str | int, ...]) -> int | None:
        """Return the line, from 1, of a key or of its nearest parent, None when neither is in the file."""
        line = self.places.find_line(path)
        return None if line is None else line + 1


class Profile(StrictModel):
    """One account in one region of one cloud, and how to sign in."""

    name: PrintableText
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
    username: PrintableText | None = Field(default=None, description='User for `auth = "password"`.')
    password: Secret | None = Field(default=None, description='Password for `auth = "password"`.')
    domain_name: PrintableText | None = Field(
        default=None, description='Account of the user for `auth = "password"`.'
    )
    token: Secret | None = Field(default=None, description='Token for `auth = "token"`.')
    endpoint: EndpointUrl | None = Field(
        default=None,
        description="Address of the API instead of the region's; plain http to this machine only.",
    )
    iam_endpoint: EndpointUrl | None = Field(
        default=None, description="Address of IAM instead of the region's."
    )
    refresh: Refresh = Field(
        default={}, description="Seconds between polls by kind id, and of the open log by `logs`."
    )
    lang: Literal["en", "zh"] | None = Field(
        default=None,
        description="ModelArts only: the language of the cloud's own messages; English when absent.",
    )
    theme: PrintableText | None = Field(default=None, description="Theme while the profile is open alone.")
    color: ThemeColour | None = Field(
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
    guard: Annotated[Guard, BuiltWhenPresent] = Field(
        default_factory=Guard.model_construct, description="Rules for actions, see below."
    )
    v1_jobs: Annotated[list[OldJobPair], Field(max_length=200)] = Field(
        default=[], description="Qianfan only: runs of the V1 API, `[task id, job id]` each."
    )
    app: PrintableText | None = Field(default=None, description="OpenSearch only: the application group.")
    functions: Annotated[list[PrintableText], Field(max_length=50)] = Field(
        default=[], description="OpenSearch only: the algorithm functions to show."
    )

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs that print its secrets."""
        sources = (self.ak, self.sk, self.security_token, self.password, self.token)
        return tuple(dict.fromkeys(one.program for one in sources if one is not None and one.program))

    def build_cadence(self, settings: "Settings") -> dict[str, float]:
        """Return the seconds between polls that are set, by kind id, and always those of ``logs``."""
        return {"logs": LOG_CADENCE_S} | settings.refresh | self.refresh


class Settings(StrictModel):
    """A whole config file."""

    default_profile: PrintableText | None = Field(
        default=None, description="The profile to open, or several separated by commas."
    )
    theme: PrintableText | None = Field(default=None, description="The theme.")
    refresh: Refresh = Field(
        default={}, description="Seconds between polls by kind id, and of the open log by `logs`."
    )
    start: PrintableText = Field(
        default="triage",
        description="What the console opens with: `triage` or any name of a kind; `--screen` overrides it.",
    )
    remember: bool = Field(
        default=True,
        description="Keep order, filter, split and history from run to run; the demo keeps none.",
    )
    keys: dict[str, PrintableText] = Field(default={}, description='Keys by binding id: `"key[,key]"`.')
    logs: Annotated[Logs, BuiltWhenPresent] = Field(
        default_factory=Logs.model_construct, description="How logs are read, see below."
    )
    triage: Annotated[Triage, BuiltWhenPresent] = Field(
        default_factory=Triage.model_construct, description="What triage shows, see below."
    )
    signals: Annotated[list[Annotated[SignalRule, BuiltWhenPresent]], Field(max_length=50)] = Field(
        default=[],
        description="Signals to read out of logs beside the known ones, see below.",
    )
    journal: Annotated[JournalSettings, BuiltWhenPresent] = Field(
        default_factory=JournalSettings.model_construct, description="What is kept of changes, see below."
    )
    notify: Annotated[list[Annotated[NotifyRule, BuiltWhenPresent]], Field(max_length=50)] = Field(
        default=[], description="Changes that are announced, see below."
    )
    capsules: Annotated[Capsules, BuiltWhenPresent] = Field(
        default_factory=Capsules.model_construct, description="What is saved when something fails, see below."
    )
    prices: Annotated[Prices, BuiltWhenPresent] = Field(
        default_factory=Prices.model_construct,
        description="Prices of a node an hour by flavor, for `matui capacity`; with `currency`.",
    )
    profiles: dict[str, Annotated[Profile, BuiltWhenPresent]] = Field(
        default={}, description="The profiles by name, see below."
    )
    _source: ConfigSource | None = None

    def split_names(self, text: str) -> tuple[str, ...]:
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
        line = self._source.find_line(owners[0]) if owners else None
        return f"{self._source.file}:{line}: {'.'.join(owners[0])}: " if line is not None else ""

    def add_source(self, source: ConfigSource) -> "Settings":
        """Return these settings with the file that they came from."""
        self._source = source
        return self


def list_field_names(model: type[StrictModel]) -> tuple[str, ...]:
    """Return the keys a table may have, as written in the file."""
    return tuple(
        field.alias or name
        for name, field in model.model_fields.items()
        if not (model is Profile and name == "name")
    )


def list_keys_at(path: tuple[Any, ...]) -> tuple[str, ...]:
    """Return the keys that fit where ``path`` points: used to suggest the nearest valid one."""
    match path:
        case () | (_,):
            return list_field_names(Settings)
        case ("profiles", _, _):
            return list_field_names(Profile)
        case ("profiles", _, "guard", _):
            return list_field_names(Guard)
        case ("profiles", _, "guard", "countdown", _):
            return list_field_names(Countdown)
        case (table, _) if table in _TABLES:
            return list_field_names(_TABLES[table])
        case (table, _, _) if table in _LISTS:
            return list_field_names(_LISTS[table])
        case _:
            return ()

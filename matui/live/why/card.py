"""The parts of a why card, each with its source and age or the reason it is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from matui.base.codes.error_codes import Explanation
from matui.base.text.formatting import format_iso_utc
from matui.live.why.first_error import FirstError
from matui.resources.detail import Event
from matui.resources.model import Resource
from matui.signals.summary import serialize_number

PartName: TypeAlias = Literal[
    "states", "first_error", "events", "metrics", "code", "exit", "actions", "differs", "next"
]
PARTS: tuple[PartName, ...] = get_args(PartName)


NO_METRICS = "the cloud has no metrics of it"
NO_STEPS = "no key helps with it"
NO_COMMANDS = "no command line helps with it"


class EnteredState(NamedTuple):
    """A state that was entered ``at`` (ms since the epoch), where not ``exact`` by then at the latest."""

    at: float | None
    status: str
    before: str | None = None
    exact: bool = True
    reason: str = ""
    source: str = ""


class MetricReading(NamedTuple):
    """A metric at the last time it was read: its last and its highest value; ``total`` of a gauge."""

    label: str
    last: float | None
    most: float | None = None
    total: float | None = None
    unit: str = ""


class PastAction(NamedTuple):
    """An action on the resource from this machine: when, which, by whom, and its outcome."""

    at: float | None
    action: str
    by: str
    outcome: str
    status_after: str = ""


class VersionDifference(NamedTuple):
    """A value that differs from the last version that succeeded; ``before`` is of that version."""

    path: str
    before: str
    now: str


class Next(NamedTuple):
    """A next step: the id of the command, the words for it, and the same as a command line."""

    command: str
    words: str
    line: str = ""


class Part(NamedTuple):
    """One part. ``value`` is None while it loads and where it is ``missing``, which says why.

    ``source`` says where it is from and ``read_at`` when it was read, in ms since the epoch.
    """

    value: Any = None
    source: str = ""
    read_at: float | None = None
    missing: str = ""

    @property
    def is_loading(self) -> bool:
        """Whether it may still come."""
        return self.value is None and not self.missing


@dataclass(frozen=True, slots=True)
class WhyCard:
    """The explanation of a resource's state, part by part."""

    resource: Resource
    parts: Mapping[PartName, Part] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    """What the row and the details state of the failure."""

    def get_part(self, name: PartName) -> Part:
        """Return a part; one that loads where it is not there yet."""
        return self.parts.get(name, Part())

    def add_part(self, name: PartName, part: Part) -> WhyCard:
        """Return the card with a part."""
        return replace(self, parts={**self.parts, name: part})

    @property
    def is_complete(self) -> bool:
        """Whether nothing loads any more."""
        return not any(self.get_part(name).is_loading for name in PARTS)


def serialize_card(card: WhyCard, resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return the card as JSON values; ``resource`` is the resource as ``get -o json`` has it."""
    tree: dict[str, Any] = {"resource": dict(resource), "reasons": list(card.reasons)}
    for name in PARTS:
        value = card.get_part(name).value
        tree[name] = None if value is None else _serialize_value(value)
    tree["missing"] = {name: part.missing for name in PARTS if (part := card.get_part(name)).missing}
    tree["sources"] = {
        name: {"source": part.source, "read_at": format_iso_utc(part.read_at)}
        for name in PARTS
        if (part := card.get_part(name)).value is not None
    }
    return tree


def _serialize_value(value: Any) -> Any:
    match value:
        case EnteredState(at, status, before, exact, reason, source):
            states = {"from": before or None, "to": status}
            return {"at": format_iso_utc(at), "exact": exact, **states, "reason": reason, "source": source}
        case FirstError():
            return value.as_json() | {"around": list(value.around)}
        case Event():
            return value.as_json()
        case MetricReading(label, last, most, total, unit):
            shown = None if last is None else serialize_number(last)
            return {"name": label, "last": shown, "max": most, "total": total, "unit": unit}
        case Explanation():
            return {"code": value.code, "meaning": value.meaning, "remedy": value.remedy}
        case PastAction():
            return value._asdict() | {"at": format_iso_utc(value.at)}
        case VersionDifference():
            return {"path": value.path, "a": value.before, "b": value.now}
        case Next():
            return value._asdict()
        case list() | tuple():
            return [_serialize_value(one) for one in value]
        case _:
            return value


def is_exit_code(entry: Explanation) -> bool:
    """Return whether an explanation is of the end of a process, not of an error of a cloud or library."""
    return entry.code.startswith(("exit ", "SIG"))


def find_explanations(explained: Sequence[Explanation], *, exits: bool) -> list[Explanation]:
    """Return the explanations of exit codes, or of all other codes."""
    return [entry for entry in explained if is_exit_code(entry) is exits]

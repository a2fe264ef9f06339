"""Two resources side by side, their settings without what no user has set; as rows and as JSON. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from matui.base.redaction.masking import mask_secrets
from matui.base.text.cells import fit, wrap_cells
from matui.base.text.formatting import format_duration, format_iso_utc, pluralize
from matui.base.text.sanitize import clean
from matui.live.why.first_error import FirstError
from matui.resources.columns import shorten_status
from matui.resources.model import Resource
from matui.signals.series import SignalLog
from matui.signals.summary import find_trend, serialize_number

_NAME_KEYS = ("label", "name", "key")
_VALUE_KEYS = frozenset({"value", "default", "val"})
# Identities, states, times and measurements: these differ between any two runs.
_NOT_SETTINGS = frozenset(
    {
        *("id", "uid", "uuid", "jobid", "versionid", "versionname", "preversionid", "resourceid", "taskid"),
        *("jobname", "name", "issuccess", "status", "phase", "secondaryphase", "progress", "duration"),
        *("createtime", "starttime", "updatetime", "endtime", "finishtime", "createdat", "updatedat"),
        *("creationtimestamp", "resourceversion", "startat", "endat"),
        *("created", "updated", "timestamp", "runtime", "traintime", "createdate", "finishdate"),
        *("modelmetriclist", "systemmetriclist", "metrics", "checkpointlist", "runprogress", "runstatus"),
        *("errorcode", "errormessage", "errormsg", "failreason", "failedreason", "failurereason", "reason"),
        *("versions", "versioncount", "nodecountmetrics", "trainstatus", "vdllink", "runid", "generation"),
        *("statushistory", "tasks", "taskstatuses", "runningrecords", "hanginfo", "events", "username"),
        *("requestid", "logid", "latency", "httpcode", "totalcount", "extendinfo"),
        *("traininstancelist", "url", "accessaddress", "token"),
    }
)
_NAMED_BY_USER = ("", "metadata")  # where a record has its own name, which is no setting
_FIRST = ("parameter", "hyper", "algorithm", "engine", "spec", "flavor", "image", "code", "app_url", "boot")
_MOST_SETTINGS = 5_000
_LONGEST_VALUE = 300
NOTHING = "–"


class Difference(NamedTuple):
    """A setting that differs; None where a side has none. Secrets are masked."""

    path: str
    a: str | None
    b: str | None


class StageRow(NamedTuple):
    """A stage or a time of both sides as text, None where unknown."""

    name: str
    a: str | None
    b: str | None


class Side(NamedTuple):
    """One of the two: the resource with its full record, and what its log says.

    ``error`` is the first error of its log files, of which ``unread`` were not searched; ``missing`` has the
    reasons for what could not be read. ``job`` is the name of the job whose newest version it is, ``""``
    where a version was asked for.
    """

    resource: Resource
    error: FirstError | None = None
    log: SignalLog | None = None
    missing: tuple[str, ...] = ()
    job: str = ""
    unread: int = 0

    @property
    def name(self) -> str:
        """The name of the resource, after that of its job."""
        return f"{self.job} {self.resource.name}".strip()


class Comparison(NamedTuple):
    """The differences between two resources; ``equal`` is the number of settings that do not."""

    a: Side
    b: Side
    differs: tuple[Difference, ...]
    equal: int
    stages: tuple[StageRow, ...]

    @property
    def series_names(self) -> tuple[str, ...]:
        """The names of the series of both logs, those of the first one first."""
        logs = [side.log for side in (self.a, self.b) if side.log is not None]
        return tuple(
            dict.fromkeys(name for log in logs for segment in log.segments for name in segment.series)
        )


def compare(a: Side, b: Side) -> Comparison:
    """Return the comparison of two resources of one kind."""
    of_a, of_b = read_settings(a.resource.raw.parse_value()), read_settings(b.resource.raw.parse_value())
    paths = sorted({*of_a, *of_b}, key=build_sort_key)
    none = (None, None)
    differs = [
        Difference(path, of_a.get(path, none)[1], of_b.get(path, none)[1])
        for path in paths
        if of_a.get(path, none)[0] != of_b.get(path, none)[0]
    ]
    return Comparison(
        a, b, tuple(differs), len(paths) - len(differs), _compare_stages(a.resource, b.resource)
    )


def _compare_stages(a: Resource, b: Resource) -> tuple[StageRow, ...]:
    pairs = (
        ("status", shorten_status(a.status), shorten_status(b.status)),
        ("waited", _format_wait(a), _format_wait(b)),
        ("ran", _format_duration(a), _format_duration(b)),
    )
    return tuple(StageRow(*pair) for pair in pairs if pair[1] is not None or pair[2] is not None)


def _format_duration(resource: Resource) -> str | None:
    return None if resource.duration_ms is None else format_duration(resource.duration_ms / 1000)


def _format_wait(resource: Resource) -> str | None:
    """Return the time from creation to start, where the record has both."""
    record = resource.raw.parse_value()
    started = record.get("start_time") if isinstance(record, dict) else None
    if started is None and isinstance(record, dict) and isinstance(record.get("status"), dict):
        started = record["status"].get("start_time")
    if not isinstance(started, int | float) or not resource.created_at or started < resource.created_at:
        return None
    return format_duration((started - resource.created_at) / 1000)


def read_settings(record: Any) -> dict[str, tuple[str, str]]:
    """Return the value of each setting by its path: as it is compared, and as it is shown, secrets masked.

    A list of objects with a name and a value becomes one setting for each name; null and empty are left out.
    """
    masked = mask_secrets(record)
    shown = dict(_flatten(masked, ""))
    found: dict[str, tuple[str, str]] = {}
    for path, value in _flatten(record, ""):
        found[path] = (value, shown.get(path, "***")[:_LONGEST_VALUE])
        if len(found) >= _MOST_SETTINGS:
            break
    return found


def _flatten(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and value[:1] in "[{" and value:
        value = _parse_value(value)
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if _is_setting(str(name)) or (path not in _NAMED_BY_USER and str(name).casefold() == "name"):
                yield from _flatten(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        yield from _flatten_list(value, path)
    elif value not in (None, ""):
        yield path, value if isinstance(value, str) else json.dumps(value)


def _is_setting(name: str) -> bool:
    return name.replace("_", "").casefold() not in _NOT_SETTINGS


def _flatten_list(values: list[Any], path: str) -> Iterator[tuple[str, str]]:
    for number, inner in enumerate(values):
        named = _unpack_named_value(inner)
        if named is not None:
            yield from _flatten(named[1], f"{path}.{named[0]}")
        else:
            yield from _flatten(inner, path if len(values) == 1 else f"{path}[{number}]")


def _unpack_named_value(value: Any) -> tuple[str, Any] | None:
    """Return name and value of an object that is a named value."""
    if not isinstance(value, Mapping):
        return None
    name = next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), None)
    held = next((value[key] for key in _VALUE_KEYS if key in value), None)
    return None if name is None or held is None else (name, held)


def _parse_value(text: str) -> Any:
    """Return JSON inside a string as its value; any other text unchanged."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def build_sort_key(path: str) -> tuple[int, str]:
    """Return the sort key of a path: parameters, flavor, image, engine and code come first."""
    lower = path.lower()
    return next((rank for rank, word in enumerate(_FIRST) if word in lower), len(_FIRST)), path


class ComparisonRow(NamedTuple):
    """A title, or a name with the texts of both sides."""

    name: str
    a: str = ""
    b: str = ""
    is_title: bool = False

    @property
    def differs(self) -> bool:
        """Whether the sides say different things."""
        return self.a != self.b

    def format_lines(self, name_cells: int, cells: int) -> list[str]:
        """Return the row as lines of text: the name, then each side wrapped to ``cells``."""
        left, right = wrap_cells(self.a, cells) or [""], wrap_cells(self.b, cells) or [""]
        names = wrap_cells(self.name, name_cells) or [""]
        count = max(len(left), len(right), len(names))
        columns = [column + [""] * (count - len(column)) for column in (names, left, right)]
        return [
            f"{fit(name, name_cells)}  {fit(a, cells)}  {b}".rstrip()
            for name, a, b in zip(*columns, strict=True)
        ]


def build_rows(found: Comparison) -> list[ComparisonRow]:
    """Return the rows of a comparison, grouped under titles."""
    a, b = found.a, found.b
    rows = [
        ComparisonRow("Compared", is_title=True),
        ComparisonRow("name", clean(a.name), clean(b.name)),
        ComparisonRow("id", clean(a.resource.id), clean(b.resource.id)),
        *(ComparisonRow(stage.name, stage.a or NOTHING, stage.b or NOTHING) for stage in found.stages),
        ComparisonRow(f"Settings: {len(found.differs)} differ, {found.equal} equal", is_title=True),
        *(
            ComparisonRow(clean(one.path), clean(one.a or NOTHING), clean(one.b or NOTHING))
            for one in found.differs
        ),
        ComparisonRow("First error", is_title=True),
        ComparisonRow("in the log", _format_error(a), _format_error(b)),
    ]
    names = found.series_names
    if names:
        rows.append(ComparisonRow("Last values of the log", is_title=True))
        rows.append(ComparisonRow("step", _format_step(a), _format_step(b)))
        rows += [ComparisonRow(clean(name), _format_last(a, name), _format_last(b, name)) for name in names]
    return rows


def _format_error(side: Side) -> str:
    if side.missing:
        return clean(" ".join(side.missing))
    if side.error is None:
        return f"none; not searched: {pluralize(side.unread, 'file')}" if side.unread else "none"
    line = f":{side.error.line}" if side.error.line is not None else ""
    return clean(f"{side.error.file}{line}: {side.error.summary or side.error.text}")


def _format_step(side: Side) -> str:
    if side.log is None or side.log.step is None:
        return NOTHING
    total = f"/{side.log.total_steps}" if side.log.total_steps else ""
    return f"{side.log.step}{total}"


def _format_last(side: Side, name: str) -> str:
    segments = side.log.segments if side.log is not None else []
    series = next((segment.series[name] for segment in reversed(segments) if name in segment.series), None)
    if series is None:
        return NOTHING
    trend = find_trend(series.points.values[-50:])
    return f"{series.points[-1].value:.4g} {trend}".rstrip()


def serialize_comparison(found: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON values; points are ``[step, time_ms, value]``."""
    return {
        "a": _serialize_side(found.a),
        "b": _serialize_side(found.b),
        "differs": [one._asdict() for one in found.differs],
        "equal": found.equal,
        "stages": [stage._asdict() for stage in found.stages],
        "first_error": {
            letter: None if side.error is None else side.error.as_json()
            for letter, side in (("a", found.a), ("b", found.b))
        },
        "series": [
            {"name": name, "a": _serialize_points(found.a, name), "b": _serialize_points(found.b, name)}
            for name in found.series_names
        ],
    }


def _serialize_side(side: Side) -> dict[str, Any]:
    resource = side.resource
    return {
        "kind": resource.kind,
        "id": resource.id,
        "name": resource.name,
        "status": resource.status,
        "phase": resource.phase.value,
        "created_at": format_iso_utc(resource.created_at),
        "missing": list(side.missing),
    }


def _serialize_points(side: Side, name: str) -> list[list[Any]] | None:
    """Return the points of a series, of all segments in their order; None without such a series."""
    segments = side.log.segments if side.log is not None else []
    found = [segment.series[name] for segment in segments if name in segment.series]
    if not found:
        return None
    return [[p.step, p.time_ms, serialize_number(p.value)] for series in found for p in series.points]

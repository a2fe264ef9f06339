"""The settings of a resource: its record flattened to paths, without what no user has set. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from matui.base.redaction import mask_secrets

_NAME_KEYS = ("label", "name", "key")
_VALUE_KEYS = frozenset({"value", "default", "val"})
# Identities, states, times and measurements: these differ between any two runs.
_NOT_SETTINGS = frozenset(
    {
        *("id", "uuid", "jobid", "versionid", "versionname", "preversionid", "resourceid", "taskid"),
        *("jobname", "name", "issuccess", "status", "phase", "secondaryphase", "progress", "duration"),
        *("createtime", "starttime", "updatetime", "endtime", "finishtime", "createdat", "updatedat"),
        *("created", "updated", "timestamp", "runtime", "traintime", "createdate", "finishdate"),
        *("modelmetriclist", "systemmetriclist", "metrics", "checkpointlist", "runprogress", "runstatus"),
        *("errorcode", "errormessage", "errormsg", "failreason", "failedreason", "failurereason", "reason"),
        *("versions", "versioncount", "nodecountmetrics", "trainstatus", "vdllink", "runid", "generation"),
        *("statushistory", "tasks", "taskstatuses", "runningrecords", "hanginfo", "events", "username"),
        *("requestid", "logid", "latency", "httpcode", "totalcount", "extendinfo"),
        *("traininstancelist", "url", "accessaddress", "token"),
    }
)
_FIRST = ("parameter", "hyper", "algorithm", "engine", "spec", "flavor", "image", "code", "app_url", "boot")
_MOST_SETTINGS = 5_000
_LONGEST_VALUE = 300


def settings_of(record: Any) -> dict[str, tuple[str, str]]:
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
        value = _parsed(value)
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if _is_setting(str(name)) or (path and str(name).casefold() == "name"):
                yield from _flatten(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        yield from _flatten_list(value, path)
    elif value not in (None, ""):
        yield path, value if isinstance(value, str) else json.dumps(value)


def _is_setting(name: str) -> bool:
    return name.replace("_", "").casefold() not in _NOT_SETTINGS


def _flatten_list(values: list[Any], path: str) -> Iterator[tuple[str, str]]:
    for number, inner in enumerate(values):
        named = _named(inner)
        if named is not None:
            yield from _flatten(named[1], f"{path}.{named[0]}")
        else:
            yield from _flatten(inner, path if len(values) == 1 else f"{path}[{number}]")


def _named(value: Any) -> tuple[str, Any] | None:
    """Return name and value of an object that is a named value."""
    if not isinstance(value, Mapping):
        return None
    name = next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), None)
    held = next((value[key] for key in _VALUE_KEYS if key in value), None)
    return None if name is None or held is None else (name, held)


def _parsed(text: str) -> Any:
    """Return JSON inside a string as its value; any other text unchanged."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def order_of(path: str) -> tuple[int, str]:
    """Return the sort key of a path: parameters, flavor, image, engine and code come first."""
    lower = path.lower()
    return next((rank for rank, word in enumerate(_FIRST) if word in lower), len(_FIRST)), path

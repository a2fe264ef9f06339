"""Describe the changes of a form for dialogs, terminals and the audit trail, secrets hidden. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from matui.base.redaction import HIDDEN, hide_secrets
from matui.base.toml import TomlPath, toml_key, toml_line
from matui.resources.forms.form import ABSENT, FieldChange, Form, Values, get_value, map_by_label

_LONGEST = 300
NEW_NAME: TomlPath = ("metadata", "name")


def format_path(path: TomlPath) -> str:
    """Return a path in the syntax of ``--set``: ``config.0.weight``."""
    return ".".join(str(step) if isinstance(step, int) else toml_key(step) for step in path)


def format_value(path: TomlPath, value: Any) -> str:
    """Return a value on one line as TOML, ``–`` for ABSENT."""
    if value is ABSENT:
        return "–"
    text = toml_line(hide_secrets(value, path))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"


def format_change(change: FieldChange) -> tuple[str, str, str]:
    """Return the path, the old value and the new value of a change."""
    old, new = format_value(change.path, change.old), format_value(change.path, change.new)
    if old == new == toml_line(HIDDEN):
        new = f"{new} (another one)"
    return format_path(change.path), old, new


def audit_parameters(form: Form, values: Values, changes: tuple[FieldChange, ...]) -> dict[str, Any]:
    """Return the parameters that the audit records of a form: everything when creating, else the changes."""
    parameters = dict(_flat((), values)) if form.mode == "create" else {c.path: c.new for c in changes}
    parameters |= dict(form.fixed)
    if form.mode == "rerun" and (name := get_value(values, NEW_NAME)) is not ABSENT:
        parameters[NEW_NAME] = name  # the resource made is found by it when the answer is lost
    return {
        format_path(path): None if value is ABSENT else _plain(hide_secrets(value, path))
        for path, value in parameters.items()
    }


def audit_state(form: Form) -> dict[str, Any]:
    """Return each value, table and list of a form in the form in which the audit records it."""
    places = _places((), form.values)
    return {format_path(path): _plain(hide_secrets(value, path)) for path, value in places}


def _places(path: TomlPath, value: Any) -> Iterator[tuple[TomlPath, Any]]:
    if path:
        yield path, value
    inner: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, Mapping) else ()
    if isinstance(value, list):
        named = map_by_label(value)
        inner = named.items() if named else enumerate(value)
    for name, within in inner:
        yield from _places((*path, name), within)


def _plain(value: Any) -> Any:
    """Return the value with dates and times, which JSON lacks, as text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _flat(path: TomlPath, tree: Any) -> Iterator[tuple[TomlPath, Any]]:
    if isinstance(tree, dict) and tree:
        for name, value in tree.items():
            yield from _flat((*path, name), value)
    else:
        yield path, tree


def find_name(values: Values) -> str:
    """Return the name in the values of a new resource, ``""`` without one."""
    names = [values.get(name) for name in ("name", "job_name", "service_name", "config_name", "model_name")]
    names += [get_value(values, path) for path in (NEW_NAME, ("deployment", "name"))]
    return next((name for name in names if isinstance(name, str)), "")

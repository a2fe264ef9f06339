"""Apply ``--set field=value`` to the values of a form. Pure."""

from __future__ import annotations

from typing import Any

from matui.base.errors import UsageError
from matui.base.toml import TomlPath, parse_toml
from matui.resources.forms.form import ABSENT, Absent, Field, Form, Values, get_value, put_value


def set_value(form: Form, values: Values, assignment: str) -> TomlPath:
    """Apply ``assignment`` (``field=value``) to the values and return its path.

    The field may be given by an unambiguous end of its path. The value is text where the field holds text,
    else TOML. Raises UsageError for an unknown or ambiguous field.
    """
    name, equals, text = assignment.partition("=")
    name = name.strip()
    if not equals or not name:
        raise UsageError(f"--set {assignment!r} is not field=value.")
    field, rest = _field_named(form, name)
    path: TomlPath = (*field.path, *(int(step) if step.isdecimal() else step for step in rest))
    holder = get_value(values, field.path)
    if rest and _holds_labels(field, holder) and not rest[0].isdecimal():
        _set_label(values, field, ".".join(rest), text)
        return path
    value = _parsed(text, like=_present(field, get_value(values, path), bool(rest)))
    if not _put_inside(values, path, value):
        raise UsageError(f"--set {name}: there is nothing of that name to be set.", remedy=_fields(form))
    return path


def _field_named(form: Form, name: str) -> tuple[Field, tuple[str, ...]]:
    found: list[tuple[int, int, Field, tuple[str, ...]]] = []
    for field in form.fields:
        for start in range(len(field.path)):
            dotted = ".".join(field.path[start:])
            if name == dotted or name.startswith(f"{dotted}."):
                rest = tuple(name[len(dotted) + 1 :].split(".")) if name != dotted else ()
                found.append((start, -len(dotted), field, rest))
    found.sort(key=lambda one: one[:2])
    if not found:
        raise UsageError(f"There is no field {name!r} here.", remedy=_fields(form))
    if len(found) > 1 and found[0][:2] == found[1][:2]:
        raise UsageError(f"{name!r} could be several fields.", remedy=_fields(form))
    return found[0][2], found[0][3]


def _fields(form: Form) -> str:
    return f"Fields: {', '.join('.'.join(field.path) for field in form.fields)}."


def _holds_labels(field: Field, value: Any) -> bool:
    items = value if isinstance(value, list) and value else field.example
    return isinstance(items, list) and bool(items) and isinstance(items[0], dict) and "label" in items[0]


def _set_label(values: Values, field: Field, label: str, text: str) -> None:
    held = get_value(values, field.path)
    items = [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []
    new = {"label": label, "value": text}
    if any(item.get("label") == label for item in items):
        items = [new if item.get("label") == label else item for item in items]
    else:
        items = [*items, new]
    put_value(values, field.path, items)


def _present(field: Field, now: Any, inside: bool) -> Any:
    if now is not ABSENT:
        return now
    return None if inside else field.value if field.value is not None else field.example


def _parsed(text: str, *, like: Any) -> Any:
    if isinstance(like, str):
        return text
    try:
        return parse_toml(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _put_inside(values: Values, path: TomlPath, value: Any) -> bool:
    around = get_value(values, path[:-1])
    if isinstance(around, list):
        at = path[-1]
        if not isinstance(at, int) or at >= len(around):
            return False
        around[at] = value
        return True
    in_the_way = (get_value(values, path[:length]) for length in range(1, len(path)))
    if around is ABSENT and any(not isinstance(held, dict | Absent) for held in in_the_way):
        return False
    if isinstance(around, dict):
        around[path[-1]] = value
    else:
        put_value(values, path, value)
    return True

"""Forms: fields with values and limits, and the differences between two sets of values. Pure.

The values of a form have the shape of the request body; a path leads to one value in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from matui.base.redaction.known import HIDDEN
from matui.base.redaction.masking import hide_secrets
from matui.base.text.near_names import find_nearest_names
from matui.base.toml import TomlPath, format_toml_key, format_toml_line
from matui.resources.model import Resource

Values: TypeAlias = dict[str, Any]
FormMode: TypeAlias = Literal["edit", "create", "rerun"]
_LONGEST = 300
NEW_NAME: TomlPath = ("metadata", "name")


class Absent:
    """The type of ``ABSENT``, the value at a path that does not exist."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


class Field(NamedTuple):
    """One value of a form. ``value`` None is unset: it is shown commented out, as ``example``.

    ``help`` and ``limits`` are one line each, ``choices`` a line for each value that is allowed. ``tables``
    writes a list of tables as ``[[name]]``; ``items`` says what stands in each of them. ``bounds`` are the
    least and the most of a number, None where there is none.
    """

    path: tuple[str, ...]
    help: str
    value: Any = None
    limits: str = ""
    choices: tuple[str, ...] = ()
    example: Any = ""
    tables: bool = False
    items: tuple[tuple[str, str], ...] = ()
    bounds: tuple[float | None, float | None] = (None, None)


class Form(NamedTuple):
    """The fields to edit or create a resource.

    ``subject`` is the resource, or an empty placeholder of its kind when creating. ``context`` is shown but
    cannot be changed. With ``whole`` a value that is left out is removed, not kept. ``fixed`` values are sent
    too and cannot be changed. ``owners`` are the ids and names of what it may be within.
    """

    mode: FormMode
    subject: Resource
    fields: tuple[Field, ...]
    context: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    whole: bool = False
    fixed: tuple[tuple[TomlPath, Any], ...] = ()
    owners: tuple[tuple[str, str], ...] = ()

    @property
    def values(self) -> Values:
        """The current values without unset ones."""
        tree: Values = {}
        for field in self.fields:
            if field.value is not None:
                put_value(tree, field.path, field.value)
        return tree

    def find_field(self, path: TomlPath) -> Field | None:
        """Return the field that a path belongs to, or None."""
        return next((field for field in self.fields if path[: len(field.path)] == field.path), None)


class Problem(NamedTuple):
    """A validation error of a value; an empty path means the whole form."""

    path: TomlPath
    sentence: str


class FieldChange(NamedTuple):
    """A value that differs; ABSENT where a side has none."""

    path: TomlPath
    old: Any
    new: Any


def put_value(tree: Values, path: Sequence[str | int], value: Any) -> None:
    """Set a value in a tree of tables; a value in the way of the path is replaced by a table."""
    at: Any = tree
    for step in path[:-1]:
        inner = at.get(step)
        if not isinstance(inner, dict):
            inner = at[step] = {}
        at = inner
    at[path[-1]] = value


def get_value(tree: Any, path: Sequence[str | int]) -> Any:
    """Return the value at a path, ABSENT where there is none."""
    at = tree
    for step in path:
        if not _leads_on(at, step):
            return ABSENT
        at = at[step]
    return at


def _leads_on(at: Any, step: str | int) -> bool:
    if isinstance(at, list):
        return isinstance(step, int) and 0 <= step < len(at)
    return isinstance(at, dict) and step in at


def remove_value(tree: Values, path: Sequence[str | int]) -> None:
    """Remove the value at a path, if it is there."""
    around = get_value(tree, path[:-1])
    if isinstance(around, dict):
        around.pop(path[-1], None)


def find_changes(form: Form, before: Values, after: Values) -> tuple[FieldChange, ...]:
    """Return the differences in the form's order; without ``whole`` only for fields in ``after``."""
    found: list[FieldChange] = []
    for field in form.fields:
        old, new = get_value(before, field.path), get_value(after, field.path)
        if new is ABSENT and not form.whole:
            continue
        found += _find_differences(field.path, old, new)
    return tuple(found)


def _find_differences(path: TomlPath, old: Any, new: Any) -> Iterator[FieldChange]:
    if is_same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            yield from _find_differences((*path, name), old.get(name, ABSENT), new.get(name, ABSENT))
        return
    if isinstance(old, list) and isinstance(new, list):
        named = map_by_label(old), map_by_label(new)
        if named[0] is not None and named[1] is not None:
            yield from (
                _find_differences(path, *named) if named[0] != named[1] else (FieldChange(path, old, new),)
            )
            return
        if len(old) == len(new) and all(isinstance(item, dict) for item in (*old, *new)):
            for at, (one, other) in enumerate(zip(old, new, strict=True)):
                yield from _find_differences((*path, at), one, other)
            return
    yield FieldChange(path, old, new)


def is_same(old: Any, new: Any) -> bool:
    """Return whether two values are equal and of the same type: ``true`` is not 1, nor 1 equal to 1.0."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(is_same(old[name], new[name]) for name in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(is_same(a, b) for a, b in zip(old, new, strict=True))
    return type(old) is type(new) and (old == new or (old != old and new != new))


def map_by_label(items: list[Any]) -> dict[str, Any] | None:
    """Return a list of ``{label, value}`` as a map, None for any other list or with a repeated label."""
    named: dict[str, Any] = {}
    for item in items:
        if not isinstance(item, Mapping) or set(item) != {"label", "value"}:
            return None
        label = item["label"]
        if not isinstance(label, str) or label in named:
            return None
        named[label] = item["value"]
    return named


def find_unknown_fields(form: Form, after: Values) -> tuple[Problem, ...]:
    """Return a problem for every value in ``after`` without a field in the form."""
    return tuple(
        Problem(path, _explain_no_such(form, path)) for path in _iterate_unknown_paths(form, after, ())
    )


def _iterate_unknown_paths(form: Form, tree: Values, path: TomlPath) -> Iterator[TomlPath]:
    for name, value in tree.items():
        here = (*path, name)
        if form.find_field(here) is not None:
            continue
        leads_on = any(field.path[: len(here)] == here for field in form.fields)
        if leads_on and isinstance(value, dict):
            yield from _iterate_unknown_paths(form, value, here)
        else:
            yield here


def _explain_no_such(form: Form, path: TomlPath) -> str:
    if any(field.path[: len(path)] == path for field in form.fields):
        return "it has to be a table"
    names = [".".join(field.path) for field in form.fields]
    near = find_nearest_names(".".join(map(str, path)), names)
    return f"there is no such field here; did you mean {near[0]}?" if near else "there is no such field here"


def find_blamed_field(form: Form, sentence: str) -> TomlPath:
    """Return the path of the first field that a sentence names, ``()`` without one."""
    words = sentence.replace(",", " ").replace(":", " ").split()
    for word in words:
        for field in form.fields:
            names = {field.path[-1], *(name for name, _ in field.items)}
            if word in names or word.removesuffix("s") in names:
                return field.path
    return ()


def merge_changes(form: Form, fresh: Values, after: Values, changes: Sequence[FieldChange]) -> Values:
    """Return ``fresh`` with each changed field as in ``after``, and the fixed values."""
    tree: Values = copy_tree(fresh)
    changed = [field for change in changes if (field := form.find_field(change.path)) is not None]
    for field in changed:
        new = get_value(after, field.path)
        if new is ABSENT:
            remove_value(tree, field.path)
        else:
            put_value(tree, field.path, new)
    for path, value in form.fixed:
        put_value(tree, path, value)
    return tree


def copy_tree(tree: Any) -> Any:
    """Return a deep copy of tables and lists."""
    if isinstance(tree, dict):
        return {name: copy_tree(value) for name, value in tree.items()}
    return [copy_tree(value) for value in tree] if isinstance(tree, list) else tree


def format_path(path: TomlPath) -> str:
    """Return a path in the syntax of ``--set``: ``config.0.weight``."""
    return ".".join(str(step) if isinstance(step, int) else format_toml_key(step) for step in path)


def format_value(path: TomlPath, value: Any) -> str:
    """Return a value on one line as TOML, ``–`` for ABSENT."""
    if value is ABSENT:
        return "–"
    text = format_toml_line(hide_secrets(value, path))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"


def format_change(change: FieldChange) -> tuple[str, str, str]:
    """Return the path, the old value and the new value of a change."""
    old, new = format_value(change.path, change.old), format_value(change.path, change.new)
    if old == new == format_toml_line(HIDDEN):
        new = f"{new} (another one)"
    return format_path(change.path), old, new


def build_audit_parameters(form: Form, values: Values, changes: tuple[FieldChange, ...]) -> dict[str, Any]:
    """Return the parameters that the audit records of a form: everything when creating, else the changes."""
    parameters = (
        dict(_iterate_leaves((), values)) if form.mode == "create" else {c.path: c.new for c in changes}
    )
    parameters |= dict(form.fixed)
    if form.mode == "rerun" and (name := get_value(values, NEW_NAME)) is not ABSENT:
        parameters[NEW_NAME] = name  # the resource made is found by it when the answer is lost
    return {
        format_path(path): None if value is ABSENT else _convert_dates(hide_secrets(value, path))
        for path, value in parameters.items()
    }


def build_audit_state(form: Form) -> dict[str, Any]:
    """Return each value, table and list of a form in the form in which the audit records it."""
    places = _iterate_places((), form.values)
    return {format_path(path): _convert_dates(hide_secrets(value, path)) for path, value in places}


def _iterate_places(path: TomlPath, value: Any) -> Iterator[tuple[TomlPath, Any]]:
    if path:
        yield path, value
    inner: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, Mapping) else ()
    if isinstance(value, list):
        named = map_by_label(value)
        inner = named.items() if named else enumerate(value)
    for name, within in inner:
        yield from _iterate_places((*path, name), within)


def _convert_dates(value: Any) -> Any:
    """Return the value with dates and times, which JSON lacks, as text."""
    if isinstance(value, Mapping):
        return {str(name): _convert_dates(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_convert_dates(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _iterate_leaves(path: TomlPath, tree: Any) -> Iterator[tuple[TomlPath, Any]]:
    if isinstance(tree, dict) and tree:
        for name, value in tree.items():
            yield from _iterate_leaves((*path, name), value)
    else:
        yield path, tree


def find_name(values: Values) -> str:
    """Return the name in the values of a new resource, ``""`` without one."""
    names = [values.get(name) for name in ("name", "job_name", "service_name", "config_name", "model_name")]
    names += [get_value(values, path) for path in (NEW_NAME, ("deployment", "name"))]
    return next((name for name in names if isinstance(name, str)), "")

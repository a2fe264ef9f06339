"""Rewrites the generated parts of the guide and the prepared help: ``python -m tests.guide``.

A part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``; NAME is a key of ``PARTS``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

import matui.guide
import tests.prepared_help
from matui.base.codes.error_codes import list_explanations
from matui.cli.group import COMMANDS
from matui.config.keymap import DEFAULT_KEYS
from matui.config.section_settings import (
    Capsules,
    Countdown,
    Guard,
    JournalSettings,
    Logs,
    NotifyRule,
    SignalRule,
    Triage,
)
from matui.config.settings import LOG_CADENCE_S, Profile, Settings
from matui.console.commands.keys import format_keys
from matui.console.commands.registry import list_commands
from matui.console.terminal.support import ATTRIBUTES, METHODS
from matui.resources.filter_fields import list_fields
from matui.resources.registry import INNER_KINDS, KIND_KEYS, KINDS

GUIDE = Path(matui.guide.__file__).parent
FILES = (GUIDE.parent / "README.md", *sorted(GUIDE.glob("*.md")))
_PART = re.compile(r"(<!-- generated: ([a-z ]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
_SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("top level", Settings),
    ("`[logs]`", Logs),
    ("`[[signals]]`", SignalRule),
    ("`[triage]`", Triage),
    ("`[journal]`", JournalSettings),
    ("`[[notify]]`", NotifyRule),
    ("`[capsules]`", Capsules),
    ("`[profiles.NAME]`", Profile),
    ("`[profiles.NAME.guard]`", Guard),
    ("`[profiles.NAME.guard.countdown]`", Countdown),
)
_FIELDS = {
    "phase": ("text", "the phase; the beginning of the word is enough"),
    "status": ("text", "the cloud's own word, with or without its prefix"),
    "name": ("text", "the name"),
    "id": ("text", "the id"),
    "owner": ("text", "the owner"),
    "workspace": ("text", "the id of the workspace"),
    "profile": ("text", "the profile"),
    "cloud": ("text", "the cloud"),
    "kind": ("text", "the kind; useful in triage"),
    "age": ("span of time", "since it was created"),
    "duration": ("span of time", "how long it has run"),
    "updated": ("span of time", "since it was changed"),
}


def _format_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _format_code(*words: str) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _format_keys() -> str:
    defaults = KIND_KEYS | DEFAULT_KEYS
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for command in list_commands():
        pressed = format_keys(defaults.get(command.id, "")).split()
        row = (_format_code(*pressed or (f":{command.id}",)), command.title, _format_code(command.id))
        groups.setdefault(command.group, []).append(row)
    head = ("key", "does", "binding id")
    return "\n\n".join(f"## {group}\n\n{_format_table(head, rows)}" for group, rows in groups.items())


def _format_commands() -> str:
    return _format_table(
        ("command", "does"), [(_format_code(f"matui {name}"), lazy.help) for name, lazy in COMMANDS.items()]
    )


def _format_settings() -> str:
    parts = []
    for title, model in _SECTIONS:
        rows = [
            (
                _format_code(field.alias or name),
                _describe_value(field),
                _describe_default(field),
                field.description or "",
            )
            for name, field in model.model_fields.items()
            if not (model is Profile and name == "name")
        ]
        if model is Countdown:
            rows = [(name, "seconds", default, "") for name, _, default, _ in rows]
        parts.append(f"### {title}\n\n{_format_table(('key', 'value', 'default', 'meaning'), rows)}")
    return "\n\n".join(parts)


def _describe_value(field: Any) -> str:
    words = _describe_type(field.annotation)
    return "seconds" if words == "number" and (field.description or "").startswith("Seconds") else words


def _describe_type(annotation: Any) -> str:
    arguments = [one for one in get_args(annotation) if one is not type(None)]
    origin = get_origin(annotation)
    if origin is Literal:
        return _format_code(*(f'"{word}"' for word in arguments))
    if origin is dict:
        return "table"
    if origin is list:
        inner = _describe_type(arguments[0])
        return f"list of {inner}" if inner.startswith("`") else "list"
    if arguments:
        return _describe_type(arguments[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table"
    return {bool: "true or false", int: "number", float: "number", str: "text"}.get(annotation, "secret")


def _describe_default(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel) or value is None or value in ([], {}):
        return ""
    if isinstance(value, bool):
        return _format_code(str(value).lower())
    if isinstance(value, list):
        return _format_code(str(value).replace("'", '"'))
    return _format_code(f'"{value}"' if isinstance(value, str) else f"{value:g}")


def _format_cadence() -> str:
    rows = [(_format_code(kind.id), f"{kind.cadence_s:g}") for kind in KINDS.values()]
    return _format_table(("kind", "seconds"), [*rows, (_format_code("logs"), f"{LOG_CADENCE_S:g}")])


def _format_error_codes() -> str:
    rows: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for one in list_explanations():
        rows[one.kind].append((_format_code(one.code), one.meaning, one.remedy))
    return "\n\n".join(
        f"### {kind}\n\n{_format_table(('code', 'meaning', 'what to do'), own)}" for kind, own in rows.items()
    )


def _format_kinds() -> str:
    rows = [
        (
            _format_code(kind.id),
            _format_code(kind.singular, *kind.short),
            kind.title,
            _format_code(kind.key) if kind.key else "",
            _format_code(*(action.id for action in kind.actions)) if kind.actions else "",
        )
        for kind in KINDS.values()
    ]
    return _format_table(("kind", "other names", "is", "key", "actions"), rows)


def _format_columns() -> str:
    parts = []
    for kind in (*KINDS.values(), *INNER_KINDS.values()):
        rows = [
            (
                column.title,
                _format_code(column.id),
                " ".join(word for word, holds in (("wide", column.wide), ("sparse", column.sparse)) if holds),
            )
            for column in kind.columns
        ]
        parts.append(f"### {kind.title}\n\n{_format_table(('column', 'field', ''), rows)}")
    return "\n\n".join(parts)


def _filter_fields() -> str:
    return _format_table(
        ("field", "value", "meaning"),
        [(_format_code(name), *_FIELDS[name]) for name in _list_common_fields()],
    )


def _list_common_fields() -> Iterator[str]:
    """Yield the fields that belong to no column alone."""
    unknown = set(_FIELDS) - set(list_fields(()))
    if unknown:
        raise LookupError(f"no such filter fields: {unknown}")
    yield from _FIELDS


def _format_private_parts() -> str:
    parts: dict[str, list[str]] = {}
    for module, owner, name, _parameters in METHODS:
        parts.setdefault(f"{module}.{owner}", []).append(name)
    for module, owner, names in ATTRIBUTES:
        parts.setdefault(f"{module}.{owner}", []).extend(names)
    return _format_table(
        ("class", "parts"), [(_format_code(owner), _format_code(*names)) for owner, names in parts.items()]
    )


PARTS: dict[str, Callable[[], str]] = {
    "keys": _format_keys,
    "commands": _format_commands,
    "settings": _format_settings,
    "cadence": _format_cadence,
    "error codes": _format_error_codes,
    "kinds": _format_kinds,
    "columns": _format_columns,
    "filter fields": _filter_fields,
    "private parts": _format_private_parts,
}


def update_text(text: str) -> str:
    """Return a file of the guide with its generated parts made anew."""
    return _PART.sub(lambda match: f"{match[1]}\n{PARTS[match[2]]()}\n\n{match[4]}", text)


def main() -> None:
    """Rewrite the files that are out of date, and print their names."""
    for file in FILES:
        text = file.read_text("utf-8")
        updated = update_text(text)
        if updated != text:
            file.write_text(updated, "utf-8")
            print(file.name)
    tests.prepared_help.write_all()


if __name__ == "__main__":
    main()

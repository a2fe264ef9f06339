"""A form as a commented TOML text: limits, allowed values and the value now stand above each field. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from matui.base.toml import toml_key, toml_line, toml_value
from matui.resources.form import Field, Form
from matui.text import reveal

MARK = "# ✗ "
_WIDTH = 100
_LONGEST_NOW = 300
_HOW = {
    "edit": "Save and close: what you changed is shown before anything is sent. Close unchanged to leave it.",
    "create": "Fill in, save and close: it is shown before anything is sent. Close unchanged to give up.",
    "rerun": "Save and close: the new version is shown before anything is sent.",
}


def form_text(form: Form, title: str) -> str:
    """Return the whole document. Text of the cloud in a comment is on one line and moves no terminal."""
    lines = [
        *_comment(title),
        *_comment(_HOW[form.deed]),
        *_comment("A line that begins with # is not read."),
    ]
    for note in form.notes:
        lines += _comment(note)
    if form.context:
        lines.append("#")
        width = max(len(label) for label, _ in form.context)
        lines += [f"#   {reveal(label):<{width}}  {reveal(value)}" for label, value in form.context]
    lines += _fields(form)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _fields(form: Form) -> Iterator[str]:
    tables: dict[tuple[str, ...], list[Field]] = {(): []}
    for field in form.fields:
        if not field.tables:
            tables.setdefault(field.path[:-1], []).append(field)
    for table, fields in tables.items():
        if table:
            yield from ("", f"[{toml_key(*table)}]")
        for field in fields:
            yield from _field(field, form)
    for field in form.fields:
        if field.tables:
            yield from _tables(field, form)


def _field(field: Field, form: Form) -> Iterator[str]:
    yield ""
    yield from _words(field)
    key = toml_key(field.path[-1])
    if field.value is None:
        for line in f"{key} = {toml_value(field.example)}".split("\n"):
            yield f"# {line}"
        return
    yield from _now(field, form)
    yield from f"{key} = {toml_value(field.value)}".split("\n")


def _now(field: Field, form: Form) -> Iterator[str]:
    now = toml_line(field.value)
    if form.deed != "create" and len(now) <= _LONGEST_NOW:
        yield f"# now: {now}"


def _words(field: Field) -> Iterator[str]:
    for text in (field.help, field.limits):
        if text:
            yield from _comment(text)
    for name, told in field.items:
        yield from _comment(f"  {name}: {told}")
    for choice in field.choices:
        yield f"#   {reveal(choice)}"


def _tables(field: Field, form: Form) -> Iterator[str]:
    """Write a list as ``[[name]]`` tables; without any element, one that is commented out."""
    yield ""
    yield from _words(field)
    if field.value is not None:
        yield from _now(field, form)
    header = f"[[{toml_key(*field.path)}]]"
    items = field.value if field.value is not None else [field.example]
    if not items:
        yield f"# (none now) {header}"
    for item in items:
        lines = [header, *_table_lines(item)]
        yield from lines if field.value is not None else (f"# {line}" for line in lines)
        yield ""


def _table_lines(item: Any) -> Iterator[str]:
    if isinstance(item, Mapping):
        for name, value in item.items():
            if value is not None:
                yield from f"{toml_key(str(name))} = {toml_value(value)}".split("\n")


def _comment(text: str) -> list[str]:
    lines = wrap(reveal(text), _WIDTH, break_long_words=False, break_on_hyphens=False)
    return [f"# {line}" for line in lines]

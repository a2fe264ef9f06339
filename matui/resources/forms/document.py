"""Fill in a form: as commented TOML that is parsed back and annotated, or by ``--set field=value``. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, NamedTuple

from matui.base.errors import UsageError
from matui.base.text.sanitize import clean, make_visible
from matui.base.toml import (
    Places,
    TomlPath,
    find_places,
    format_toml_key,
    format_toml_line,
    format_toml_value,
    parse_toml,
)
from matui.resources.forms.form import ABSENT, Absent, Field, Form, Problem, Values, get_value, put_value

MARK = "# ✗ "
_WIDTH = 100
_LONGEST_NOW = 300
_HOW = {
    "edit": "Save and close: what you changed is shown before anything is sent. Close unchanged to leave it.",
    "create": "Fill in, save and close: it is shown before anything is sent. Close unchanged to give up.",
    "rerun": "Save and close: what will run is shown before anything is sent.",
}
_MARKED = re.compile(r"^[ \t]*# ✗ .*(?:\n|$)")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def format_form(form: Form, title: str) -> str:
    """Return the form as TOML; comments above each field give limits, choices and the current value.

    Text from the cloud in a comment is on one line and safe to show.
    """
    lines = [
        *_format_comment(title),
        *_format_comment(_HOW[form.mode]),
        *_format_comment("A line that begins with # is not read."),
    ]
    for note in form.notes:
        lines += _format_comment(note)
    if form.context:
        lines.append("#")
        width = max(len(label) for label, _ in form.context)
        lines += [
            f"#   {make_visible(label):<{width}}  {make_visible(value)}" for label, value in form.context
        ]
    lines += _format_fields(form)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _format_fields(form: Form) -> Iterator[str]:
    tables: dict[tuple[str, ...], list[Field]] = {(): []}
    for field in form.fields:
        if not field.tables:
            tables.setdefault(field.path[:-1], []).append(field)
    for table, fields in tables.items():
        if table:
            yield from ("", f"[{format_toml_key(*table)}]")
        for field in fields:
            yield from _format_field(field, form)
    for field in form.fields:
        if field.tables:
            yield from _format_tables(field, form)


def _format_field(field: Field, form: Form) -> Iterator[str]:
    yield ""
    yield from _format_words(field)
    key = format_toml_key(field.path[-1])
    if field.value is None:
        for line in f"{key} = {format_toml_value(field.example)}".split("\n"):
            yield f"# {line}"
        return
    yield from _format_current_value(field, form)
    yield from f"{key} = {format_toml_value(field.value)}".split("\n")


def _format_current_value(field: Field, form: Form) -> Iterator[str]:
    now = format_toml_line(field.value)
    if form.mode != "create" and len(now) <= _LONGEST_NOW:
        yield f"# now: {now}"


def _format_words(field: Field) -> Iterator[str]:
    for text in (field.help, field.limits):
        if text:
            yield from _format_comment(text)
    for name, description in field.items:
        yield from (line.replace("# ", "#   ", 1) for line in _format_comment(f"{name}: {description}"))
    for choice in field.choices:
        yield f"#   {clean(choice)}"


def _format_tables(field: Field, form: Form) -> Iterator[str]:
    """Yield a list as ``[[name]]`` tables; an unset one is commented out."""
    yield ""
    yield from _format_words(field)
    if field.value is not None:
        yield from _format_current_value(field, form)
    header = f"[[{format_toml_key(*field.path)}]]"
    items = field.value if field.value is not None else [field.example]
    if not items:
        yield f"# (none now) {header}"
    for item in items:
        lines = [header, *_format_table_lines(item)]
        yield from lines if field.value is not None else (f"# {line}" for line in lines)
        yield ""


def _format_table_lines(item: Any) -> Iterator[str]:
    if isinstance(item, Mapping):
        for name, value in item.items():
            if value is not None:
                yield from f"{format_toml_key(str(name))} = {format_toml_value(value)}".split("\n")


def _format_comment(text: str) -> list[str]:
    lines = wrap(make_visible(text), _WIDTH, break_long_words=False, break_on_hyphens=False)
    return [f"# {line}" for line in lines]


class ParsedForm(NamedTuple):
    """The result of parsing: ``values``, or None with the line (from 0) and sentence of the syntax error."""

    text: str
    values: Values | None
    wrong: str = ""
    wrong_line: int = 0


def parse_form(text: str) -> ParsedForm:
    """Parse the text of a form; a syntax error is returned, not raised."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        return ParsedForm(text, parse_toml(text))
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        at = _AT_LINE.search(message)
        line = int(at.group(1)) - 1 if at else max(0, len(text.rstrip("\n").split("\n")) - 1)
        return ParsedForm(text, None, _format_syntax_error(message), line)
    except RecursionError:
        return ParsedForm(text, None, "It is nested too deeply.")
    except ValueError:  # of int() on thousands of digits
        return ParsedForm(text, None, "A number in it has too many digits.")


def _format_syntax_error(message: str) -> str:
    reason = _AT_LINE.sub("", message).removesuffix("(at end of document)").strip()
    return f"This is no TOML from here on: {reason[:1].lower()}{reason[1:]}."


def find_line(reading: ParsedForm, path: TomlPath) -> int:
    """Return the line of a value, from 1; 1 where the value is absent."""
    if reading.values is None:
        return reading.wrong_line + 1
    line = find_places(reading.text).find_line(path)
    return 1 if line is None else line + 1


def remove_problem_comments(text: str) -> str:
    """Return a text without the comments of ``annotate_problems``; lines within strings stay."""
    return _remove_marks(parse_form(text))


def _remove_marks(reading: ParsedForm) -> str:
    inside = find_places(reading.text).inside if reading.values is not None else set()
    lines = reading.text.split("\n")
    kept = [line for at, line in enumerate(lines) if at in inside or not _MARKED.match(line)]
    return "\n".join(kept)


def annotate_problems(text: str, problems: Sequence[Problem]) -> str:
    """Return the text with each problem as a comment above its line, those about the whole at the top.

    Earlier problem comments are replaced; the rest of the text does not change.
    """
    reading = parse_form(_remove_marks(parse_form(text)))
    lines = reading.text.split("\n")
    if reading.values is None:
        found = {reading.wrong_line: [reading.wrong], 0: []}
        others = [format_problem(problem) for problem in problems]
        found[0] = others if reading.wrong_line else [*others, reading.wrong]
    else:
        found = _group_by_line(find_places(reading.text), problems)
    shown: list[str] = []
    for at, line in enumerate(lines):
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        shown += [f"{indent}{MARK}{clean(words)}" for words in found.get(at, ())]
        shown.append(line)
    return "\n".join(shown)


def _group_by_line(where: Places, problems: Sequence[Problem]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for problem in problems:
        line = where.find_line(problem.path)
        at = 0 if line is None else where.find_line_above(line)
        exact = bool(problem.path) and where.find_nearest(problem.path) == problem.path
        words = problem.sentence if exact else format_problem(problem)
        if words not in found.setdefault(at, []):
            found[at].append(words)
    return found


def format_problem(problem: Problem) -> str:
    """Return a problem with the path of its value."""
    name = ".".join(str(step) for step in problem.path)
    return f"{name}: {problem.sentence}" if name else problem.sentence


def set_value(form: Form, values: Values, assignment: str) -> TomlPath:
    """Apply ``assignment`` (``field=value``) to the values and return its path.

    The field may be given by an unambiguous end of its path. The value is text where the field holds text,
    else TOML. Raises UsageError for an unknown or ambiguous field.
    """
    name, equals, text = assignment.partition("=")
    name = name.strip()
    if not equals or not name:
        raise UsageError(f"--set {assignment!r} is not field=value.")
    field, rest = _find_field(form, name)
    path: TomlPath = (*field.path, *(int(step) if step.isdecimal() else step for step in rest))
    holder = get_value(values, field.path)
    if rest and _holds_labels(field, holder) and not rest[0].isdecimal():
        _set_label(values, field, ".".join(rest), text)
        return path
    value = _parse_value(text, like=_choose_shown_value(field, get_value(values, path), bool(rest)))
    if not _put_inside(values, path, value):
        raise UsageError(
            f"--set {name}: there is nothing of that name to be set.", remedy=_format_field_names(form)
        )
    return path


def _find_field(form: Form, name: str) -> tuple[Field, tuple[str, ...]]:
    found: list[tuple[int, int, Field, tuple[str, ...]]] = []
    for field in form.fields:
        for start in range(len(field.path)):
            dotted = ".".join(field.path[start:])
            if name == dotted or name.startswith(f"{dotted}."):
                rest = tuple(name[len(dotted) + 1 :].split(".")) if name != dotted else ()
                found.append((start, -len(dotted), field, rest))
    found.sort(key=lambda one: one[:2])
    if not found:
        raise UsageError(f"There is no field {name!r} here.", remedy=_format_field_names(form))
    if len(found) > 1 and found[0][:2] == found[1][:2]:
        raise UsageError(f"{name!r} could be several fields.", remedy=_format_field_names(form))
    return found[0][2], found[0][3]


def _format_field_names(form: Form) -> str:
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


def _choose_shown_value(field: Field, now: Any, inside: bool) -> Any:
    if now is not ABSENT:
        return now
    return None if inside else field.value if field.value is not None else field.example


def _parse_value(text: str, *, like: Any) -> Any:
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

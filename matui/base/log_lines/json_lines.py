"""Log lines that are an object in JSON: their parts, and the message before the fields."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from matui.base.log_lines.control import MOST_CHARACTERS, LineText, StyleSpan
from matui.base.text.sanitize import clean

_PREFIX = re.compile(r"[^{}\"]{0,60}(?=\{\s*\"|\{\}$)")
_TIMES = ("ts", "time", "timestamp", "@timestamp", "@t", "asctime", "datetime")
_LEVELS = (
    "level",
    "lvl",
    "severity",
    "severity_text",
    "levelname",
    "level_name",
    "loglevel",
    "log_level",
    "log.level",
    "@l",
)
_MESSAGES = ("msg", "message", "@m", "@mt", "log", "text", "body", "event", "short_message")
FIELD_STYLE = "log-view--field"
# Around the digits of a number with a fraction while it is handled: they are shown as they were written.
_NUMBER = "\ue000{}\ue001"
_WRITTEN = re.compile('"?\ue000([^"\ue000\ue001]*)\ue001"?')


class JsonLine(NamedTuple):
    """A record, and the text before it in the line, such as the rank that a launcher adds.

    Numbers with a fraction are strings between two private characters, as ``format_json_line`` expects.
    """

    prefix: str
    record: dict[str, Any]


def read_json_line(text: str) -> JsonLine | None:
    """Return the record of a line of plain text, or None for a line that does not end with an object."""
    if not text.endswith("}") or len(text) > MOST_CHARACTERS:
        return None
    match = _PREFIX.match(text)
    if match is None:
        return None
    try:
        record = json.loads(text[match.end() :], parse_float=_NUMBER.format)
    except (ValueError, RecursionError):
        return None
    return JsonLine(match.group(), record) if isinstance(record, dict) else None


def format_json_line(line: JsonLine, *, with_time: bool = True) -> LineText | None:
    """Return the time, the level and the message, then the other fields; None for a record without a message.

    Control characters in values are made visible.
    """
    rest = dict(line.record)
    message = _take(rest, _MESSAGES, str)
    if message is None:
        return None
    time = _take(rest, _TIMES, str | int | float)
    level = _take(rest, _LEVELS, str | int)
    heads = (
        time if with_time else None,
        level.upper() if isinstance(level, str) else level,
        message.rstrip(),
    )
    text = line.prefix + " ".join(_as_written(str(head)) for head in heads if head not in (None, ""))
    fields = "  ".join(f"{clean(name)}={_format(value)}" for name, value in rest.items())
    if not fields:
        return LineText(text)
    spans: tuple[StyleSpan, ...] = ((len(text) + 2, len(text) + 2 + len(fields), FIELD_STYLE),)
    return LineText(f"{text}  {fields}", spans)


def format_record(text: str) -> list[str]:
    """Return the lines of the whole record of a line of plain text, or the line where it has none.

    Strings of several lines follow the record, each under the name of its field.
    """
    line = read_json_line(text)
    if line is None:
        return [text]
    shown = _WRITTEN.sub(r"\1", json.dumps(line.record, indent=2, ensure_ascii=False)).split("\n")
    for name, value in line.record.items():
        if isinstance(value, str) and "\n" in value.strip():
            shown += ["", f"{name}:", *value.rstrip().split("\n")]
    return [line.prefix.rstrip(), *shown] if line.prefix.strip() else shown


def _take(record: dict[str, Any], names: tuple[str, ...], kind: Any) -> Any:
    """Remove the first of these fields whose value is of the kind, and return the value, or None."""
    for name in names:
        if isinstance(record.get(name), kind):
            return record.pop(name)
    return None


def _format(value: Any) -> str:
    if isinstance(value, str):
        return _as_written(value if value and " " not in value else json.dumps(value, ensure_ascii=False))
    return _as_written(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _as_written(text: str) -> str:
    return _WRITTEN.sub(r"\1", clean(text))

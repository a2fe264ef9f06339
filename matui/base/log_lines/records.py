"""The message and the writer of a line that a collector wrote as a record in JSON or key=value."""

from __future__ import annotations

import json
import re

from matui.base.log_lines.writers import PrefixedLine, split_prefix

_MESSAGE_NAMES = r"(?:log|msg|message|MESSAGE|@message|textPayload)"
_BEGINS = re.compile(r"(?P<fluent_bit>[\w.*-]+: \[\[?[\d., {}]+, )?\{\s*\"")
_MESSAGE = re.compile(rf"[{{,]\s*\"{_MESSAGE_NAMES}\"\s*(?::|=>)\s*\"((?:[^\"\\]|\\.)*)(?:\"|$)")
_PAIRS_BEGIN = re.compile(r"\w+=")
_PAIR_MESSAGE = re.compile(rf"(?:^|\s){_MESSAGE_NAMES}=\"((?:[^\"\\]|\\.)*)(?:\"|$)")
_WRITER = re.compile(
    r"\b(?:(?:global_|local_)?rank|pod(?:_?name|_id)?|container(?:_?name|_id)?|host(?:_?name)?|node(?:_?name)?"
    r"|worker(?:_id)?|task(?:_id)?|replica|process|pid|stream)\b\"?\s*(?::|=>|=)\s*(?:\"[^\"]*\"|[\w.-]+)"
)


def split_line(text: str) -> PrefixedLine:
    """Return what names the writer of a line, without times and levels, and what it wrote.

    Of a record this is its message; a line of any other form is split as ``split_prefix`` does.
    """
    line = split_prefix(text)
    begin = _BEGINS.match(line.body)
    if begin is not None:
        message = _MESSAGE.search(line.body)
    elif _PAIRS_BEGIN.match(line.body) is not None:
        message = _PAIR_MESSAGE.search(line.body)
    else:
        return line
    if message is None:
        return line
    is_counted = begin is not None and begin["fluent_bit"]  # its prefix is the number of the record
    rest = line.body[: message.start()] + line.body[message.end() :]
    writer = " ".join(_WRITER.findall(rest))
    return PrefixedLine(f"{'' if is_counted else line.prefix}{{{writer}}}", _decode(message.group(1)))


def _decode(written: str) -> str:
    """Return a string of JSON as its text without the end of the line; one that is cut stays as it is."""
    try:
        text: str = json.loads(f'"{written}"')
    except ValueError:
        text = written
    return text.rstrip("\r\n")

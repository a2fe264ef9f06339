"""Parses the list pages of a recording; rows that were parsed before are not parsed again. Pure."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any, NamedTuple

_ROWS, _ORDER = '{"value":{"rows":{', '},"order":['
_MOST_ROWS = 5000  # that are kept, of some 5 KB each


class _Pieces(NamedTuple):
    """A page in pieces: the texts of its rows in order, and everything else, parsed."""

    rows: list[str]
    rest: dict[str, Any]


class RowTexts:
    """The rows that were parsed, by their text."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def parse(self, text: str) -> Any:
        """Return what ``json.loads`` returns; rows with the same text are one object, not to be changed.

        Raises ValueError, RecursionError.
        """
        pieces = _split(text)
        if pieces is None or not self._learn([row for row in pieces.rows if row not in self._known]):
            return json.loads(text)
        page = pieces.rest["value"]
        page["rows"] = dict(zip(page["order"], map(self._known.__getitem__, pieces.rows), strict=True))
        self._forget(len(self._known) - _MOST_ROWS)
        return pieces.rest

    def _learn(self, texts: list[str]) -> bool:
        """Parse the texts of rows; return whether each is a JSON value."""
        try:
            values = json.loads(f"[{','.join(texts)}]")
        except ValueError:
            return False
        if len(values) != len(texts):
            return False
        self._known.update(zip(texts, values, strict=True))
        return True

    def _forget(self, count: int) -> None:
        for text in list(islice(self._known, max(0, count))):
            del self._known[text]


def _split(text: str) -> _Pieces | None:
    """Return the pieces of a page that is written as ``schema.pack`` does, None for any other text."""
    end = text.rfind(_ORDER)
    if not text.startswith(_ROWS) or end < len(_ROWS):
        return None
    try:
        rest = json.loads(f'{{"value":{{"order":[{text[end + len(_ORDER) :]}')
        ids = rest["value"]["order"]
        if len(set(ids)) != len(ids):
            return None
        names = [f"{json.dumps(one, ensure_ascii=False)}:" for one in ids]
    except (ValueError, LookupError, TypeError):
        return None
    rows, at = [], len(_ROWS)
    for number, name in enumerate(names):
        begin = at + len(name)
        following = f',{names[number + 1]}{{"kind":' if number + 1 < len(names) else ""
        until = text.find(following, begin, end) if following else end
        if until < 0 or not text.startswith(name, at):
            return None
        rows.append(text[begin:until])
        at = until + 1
    return _Pieces(rows, rest)

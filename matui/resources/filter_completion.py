"""Completes the last term of a filter: the name of a field with its sign, or a value of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from matui.resources.filter_fields import SPANS, list_fields
from matui.resources.kind import Kind
from matui.resources.registry import KINDS
from matui.resources.state_words import PHASES, list_statuses

_VALUE = re.compile(r"(!?)([\w-]+)([:=])([^,\s]*(?:,[^,\s]*)*)")
_NAME = re.compile(r"(!?)([\w-]*)")
_OF_ALL_KINDS = ("phase", "status", "name", "id", "owner", "workspace", "profile", "cloud")
_VALUES: Mapping[str, tuple[str, ...]] = {
    "phase": PHASES,
    "kind": tuple(KINDS),
    "stalled": ("yes", "no"),
}


class Completion(NamedTuple):
    """A completed text; ``is_open`` where the value of its last field is still to be typed."""

    text: str
    is_open: bool = False


def complete_filter(
    text: str, kind: Kind | None, values_of: Callable[[str], Iterable[str]] = lambda _field: ()
) -> list[Completion]:
    """Return the texts that ``text`` becomes when its last term is completed.

    The fields are those of ``kind``, of all kinds for None, and so are the statuses. ``values_of`` returns
    the values of a field that are known beside those of fields with a fixed set of values.
    """
    head, blank, term = text.rpartition(" ")
    start = head + blank
    if value := _VALUE.fullmatch(term):
        negation, field, sign, typed = value.groups()
        listed, comma, word = typed.rpartition(",")
        known = _list_values(kind, field.casefold(), values_of)
        before = f"{start}{negation}{field}{sign}{listed}{comma}"
        return [Completion(before + one) for one in known if one.casefold().startswith(word.casefold())]
    if name := _NAME.fullmatch(term):
        negation, typed = name.groups()
        return [
            Completion(f"{start}{negation}{field}{'<' if field in SPANS else ':'}", is_open=True)
            for field in _list_fields(kind)
            if field.startswith(typed.casefold())
        ]
    return []


def _list_values(kind: Kind | None, field: str, values_of: Callable[[str], Iterable[str]]) -> Iterable[str]:
    if field in _VALUES:
        return _VALUES[field]
    found = values_of(field)
    return dict.fromkeys((*found, *list_statuses(kind))) if field == "status" else found


def _list_fields(kind: Kind | None) -> list[str]:
    if kind is None:
        return list_fields(())
    return list(dict.fromkeys((*_OF_ALL_KINDS, *sorted(SPANS), *(column.id for column in kind.columns))))

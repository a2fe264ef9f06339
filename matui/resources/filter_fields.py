"""The fields that a filter term can name, and how their values are read and compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import TypeAlias

from matui.base.text.formatting import parse_duration
from matui.base.text.near_names import find_nearest_names
from matui.resources.columns import shorten_status
from matui.resources.kinds.triage import WHY_PENDING, WHY_SOUGHT
from matui.resources.model import Phase, Resource
from matui.resources.registry import INNER_KINDS, KINDS
from matui.resources.times import (
    ENDING_KINDS,
    STATE_SINCE,
    TROUBLE_SINCE,
    find_change_time,
    find_earliest_end,
    find_end,
    get_trouble_since,
)

TextOf: TypeAlias = Callable[[Resource], str]
BoundOf: TypeAlias = Callable[[float], float]
NumberOf: TypeAlias = Callable[[Resource, float], float | None]

_TEXTS: Mapping[str, TextOf] = {
    "name": lambda r: r.name,
    "id": lambda r: r.id,
    "status": lambda r: r.status,
    "owner": lambda r: r.owner,
    "workspace": lambda r: r.workspace,
    "profile": lambda r: r.profile,
    "cloud": lambda r: r.cloud,
    "kind": lambda r: r.kind,
    "what": lambda r: r.get_text("what"),  # of a row of triage
    "why": lambda r: r.get_text("why"),
}
_DURATIONS = ("duration", "eta")  # no time since something: a moment says nothing of them
_AGO = re.compile(r"\s+ago$", re.IGNORECASE)
_LIKE_A_CLOCK = re.compile(r"\d:\d|^\d{8,}")
_ANY_TIME_MS = 1.7e12
_YES_NO: Mapping[str, TextOf] = {
    "stalled": lambda r: {"True": "yes", "False": "no"}.get(r.get_text("stalled"), ""),
}
# Read out of the logs of jobs; unknown for a job whose log was not read.
LOG_FIELDS = frozenset({"step", "loss", "eta", "stalled", "ends", "eta_at"})
JOURNAL_FIELDS = ("since", "ended", "changed")
"""The fields that the journal may answer where the cloud does not."""
READ_FIELDS = frozenset({*JOURNAL_FIELDS, *LOG_FIELDS, "why"})
"""The fields that may take further requests: of a resource they may not be known yet."""
_COUNT = re.compile(r"(-?\d{1,15}(?:\.\d{1,9})?(?:e[+-]?\d{1,3})?)([kmg%]?)", re.IGNORECASE)
_FACTORS = {"": 1.0, "%": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
TEXTS = frozenset({"phase", *_TEXTS})
"""The fields that are no numbers."""


def _build_time_to(moment_of: Callable[[Resource], int | None]) -> NumberOf:
    def span(resource: Resource, now: float) -> float | None:
        moment = moment_of(resource)
        return None if moment is None else now - moment

    return span


def _build_time_until(fact: str) -> NumberOf:
    def span(resource: Resource, now: float) -> float | None:
        moment = None if resource.phase.ended else resource.get_number(fact)
        return None if moment is None else moment - now

    return span


# Milliseconds; the second argument is now.
_SPANS: Mapping[str, NumberOf] = {
    "age": _build_time_to(lambda r: r.created_at),
    "duration": lambda r, _now: r.duration_ms,
    "updated": _build_time_to(lambda r: r.updated_at),
    "since": _build_time_to(get_trouble_since),
    "ended": _build_time_to(find_end),
    "changed": _build_time_to(find_change_time),
    "eta": lambda r, now: None if (end := r.get_number("eta_ms")) is None else end - now,
}
SPANS = frozenset(_SPANS)
"""The fields that are spans of time."""


def _map_column_facts() -> dict[str, str]:
    facts: dict[str, str] = {}
    for kind in (*INNER_KINDS.values(), *KINDS.values()):
        for column in kind.columns:
            if column.id not in _TEXTS and column.id not in _SPANS:
                facts[column.title.casefold().replace(" ", "_").replace("-", "_")] = column.id
                facts[column.id] = column.id
    return facts


# The columns that show a moment, and the fact in ms since the epoch that they are of.
_MOMENTS: Mapping[str, str] = {"due_time": "due_time", "begins": "begins_at", "eta_at": "eta_ms"}
_COLUMN_FACTS = _map_column_facts() | {"failures": "failures", "stalled": "stalled"}


def list_fields(facts: Collection[str]) -> list[str]:
    """Return every field name that a term may use."""
    return sorted({"phase", *_TEXTS, *_SPANS, *_COLUMN_FACTS, *facts})


def lacks_time(field: str, resource: Resource) -> bool:
    """Return whether the time of a field exists for the resource and is not known."""
    return (field != "ended" or _has_ended(resource)) and _SPANS[field](resource, 0.0) is None


def lacks_value(field: str, resource: Resource) -> bool:
    """Return whether one of ``READ_FIELDS`` is not known of the resource, as it was not read."""
    if field in LOG_FIELDS:
        is_running_job = resource.kind == "jobs" and resource.phase is Phase.RUNNING
        return is_running_job and resource.get_number("log_read_at") is None
    if field == "why":
        is_known = resource.get_text("why") or resource.facts.get(WHY_SOUGHT)
        return "what" in resource.facts and bool(resource.facts.get(WHY_PENDING) or not is_known)
    return lacks_time(field, resource)


def describe_lack(names: Iterable[str], owner: str = "") -> str:
    """Return in words what is not known of resources that lack fields of ``READ_FIELDS``.

    With an owner, ``its`` or ``their``, the words are a clause: ``its log was not read``.
    """
    whats = (
        "log" if name in LOG_FIELDS else "reason" if name == "why" else "time"
        for name in names
        if name in READ_FIELDS
    )
    return " or ".join(_format_lack(what, owner) for what in dict.fromkeys(whats))


def _format_lack(what: str, owner: str) -> str:
    state = "read" if what == "log" else "known"
    verb = "" if not owner else "was " if what == "log" else "is "
    return f"{owner} {what} {verb}not {state}".strip()


def _has_ended(resource: Resource) -> bool:
    return resource.phase.ended and resource.kind in ENDING_KINDS


def find_bounds(field: str, resource: Resource, now: float) -> tuple[float, float] | None:
    """Return the least and the most ms of a field of ``JOURNAL_FIELDS``; None where nothing bounds them.

    Nothing changes before it is created.
    """
    span = _SPANS[field](resource, now)
    if span is not None:
        return span, span
    if field == "since" and TROUBLE_SINCE in resource.facts:
        return None
    earliest = find_earliest_end(resource)
    if earliest is None:
        earliest = resource.created_at
    if earliest is None or (field == "ended" and not _has_ended(resource)):
        return None
    seen = resource.get_number(STATE_SINCE)
    return (0.0 if seen is None else now - seen), now - earliest


def depends_on_time(field: str) -> bool:
    """Return whether the value of a field changes with time alone."""
    return (field in _SPANS and field != "duration") or _COLUMN_FACTS.get(field, field) in _MOMENTS


def lacks_column(field: str, kind_id: str, resources: Iterable[Resource]) -> bool:
    """Return whether a field is a column of other kinds alone, and no fact of the resources."""
    return field in _COLUMN_FACTS and field not in TEXTS and not is_had(field, kind_id, resources)


def is_had(field: str, kind_id: str, resources: Iterable[Resource]) -> bool:
    """Return whether a kind has a field: it has such a column, or one of its resources has a value."""
    if field == "phase" or (kind_id == "jobs" and field in LOG_FIELDS):
        return True
    if field == "ended" and kind_id in ENDING_KINDS:
        return True
    if field in JOURNAL_FIELDS:
        known = (
            _SPANS[field](one, 0.0) is not None or find_earliest_end(one) is not None for one in resources
        )
        return any(known)
    if field in _SPANS:
        return any(_SPANS[field](resource, 0.0) is not None for resource in resources)
    if field in _TEXTS:
        is_in_triage = field == "why" and any("what" in resource.facts for resource in resources)
        return is_in_triage or any(_TEXTS[field](resource) for resource in resources)
    fact = _COLUMN_FACTS.get(field, field)
    kind = KINDS.get(kind_id) or INNER_KINDS.get(kind_id)
    if kind is not None and kind.find_column(fact) is not None:
        return True
    return any(fact in resource.facts for resource in resources)


def find_text_reader(field: str, facts: Collection[str]) -> TextOf | None:
    """Return the function that reads a field as text, or None without such a field."""
    if field in _TEXTS or field in _YES_NO:
        return _TEXTS.get(field) or _YES_NO[field]
    fact = _COLUMN_FACTS.get(field, field)
    if fact in facts or field in _COLUMN_FACTS:
        return lambda resource: resource.get_text(fact)
    return None


def find_number_reader(field: str, facts: Collection[str]) -> NumberOf | None:
    """Return the function that reads a field as a number, or None without such a field."""
    if field in _SPANS:
        return _SPANS[field]
    fact = _COLUMN_FACTS.get(field, field)
    if fact in _MOMENTS:
        return _build_time_until(_MOMENTS[fact])
    if fact in facts or field in _COLUMN_FACTS:
        return lambda resource, _now: resource.get_number(fact)
    return None


def parse_bound(field: str, typed: str) -> BoundOf:
    """Return the function of now that gives the number to compare a field with, in ms for spans of time.

    A moment stands for the time since it: ``since<yesterday 14:00``. A column that shows a moment, such as
    ``due_time``, takes the time until it. Raises ValueError that names the forms.
    """
    if field in _SPANS:
        return _parse_span(field, typed)
    if _COLUMN_FACTS.get(field, field) in _MOMENTS:
        span = parse_duration(typed.strip()) * 1000
        return lambda _now: span
    bound = _parse_number(field, typed)
    return lambda _now: bound


def _parse_span(field: str, typed: str) -> BoundOf:
    words = _AGO.sub("", typed.strip().removeprefix("-"))
    if field in _DURATIONS:
        span = parse_duration(words) * 1000
        return lambda _now: span
    from matui.base.moments import NOT_A_TIME, parse_moment

    try:
        if _LIKE_A_CLOCK.search(words):
            raise ValueError(NOT_A_TIME)
        span = parse_duration(words) * 1000
    except ValueError as wrong:
        try:
            parse_moment(typed, last_ms=_ANY_TIME_MS, zone=None)
        except ValueError as named:
            raise (wrong if str(named) == NOT_A_TIME else named) from None
        return lru_cache(maxsize=1)(lambda now: now - parse_moment(typed, last_ms=now, zone=None))
    return lambda _now: span


def _parse_number(field: str, typed: str) -> float:
    if _COLUMN_FACTS.get(field, field).endswith("_s"):
        return parse_duration(typed)
    count = _COUNT.fullmatch(typed)
    if count is None:
        raise ValueError(f"{typed!r} is not a number")
    return float(count[1]) * _FACTORS[count[2].lower()]


def is_span(field: str) -> bool:
    """Return whether a field is a duration, which has no text form."""
    return field in _SPANS


def check_yes_no(field: str, words: Collection[str]) -> None:
    """Raise ValueError for a word that begins neither ``yes`` nor ``no`` where a field has only these."""
    wrong = next((word for word in words if not ("yes".startswith(word) or "no".startswith(word))), None)
    if field in _YES_NO and wrong is not None:
        raise ValueError(f"{field} is yes or no, not {wrong!r}")


def find_phases(words: Collection[str]) -> frozenset[Phase]:
    """Return the phases that begin with one of the words. Raises ValueError for a word without a match."""
    found = set()
    for word in words:
        fitting = [phase for phase in Phase if phase.value.startswith(word)]
        if not fitting:
            names = [phase.value for phase in Phase]
            near = find_nearest_names(word, names)
            hint = f"; did you mean {near[0]}?" if near else f": {' '.join(names)}"
            raise ValueError(f"there is no phase {word!r}{hint}")
        found.update(fitting)
    return frozenset(found)


def has_in_status(status: str, word: str, *, is_exact: bool = False) -> bool:
    """Return whether a status contains a casefolded word or begins with it, or is it, with ``is_exact``.

    The common prefix of statuses may be left out.
    """
    whole, short = status.casefold(), shorten_status(status).casefold()
    return word in (whole, short) if is_exact else word in short or whole.startswith(word)


def build_status_test(words: Collection[str], *, is_exact: bool = False) -> Callable[[Resource], bool]:
    """Return a predicate: the status has one of the words, see ``has_in_status``."""
    verdicts: dict[str, bool] = {}

    def test(resource: Resource) -> bool:
        verdict = verdicts.get(resource.status)
        if verdict is None:
            verdict = any(has_in_status(resource.status, word, is_exact=is_exact) for word in words)
            verdicts[resource.status] = verdict
        return verdict

    return test

"""Parse and apply filters over resources: ``train status:failed age<2h !owner:li /v\\d+$/``, terms and-ed."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from matui.base.text.formatting import choose_have
from matui.base.text.near_names import find_nearest_names
from matui.base.text.regex import compile_user_regex
from matui.resources import filter_fields as fields
from matui.resources.columns import shorten_status
from matui.resources.foreign_syntax import Context, check_syntax
from matui.resources.model import Resource
from matui.resources.state_words import find_unlikely_status

Test: TypeAlias = Callable[[Resource, float], bool]
Search: TypeAlias = Callable[[str], object]

_TERM = re.compile(r"""!?/(?:\\.|[^\\/])*/(?=\s|$) | (?:"[^"]*"? | '[^']*'? | [^\s"'])+""", re.VERBOSE)
_FIELD = re.compile(r"([A-Za-z][\w-]*)(<=|>=|[:<>=])(.*)", re.DOTALL)
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_LONGEST = 500


class StatusTerm(NamedTuple):
    """A term ``status:WORD,WORD``, or with ``=``: ``is_exact``."""

    words: tuple[str, ...]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter. ``errors`` has one sentence for each invalid term; with any, nothing matches.

    ``left_out`` are the ids of kinds that match nothing because they lack a field of the filter.
    """

    text: str
    errors: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()
    _words: tuple[tuple[Search, bool], ...] = ()
    _tests: tuple[tuple[Test, bool], ...] = ()
    _fields: tuple[tuple[str, str], ...] = ()  # field and the term that names it
    _statuses: tuple[StatusTerm, ...] = ()
    _wrong: tuple[tuple[str, str], ...] = ()  # field and term of each of ``errors``, in their order
    _undecided: tuple[Test, ...] = ()  # of each term that takes requests, whether what is known is too little

    def __bool__(self) -> bool:
        return bool(self._words or self._tests or self.errors)

    def names_any(self, names: Collection[str]) -> bool:
        """Return whether a term is about one of these fields."""
        return any(field in names for field, _term in self._fields)

    def list_errors(self, kind_id: str, resources: Collection[Resource] = ()) -> tuple[str, ...]:
        """Return ``errors``; where the kind lacks the field of such a term, that instead, and first."""
        lacked = {
            at: f"{term}: {kind_id} {choose_have(kind_id)} no such field here"
            for at, (field, term) in enumerate(self._wrong)
            if fields.lacks_column(field, kind_id, resources)
        }
        return (*lacked.values(), *(error for at, error in enumerate(self.errors) if at not in lacked))

    def drop_fields(self, names: Collection[str]) -> Filter:
        """Return the filter without its terms about these fields."""
        matches = (match.group() for match in _TERM.finditer(self.text))
        return parse_filter(" ".join(term for term in matches if _find_field(term) not in names))

    def find_unknown(self, resources: Iterable[Resource], now_ms: float) -> list[Resource]:
        """Return the resources that match but for a time, log or reason which is not known of them."""
        if not self._undecided or self.errors:
            return []
        others = self.drop_fields(fields.READ_FIELDS).exclude_kinds(self.left_out)
        return [
            resource
            for resource in resources
            if any(test(resource, now_ms) for test in self._undecided) and others.matches(resource, now_ms)
        ]

    def describe_unknown(self, owner: str = "") -> str:
        """Return in words what is not known of the resources that ``find_unknown`` returns.

        With an owner, ``its`` or ``their``, the words are a clause.
        """
        return fields.describe_lack((field for field, _term in self._fields), owner)

    @property
    def depends_on_time(self) -> bool:
        """Whether what matches changes with time alone."""
        return any(fields.depends_on_time(field) for field, _term in self._fields)

    def matches(self, resource: Resource, now_ms: float) -> bool:
        """Return whether every term holds for the resource at ``now_ms`` (ms since the epoch)."""
        if self.errors or resource.kind in self.left_out:
            return False
        if self._words:
            haystack = _build_searched_text(resource).casefold()
            for search, wanted in self._words:
                if (search(haystack) is not None) is not wanted:
                    return False
        for test, wanted in self._tests:  # noqa: SIM110  half the time of all() with a generator
            if test(resource, now_ms) is not wanted:
                return False
        return True

    def select(self, resources: Iterable[Resource], now_ms: float) -> list[Resource]:
        """Return the resources that match, in their order; of a kind that lacks a field, none."""
        rows = list(resources)
        if not self:
            return rows
        if len(self._words) == 1 and not self._tests and not self.errors and not self.left_out:
            ((search, wanted),) = self._words
            return [r for r in rows if (search(_build_searched_text(r).casefold()) is not None) is wanted]
        checked = self.exclude_kinds(self.explain_missing_fields(rows, now_ms))
        return [resource for resource in rows if checked.matches(resource, now_ms)]

    def explain_unlikely_statuses(
        self, kind_ids: Collection[str], resources: Iterable[Resource]
    ) -> tuple[str, ...]:
        """Return a sentence for each word that no status has which is known of the kinds or listed.

        It is no error: a cloud may have statuses that nobody knows.
        """
        if not self._statuses or self.errors:
            return ()
        seen = {resource.status for resource in resources}
        found = (
            _explain_unlikely(term, word, kind_ids, seen) for term in self._statuses for word in term.words
        )
        return tuple(filter(None, found))

    def exclude_kinds(self, kinds: Iterable[str]) -> Filter:
        """Return the filter that leaves out these kinds, by id."""
        left_out = frozenset(kinds)
        return self if left_out == self.left_out else replace(self, left_out=left_out)

    def explain_missing_fields(
        self, resources: Iterable[Resource], now_ms: float | None = None
    ) -> dict[str, str]:
        """Return a sentence for each kind among the resources that lacks a field of the filter, by kind id.

        Which fields a kind has depends on its cloud: it lacks one that no resource has a value for. With
        ``now_ms`` a kind counts among several only where the other terms match one of its resources.
        """
        if not self._fields:
            return {}
        by_kind: dict[str, list[Resource]] = {}
        for resource in resources:
            by_kind.setdefault(resource.kind, []).append(resource)
        missing: dict[str, str] = {}
        for kind_id, rows in by_kind.items():
            lacked = [named for named in self._fields if not fields.is_had(named[0], kind_id, rows)]
            if lacked and now_ms is not None and len(by_kind) > 1:
                others = self.drop_fields([field for field, _term in lacked])
                if not any(others.matches(row, now_ms) for row in rows):
                    continue
            if lacked:
                missing[kind_id] = f"{lacked[0][1]}: {kind_id} {choose_have(kind_id)} no such field here"
        return missing


def parse_filter(text: str, facts: Collection[str] = ()) -> Filter:
    """Parse a filter; never raises.

    ``facts`` are the names of facts without a column that a term may use.
    """
    words: list[tuple[Search, bool]] = []
    tests: list[tuple[Test, bool]] = []
    errors: list[str] = []
    named: list[tuple[str, str]] = []
    undecided: list[Test] = []
    faulty: list[tuple[str, str]] = []
    statuses: list[StatusTerm] = []
    if len(text) > _LONGEST:
        return Filter(text, (f"A filter has at most {_LONGEST} characters.",))
    terms = [match.group() for match in _TERM.finditer(text)]
    known = frozenset(fields.list_fields(facts))
    for at, typed in enumerate(terms):
        wanted = not typed.startswith("!")
        term = typed if wanted else typed[1:]
        try:
            check_syntax(term, Context(terms, at, known, fields.SPANS, fields.TEXTS))
            search = _parse_word(term)
            if search is not None:
                words.append((search, wanted))
            else:
                tests.append((_build_test(term, facts), wanted))
                if field := _FIELD.fullmatch(term):
                    named.append((_normalize_field_name(field[1]), typed))
                    if _normalize_field_name(field[1]) == "status":
                        statuses.append(StatusTerm(_split_words(field[3]), field[2] == "="))
                    if _normalize_field_name(field[1]) in fields.READ_FIELDS:
                        undecided.append(_build_undecided_test(*field.groups()))
        except ValueError as wrong:
            errors.append(f"{typed.removesuffix(':')}: {wrong}")
            faulty.append((_find_field(typed), typed))
    return Filter(
        text,
        tuple(errors),
        _words=tuple(words),
        _tests=tuple(tests),
        _fields=tuple(named),
        _statuses=tuple(statuses),
        _wrong=tuple(faulty),
        _undecided=tuple(undecided),
    )


def _find_field(term: str) -> str:
    """Return the field that a term names, ``""`` for none."""
    named = _FIELD.fullmatch(term.removeprefix("!"))
    return _normalize_field_name(named[1]) if named is not None else ""


def _build_searched_text(resource: Resource) -> str:
    """Return what plain words search, one text a line: name and id, of an action or change every column."""
    texts = [resource.name, resource.id]
    if resource.kind == "audit" or "change" in resource.facts:
        texts += [resource.status, resource.profile, resource.owner, resource.workspace]
        texts += [str(fact) for fact in resource.facts.values() if fact]
    return "\n".join(texts)


def _parse_word(term: str) -> Search | None:
    """Return a search over casefolded name and id, or None when the term names a field or is a regex."""
    if not term:
        raise ValueError("a word is missing after !")
    if term[0] in ":=<>":
        raise ValueError(f"the name of a field is missing before {term[0]}")
    if term[0] in "\"'":
        return re.compile(re.escape(_unquote(term).casefold())).search
    if term[0] == "/" or _FIELD.fullmatch(term):
        return None
    return _compile_subsequence(_unquote(term).casefold())


def _compile_subsequence(word: str) -> Search:
    first, rest = word[0], word[1:]
    steps = "".join(f"[^\n{re.escape(letter)}]*{re.escape(letter)}" for letter in rest)
    return re.compile(re.escape(first) + steps).search


def _build_test(term: str, facts: Collection[str]) -> Test:
    named = _FIELD.fullmatch(term)
    if named is None:
        return _parse_regex(term)
    field, sign, typed = _normalize_field_name(named[1]), named[2], named[3]
    if not typed:
        raise ValueError("a value is missing")
    if sign in (":", "="):
        return _build_text_test(field, sign, typed, facts)
    return _build_comparison(field, sign, typed, facts)


def _normalize_field_name(typed: str) -> str:
    return typed.casefold().replace("-", "_")


def _parse_regex(term: str) -> Test:
    pattern = term[1:-1]
    if not (pattern and term.endswith("/")):
        raise ValueError("a regex stands between two slashes")
    search = compile_user_regex(pattern).search
    return lambda resource, _now: search(_build_searched_text(resource)) is not None


def _build_text_test(field: str, sign: str, typed: str, facts: Collection[str]) -> Test:
    words = _split_words(typed.casefold())
    if field == "phase":
        phases = fields.find_phases(words)
        return lambda resource, _now: resource.phase in phases
    if field == "status":
        status = fields.build_status_test(words, is_exact=sign == "=")
        return lambda resource, _now: status(resource)
    if fields.is_span(field):
        raise ValueError(f"{field} takes < or >, such as {field}<2h")
    text_of = fields.find_text_reader(field, facts)
    if text_of is None:
        raise _build_no_field_error(field, facts)
    fields.check_yes_no(field, words)
    if sign == "=":
        return lambda resource, _now: text_of(resource).casefold() in words
    if len(words) == 1:
        (word,) = words
        return lambda resource, _now: word in text_of(resource).casefold()
    return lambda resource, _now: any(word in text_of(resource).casefold() for word in words)


def _build_comparison(field: str, sign: str, typed: str, facts: Collection[str]) -> Test:
    number_of = fields.find_number_reader(field, facts)
    if number_of is None:
        if field == "phase" or fields.find_text_reader(field, facts):
            raise ValueError(f"{field} is text: use {field}:{typed}")
        raise _build_no_field_error(field, facts)
    bound_at, holds = fields.parse_bound(field, _unquote(typed)), _SIGNS[sign]
    if field in fields.JOURNAL_FIELDS:
        return _build_time_test(field, bound_at, holds)

    def test(resource: Resource, now: float) -> bool:
        value = number_of(resource, now)
        return value is not None and holds(value, bound_at(now))

    return test


def _build_time_test(field: str, bound_at: fields.BoundOf, holds: Callable[[float, float], bool]) -> Test:
    """Return a predicate that is true where every time that a resource may have fits."""

    def test(resource: Resource, now: float) -> bool:
        bounds, typed = fields.find_bounds(field, resource, now), bound_at(now)
        return bounds is not None and all(holds(span, typed) for span in bounds)

    return test


def _build_undecided_test(name: str, sign: str, typed: str) -> Test:
    """Return a predicate that is true where some values that a resource may have fit, and others not."""
    field = _normalize_field_name(name)
    if field == "why":  # what is shown already needs no other reason
        word = _unquote(typed).casefold()
        return lambda resource, _now: (
            fields.lacks_value(field, resource) and word not in resource.get_text(field).casefold()
        )
    if field not in fields.JOURNAL_FIELDS:
        return lambda resource, _now: fields.lacks_value(field, resource)
    bound_at, holds = fields.parse_bound(field, _unquote(typed)), _SIGNS[sign]

    def test(resource: Resource, now: float) -> bool:
        if not fields.lacks_value(field, resource):
            return False
        bounds = fields.find_bounds(field, resource, now)
        return bounds is None or len({holds(span, bound_at(now)) for span in bounds}) > 1

    return test


def _build_no_field_error(field: str, facts: Collection[str]) -> ValueError:
    near = find_nearest_names(field, fields.list_fields(facts))
    hint = f"; did you mean {near[0]}?" if near else "; put it in quotes to look for the text"
    return ValueError(f"there is no field {field!r}{hint}")


def _explain_unlikely(term: StatusTerm, word: str, kind_ids: Collection[str], seen: Collection[str]) -> str:
    folded = word.casefold()
    known = find_unlikely_status(
        kind_ids, seen, lambda status: fields.has_in_status(status, folded, is_exact=term.is_exact)
    )
    if known is None:
        return ""
    names = {name.casefold(): name for status in known for name in (status, shorten_status(status))}
    near = find_nearest_names(word, names)
    hint = f"; did you mean {names[near[0]]}?" if near else ""
    return f"No status of {', '.join(kind_ids)} is like {word}{hint}"


def _split_words(typed: str) -> tuple[str, ...]:
    return tuple(word for word in _split_alternatives(typed) if word)


def _split_alternatives(typed: str) -> list[str]:
    return [_unquote(typed)] if '"' in typed or "'" in typed else typed.split(",")


def _unquote(text: str) -> str:
    return text.replace('"', "").replace("'", "") if text[:1] not in "\"'" else text.strip(text[0])

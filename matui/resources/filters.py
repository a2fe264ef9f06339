"""Parse and apply filters over resources: ``train status:failed age<2h !owner:li /v\\d+$/``, terms and-ed."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from matui.base.regex import compile_user_regex
from matui.resources import filter_fields as fields
from matui.resources.model import Resource

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


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter. ``errors`` has one sentence for each invalid term; such a term matches everything."""

    text: str
    errors: tuple[str, ...] = ()
    _words: tuple[tuple[Search, bool], ...] = ()
    _tests: tuple[tuple[Test, bool], ...] = ()

    def __bool__(self) -> bool:
        return bool(self._words or self._tests)

    def matches(self, resource: Resource, now_ms: float) -> bool:
        """Return whether every term holds for the resource at ``now_ms`` (ms since the epoch)."""
        if self._words:
            haystack = f"{resource.name}\n{resource.id}".casefold()
            for search, wanted in self._words:
                if (search(haystack) is not None) is not wanted:
                    return False
        for test, wanted in self._tests:  # noqa: SIM110  half the time of all() with a generator
            if test(resource, now_ms) is not wanted:
                return False
        return True

    def select(self, resources: Iterable[Resource], now_ms: float) -> list[Resource]:
        """Return the resources that match, in their order."""
        if not self:
            return list(resources)
        if len(self._words) == 1 and not self._tests:
            ((search, wanted),) = self._words
            return [r for r in resources if (search(f"{r.name}\n{r.id}".casefold()) is not None) is wanted]
        return [resource for resource in resources if self.matches(resource, now_ms)]


def parse_filter(text: str, facts: Collection[str] = ()) -> Filter:
    """Parse a filter; never raises.

    ``facts`` are the names of facts without a column that a term may use.
    """
    words: list[tuple[Search, bool]] = []
    tests: list[tuple[Test, bool]] = []
    errors: list[str] = []
    if len(text) > _LONGEST:
        return Filter(text, (f"A filter has at most {_LONGEST} characters.",))
    for match in _TERM.finditer(text):
        wanted = not match.group().startswith("!")
        term = match.group() if wanted else match.group()[1:]
        try:
            search = _word(term)
            if search is not None:
                words.append((search, wanted))
            else:
                tests.append((_test(term, facts), wanted))
        except ValueError as wrong:
            errors.append(f"{match.group()}: {wrong}")
    return Filter(text, tuple(errors), tuple(words), tuple(tests))


def _word(term: str) -> Search | None:
    """Return a search over casefolded name and id, or None when the term names a field or is a regex."""
    if not term:
        raise ValueError("a word is missing after !")
    if term[0] in "\"'":
        return re.compile(re.escape(_unquoted(term).casefold())).search
    if term[0] == "/" or _FIELD.fullmatch(term):
        return None
    return _subsequence(_unquoted(term).casefold())


def _subsequence(word: str) -> Search:
    first, rest = word[0], word[1:]
    steps = "".join(f"[^\n{re.escape(letter)}]*{re.escape(letter)}" for letter in rest)
    return re.compile(re.escape(first) + steps).search


def _test(term: str, facts: Collection[str]) -> Test:
    named = _FIELD.fullmatch(term)
    if named is None:
        return _regex(term)
    field, sign, typed = named[1].casefold().replace("-", "_"), named[2], named[3]
    if not typed:
        raise ValueError("a value is missing")
    if sign in (":", "="):
        return _text_test(field, sign, typed, facts)
    return _comparison(field, sign, typed, facts)


def _regex(term: str) -> Test:
    pattern = term[1:-1]
    if not (pattern and term.endswith("/")):
        raise ValueError("a regex stands between two slashes")
    search = compile_user_regex(pattern).search
    return lambda resource, _now: search(f"{resource.name}\n{resource.id}") is not None


def _text_test(field: str, sign: str, typed: str, facts: Collection[str]) -> Test:
    words = tuple(word for word in _alternatives(typed.casefold()) if word)
    if field == "phase":
        phases = fields.phases_of(words)
        return lambda resource, _now: resource.phase in phases
    if field == "status" and sign == ":":
        status = fields.status_test(words)
        return lambda resource, _now: status(resource)
    if fields.is_span(field):
        raise ValueError(f"{field} takes < or >, such as {field}<2h")
    text_of = fields.text_of(field, facts)
    if text_of is None:
        raise _no_field(field, facts)
    if sign == "=":
        return lambda resource, _now: text_of(resource).casefold() in words
    if len(words) == 1:
        (word,) = words
        return lambda resource, _now: word in text_of(resource).casefold()
    return lambda resource, _now: any(word in text_of(resource).casefold() for word in words)


def _comparison(field: str, sign: str, typed: str, facts: Collection[str]) -> Test:
    number_of = fields.number_of(field, facts)
    if number_of is None:
        if field == "phase" or fields.text_of(field, facts):
            raise ValueError(f"{field} is text: use {field}:{typed}")
        raise _no_field(field, facts)
    bound, holds = fields.bound_of(field, _unquoted(typed)), _SIGNS[sign]

    def test(resource: Resource, now: float) -> bool:
        value = number_of(resource, now)
        return value is not None and holds(value, bound)

    return test


def _no_field(field: str, facts: Collection[str]) -> ValueError:
    from difflib import get_close_matches

    near = get_close_matches(field, fields.known_fields(facts), n=1)
    hint = f"; did you mean {near[0]}?" if near else "; put it in quotes to look for the text"
    return ValueError(f"there is no field {field!r}{hint}")


def _alternatives(typed: str) -> list[str]:
    return [_unquoted(typed)] if '"' in typed or "'" in typed else typed.split(",")


def _unquoted(text: str) -> str:
    return text.replace('"', "").replace("'", "") if text[:1] not in "\"'" else text.strip(text[0])

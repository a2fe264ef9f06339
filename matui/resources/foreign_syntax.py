"""Name the syntax of other filter languages in a term, with what to write instead. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NAME = r"[A-Za-z][\w-]*"
_FIELD = rf"({_NAME})"
_FIELD_AND_VALUE = re.compile(rf"{_FIELD}[:=](.*)", re.DOTALL)
_FIELD_AND_SIGN = re.compile(rf"({_FIELD})\s*([:=<>!~]+)\s*(\S*)")
_RANGE = re.compile(rf"{_FIELD}[:=<>]=?\[?([\w.]*?\w)\.\.+(\w[\w.]*)\]?")
_NEXT_TERM = re.compile(rf"(?:[;,]|&&?){_FIELD}[:=<>]")
_LIST = re.compile(r"\w(,|;|&&?)(?=\w)")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_WIDE = {"：": ":", "＝": "=", "＜": "<", "＞": ">", "！": "!", "＊": "*", "？": "?", "｜": "|", "～": "~"}
_WIDE |= {**dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‘’‚", "'")}
_APOSTROPHE = re.compile(r"(?<=\w)[’‘](?=\w)")
_TO_PLAIN = str.maketrans(_WIDE)


def _compile(table: Mapping[str, str]) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern, re.IGNORECASE), words) for pattern, words in table.items()]


# The words for a whole term, with the groups of its pattern; the first that fits counts.
_OF_REGEXES = _compile(
    {
        r"(/.+/)[a-z]+": "a regex takes no flags, and ignores case: write {0}",
        r"(?:name|id)[:=](/.+/)": "a regex searches name and id and stands alone: {0}",
        r"(status|phase|owner|profile|cloud|kind|workspace)[:=]/(.+)/": (
            "a regex searches name and id only: write {0}:{1}"
        ),
    }
)
_OF_TERMS = _compile(
    {
        r"not\((.+)\)": "write ! before the term: !{0}",
        r"!+(.*)": "one ! is enough: write !{0}",
        rf"-({_NAME}[:=<>].*)": "write !{0}",
        rf"\+({_NAME}[:=<>].*)": "write {0}",
        rf"(?!(?:name|id)[:=]){_NAME}[:=](?:null|nil|\"\"|'')": (
            "there is no test for a field without a value"
        ),
    }
)
_OF_BRACKETS = _compile(
    {
        r"\([()]*\)": "there are no brackets; all terms must match: write a word",
        r"\([()]*(.*?)[()]*\)": "there are no brackets; all terms must match: write {0}",
        rf"({_NAME}[:=])\((.*)\)": "there are no brackets: write {0}{1}",
    }
)
# The words that join terms in other languages.
_AND = "terms are and-ed as they stand: leave it out"
_OR = "there is no or; one of several values is written as status:failed,stopped"
_NOT = "write ! before the term, such as !status:failed"
_JOINS = {
    **dict.fromkeys(("and", "but", "&&", "&"), _AND),
    **dict.fromkeys(("or", "xor", "||", "|"), _OR),
    **dict.fromkeys(("not", "nor"), _NOT),
}
_LOWER_JOINS_ALONE = ("and", "or", "not", "xor", "nor", "but")
# The words between a field and a value, as in SQL and jq.
_WORD_OPERATORS = {
    **dict.fromkeys(
        ("is", "like", "ilike", "in", "contains", "has", "matches", "startswith", "endswith"), ":"
    ),
    **dict.fromkeys(("eq", "equals"), "="),
    "ne": ":",
    "gt": ">",
    "ge": ">=",
    "gte": ">=",
    "lt": "<",
    "le": "<=",
    "lte": "<=",
    "between": ">",
}
# A span of time whose unit stands behind a blank: ``age<2 h``.
_UNIT = re.compile(r"[smhdw]|(?:sec|min|hour|day|week)s?", re.IGNORECASE)
_SPAN_WITHOUT_UNIT = re.compile(rf"!?({_NAME})[<>]=?[\d.]+")
# The signs between a field and a value, with ours; a sign that begins with ! is written before the term.
_IS_NOT, _NOT_WITHOUT_SIGN = "!:", "! :"
_OPERATORS = [
    (re.compile(rf"(?P<field>{_NAME})(?:{signs})(?P<value>\S.*)"), ours)
    for signs, ours in {
        r"!=|<>|!:|:!=?|=!|!~|:!~|:-|=-": _IS_NOT,
        r"!": _NOT_WITHOUT_SIGN,
        r"=~|~=|~|:~|::+": ":",
        r"==+|:=": "=",
        r":(?P<sign>[<>]=?)": r"\g<sign>",
        r"=(?P<sign>[<>])=?|(?P<sign2>[<>])[<>]": r"\g<sign>\g<sign2>=",
    }.items()
]
_CALL = re.compile(rf"(?P<field>{_NAME})[:=]in\((?P<value>.+)\)", re.IGNORECASE)
_OPERATORS.append((_CALL, ":"))


class Context(NamedTuple):
    """What a term is judged with: the terms of the filter as typed, its place, and the names of fields."""

    terms: Sequence[str]
    at: int
    fields: Collection[str]
    spans: Collection[str]  # fields that are spans of time
    texts: Collection[str]  # fields that are no numbers

    @property
    def typed(self) -> str:
        """This term as typed, with its ``!``."""
        return self.terms[self.at]

    @property
    def before(self) -> str:
        """The term before this one, ``""`` for none."""
        return self.terms[self.at - 1] if self.at else ""

    @property
    def after(self) -> str:
        """The term after this one, ``""`` for none."""
        return self.terms[self.at + 1] if self.at + 1 < len(self.terms) else ""


def check_syntax(term: str, context: Context) -> None:
    """Raise ValueError where a term, without its ``!``, has an operator or wildcard that filters lack.

    As a word or value such a term would match nothing. Quotes make text of any sign; a regex is left alone.
    The words and, or and not in lower case are words like others, unless a term of the filter names a field.
    """
    bare = _QUOTED.sub("", term)
    if term[:1] != "/" and (quote := re.search("[\"']", bare)):
        raise ValueError(f"the quote {quote[0]} is not closed")
    _raise_first(_OF_REGEXES, term)
    if term[:1] in ("/", '"', "'", "") or _is_list_after_in(context):
        return
    if wide := next((sign for sign in _APOSTROPHE.sub("", bare) if sign in _WIDE), ""):
        raise ValueError(f"{wide} is no sign of a filter: write {term.translate(_TO_PLAIN)}")
    _check_joins(term, context)
    _raise_first(_OF_TERMS, term)
    _check_blanks(term, context)
    _check_operators(term, context)
    if (named := _FIELD_AND_VALUE.fullmatch(term)) and _fold(named[1]) not in context.fields:
        return  # it is that field that is wrong
    _raise_first(_OF_BRACKETS, term)
    _check_brackets(term, bare)
    _check_wildcards(term, bare)


def _raise_first(table: Sequence[tuple[re.Pattern[str], str]], term: str) -> None:
    """Raise ValueError with the words of the first pattern that the whole term fits."""
    for pattern, words in table:
        if match := pattern.fullmatch(term):
            raise ValueError(words.format(*match.groups()))


def _check_joins(term: str, context: Context) -> None:
    join = _JOINS.get(term.casefold())
    plain_words = term in _LOWER_JOINS_ALONE and not any(
        _names_field(each, context) for each in context.terms
    )
    if join and not plain_words:
        raise ValueError(join)


def _check_blanks(term: str, context: Context) -> None:
    """Raise ValueError for a field, an operator and a value with blanks between them."""
    if _fold(context.before) in context.fields:
        if sign := _WORD_OPERATORS.get(term.casefold()):
            value = context.after.strip("()") or "VALUE"
            raise ValueError(
                f"there is no {term} here; write {_build_term(context.before, sign, value, context)}"
            )
        if match := re.match(r"[:=<>~]+|![:=~]+", context.typed):
            joined = context.before + context.typed + ("" if context.typed[match.end() :] else context.after)
            raise ValueError(f"no blanks stand around {match[0]}; write {_translate_term(joined, context)}")
    number = _SPAN_WITHOUT_UNIT.fullmatch(context.before) if _UNIT.fullmatch(term) else None
    if number and _fold(number[1]) in context.spans:
        raise ValueError(f"no blank stands before a unit; write {context.before}{term}")
    named = _FIELD_AND_SIGN.fullmatch(term)
    if named and not named[4] and context.after and _fold(named[1]) in context.fields:
        joined = _translate_term(term + context.after, context)
        raise ValueError(f"a value is missing; without the blank it is {joined}")


def _is_list_after_in(context: Context) -> bool:
    """Return whether a term is the list of ``status in (a,b)``, which is named already."""
    field, word = (*context.terms[: context.at], "", "")[max(0, context.at - 2) :][:2]
    return word.casefold() == "in" and _fold(field) in context.fields


def _check_operators(term: str, context: Context) -> None:
    bare = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), term)
    if (match := _NEXT_TERM.search(bare)) and _fold(match[1]) in context.fields:
        raise ValueError(f"terms have blanks between them: {term[: match.start()]} {term[match.start(1) :]}")
    if "\\" in bare:
        raise ValueError(f"there is no \\ here; {_build_quoted_hint(*_split(term.replace(chr(92), '')))}")
    native = _translate_term(term, context)
    if native != term:
        field = re.match(_NAME, term)
        if field is None or _fold(field[0]) not in context.fields:
            raise ValueError(f"there is no {_find_sign(term)} here; {_build_quoted_hint(term)}")
        raise ValueError(f"there is no {_find_sign(term)} here; write {native}")
    if "|" in bare:
        values = (
            re.sub(r"\|+", ",", term)
            if _FIELD_AND_VALUE.fullmatch(term)
            else f"/{re.sub('[|]+', '|', term)}/"
        )
        raise ValueError(f"there is no | here; write {values}")
    if not _FIELD_AND_VALUE.fullmatch(term) and (match := _LIST.search(bare)):
        listed = f"name:{term.replace(match[1], ',')}" if match[1] in ",;" else term.replace(match[1], " ")
        raise ValueError(f"there is no {match[1]} between words; write {listed}; {_build_quoted_hint(term)}")


def _translate_term(term: str, context: Context) -> str:
    """Return the term with an operator of ours where it has one of another language, else unchanged."""
    if (match := _RANGE.fullmatch(term)) and _fold(match[1]) in set(context.fields) - set(context.texts):
        return f"{match[1]}>={match[2]} {match[1]}<={match[3]}"
    for pattern, sign in _OPERATORS:
        match = pattern.fullmatch(term)
        if match is None:
            continue
        field, value = match["field"], match["value"]
        if sign is _IS_NOT and not _begins_number(term, match):
            if _fold(field) in context.spans:
                raise ValueError(f"{field} takes < or >, such as {field}<{value}")
            return "!" + _build_term(field, ":", value, context)
        if sign is _NOT_WITHOUT_SIGN and _fold(field) in context.fields:
            return "!" + _build_term(field, ":", value, context)
        if sign not in (_IS_NOT, _NOT_WITHOUT_SIGN):
            return _build_term(field, match.expand(sign), value, context)
    return term


def _build_term(field: str, sign: str, value: str, context: Context) -> str:
    """Return a term: a span of time takes a bound, a text none."""
    if _fold(field) in context.spans and sign in (":", "="):
        sign = "<"
    if _fold(field) in context.texts and sign[0] in "<>":
        sign = ":"
    return f"{field}{sign}{value}"


def _begins_number(term: str, match: re.Match[str]) -> bool:
    """Return whether a minus belongs to a number or to a part of a name: ``name:-v2``."""
    sign = term[match.end("field") : match.start("value")]
    return sign in (":-", "=-") and match["field"].casefold() not in ("status", "phase", "kind", "cloud")


def _find_sign(term: str) -> str:
    if _CALL.fullmatch(term):
        return "in()"
    sign = re.search(r"\.\.+", term) if _RANGE.fullmatch(term) else re.search(r"[:=<>!~]{1,3}-?", term)
    return sign[0] if sign else term


def _check_brackets(term: str, bare: str) -> None:
    opened: list[str] = []
    searched = _build_quoted_hint(*_split(term))
    for sign in bare:
        if sign in _BRACKETS:
            opened.append(sign)
        elif sign in _BRACKETS.values() and (not opened or _BRACKETS[opened.pop()] != sign):
            raise ValueError(f"there are no brackets, and {sign} was not opened; {searched}")
    if opened:
        raise ValueError(f"there are no brackets, and {opened[-1]} is not closed; {searched}")


def _check_wildcards(term: str, bare: str) -> None:
    value, name = _split(term)
    sign = _find_wildcard(_QUOTED.sub("", value) if value != term else bare)
    if not sign:
        return
    plain = re.sub(r"^(?:\.?[*]|[%^~])+|(?:\.?[*]|[%?$])+$", "", value)
    if _find_wildcard(plain) or not plain or sign in ("^", "$"):
        fits = not name or name[:-1].casefold() in ("name", "id")
        instead = _as_regex(value, sign) if fits and plain else f"{name}WORD, which is found anywhere"
    else:
        instead = f"{name}{plain}, which is found anywhere"
    raise ValueError(f"there is no {sign} here; write {instead}; {_build_quoted_hint(value, name)}")


def _find_wildcard(value: str) -> str:
    if found := re.search(r"[*?]", value):
        return found[0]
    if value[:1] in ("^", "%", "~") and len(value) > 1:
        return value[0]
    return "$" if len(value) > 1 and value[-1] == "$" else ""


def _as_regex(value: str, sign: str) -> str:
    """Return the regex that says what a wildcard, or a regex without slashes, was to say."""
    if sign in "*?" and ".*" not in value and "\\" not in value:
        value = re.escape(value).replace(r"\*", ".*").replace(r"\?", ".").replace(r"\-", "-")
    return f"/{value}/"


def _split(term: str) -> tuple[str, str]:
    """Return the value of a term, and the field with its sign, ``""`` for a word."""
    field = _FIELD_AND_VALUE.fullmatch(term)
    return (field[2], term[: field.end(1) + 1]) if field else (term, "")


def _build_quoted_hint(value: str, name: str = "") -> str:
    return f'{name}"{value}" in quotes is searched as it is'


def _names_field(term: str, context: Context) -> bool:
    named = re.match(rf"!?{_FIELD}(?:<=|>=|[:<>=])", term)
    return named is not None and _fold(named[1]) in context.fields


def _fold(field: str) -> str:
    return field.casefold().replace("-", "_")

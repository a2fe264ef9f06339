"""Name the syntax of other filter languages in a term, with what to write instead. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_FIELD = r"([A-Za-z][\w-]*)"
_VALUE = r"(\S.*)"
_IS_NOT = re.compile(rf"{_FIELD}(?:!=|<>|!:|:!=?|=!|!~|:!~|:-|=-){_VALUE}")
_NOT_WITHOUT_SIGN = re.compile(rf"{_FIELD}!{_VALUE}")
_LIKE = re.compile(rf"{_FIELD}(?:=~|~=|~|:~|::+){_VALUE}")
_EXACTLY = re.compile(rf"{_FIELD}(?:==+|:=){_VALUE}")
_BELOW_OR_ABOVE = re.compile(rf"{_FIELD}(?::([<>]=?)|=([<>])=?|([<>])[<>]){_VALUE}")
_RANGE = re.compile(rf"{_FIELD}[:=<>]=?\[?([\w.]*?\w)\.\.+(\w[\w.]*)\]?")
_SIGNED_TERM = re.compile(rf"[+-](?={_FIELD}[:=<>])")
_CALL = re.compile(rf"{_FIELD}[:=]in\((.+)\)", re.IGNORECASE)
_NOT_CALL = re.compile(r"not\((.+)\)", re.IGNORECASE)
_GROUP = re.compile(r"\(.*\)")
_GROUPED_VALUE = re.compile(rf"{_FIELD}[:=]\((.*)\)")
_NEXT_TERM = re.compile(rf"(?:[;,]|&&?){_FIELD}[:=<>]")
_EMPTY = re.compile(rf"{_FIELD}[:=](?:null|nil|\"\"|'')", re.IGNORECASE)
_REGEX_OF_FIELD = re.compile(r"(?:name|id)[:=](/.+/)", re.IGNORECASE)
_FLAGGED_REGEX = re.compile(r"(/.+/)[a-z]+", re.IGNORECASE)
_LEADING_FIELD = re.compile(_FIELD)
_FIELD_AND_VALUE = re.compile(rf"{_FIELD}[:=](.*)", re.DOTALL)
_FIELD_AND_SIGN = re.compile(rf"({_FIELD})\s*([:=<>!~]+)\s*(\S*)")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_JOINS = {
    "and": "terms are and-ed as they stand: leave it out",
    "or": "there is no or; one of several values is written as status:failed,stopped",
    "not": "write ! before the term, such as !status:failed",
}
_JOINS |= {"&&": _JOINS["and"], "||": _JOINS["or"], "&": _JOINS["and"], "|": _JOINS["or"]}
_JOINS |= {"xor": _JOINS["or"], "nor": _JOINS["not"], "but": _JOINS["and"]}
_LOWER_JOINS_ALONE = ("and", "or", "not", "xor", "nor", "but")
# Between a field and a value, as in SQL and jq.
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
_NO_TEST = "there is no test for a field without a value"
_LIST = re.compile(r"\w(,|;|&&?)(?=\w)")
_WIDE = {"：": ":", "＝": "=", "＜": "<", "＞": ">", "！": "!", "＊": "*", "？": "?", "｜": "|", "～": "~"}
_WIDE |= {**dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‘’‚", "'")}
_APOSTROPHE = re.compile(r"(?<=\w)[’‘](?=\w)")
_TO_PLAIN = str.maketrans(_WIDE)


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
    if regex := _FLAGGED_REGEX.fullmatch(term):
        raise ValueError(f"a regex takes no flags, and ignores case: write {regex[1]}")
    if regex := _REGEX_OF_FIELD.fullmatch(term):
        raise ValueError(f"a regex searches name and id and stands alone: {regex[1]}")
    if term[:1] in ("/", '"', "'", "") or _is_list_after_in(context):
        return
    if wide := next((sign for sign in _APOSTROPHE.sub("", bare) if sign in _WIDE), ""):
        raise ValueError(f"{wide} is no sign of a filter: write {term.translate(_TO_PLAIN)}")
    _check_joins(term, context)
    _check_blanks(term, context)
    _check_operators(term, context)
    if (named := _FIELD_AND_VALUE.fullmatch(term)) and _fold(named[1]) not in context.fields:
        return  # it is that field that is wrong
    _check_brackets(term, bare)
    _check_wildcards(term, bare)


def _check_joins(term: str, context: Context) -> None:
    join = _JOINS.get(term.casefold())
    plain_words = term in _LOWER_JOINS_ALONE and not any(
        _names_field(each, context) for each in context.terms
    )
    if join and not plain_words:
        raise ValueError(join)
    if call := _NOT_CALL.fullmatch(term):
        raise ValueError(f"write ! before the term: !{call[1]}")


def _check_blanks(term: str, context: Context) -> None:
    """Raise ValueError for a field, an operator and a value with blanks between them."""
    if _fold(context.before) in context.fields:
        if sign := _WORD_OPERATORS.get(term.casefold()):
            value = context.after.strip("()") or "VALUE"
            raise ValueError(f"there is no {term} here; write {_term(context.before, sign, value, context)}")
        if match := re.match(r"[:=<>~]+|![:=~]+", context.typed):
            joined = context.before + context.typed + ("" if context.typed[match.end() :] else context.after)
            raise ValueError(f"no blanks stand around {match[0]}; write {_native(joined, context)}")
    named = _FIELD_AND_SIGN.fullmatch(term)
    if named and not named[4] and context.after and _fold(named[1]) in context.fields:
        joined = _native(term + context.after, context)
        raise ValueError(f"a value is missing; without the blank it is {joined}")


def _is_list_after_in(context: Context) -> bool:
    """Return whether a term is the list of ``status in (a,b)``, which is named already."""
    field, word = (*context.terms[: context.at], "", "")[max(0, context.at - 2) :][:2]
    return word.casefold() == "in" and _fold(field) in context.fields


def _check_operators(term: str, context: Context) -> None:
    bare = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), term)
    if term[:1] == "!":
        raise ValueError(f"one ! is enough: write !{term.lstrip('!')}")
    if match := _SIGNED_TERM.match(term):
        raise ValueError(f"write {'!' if term[0] == '-' else ''}{term[1:]}")
    if (match := _EMPTY.fullmatch(term)) and match[1].casefold() not in ("name", "id"):
        raise ValueError(_NO_TEST)
    if (match := _NEXT_TERM.search(bare)) and _fold(match[1]) in context.fields:
        raise ValueError(f"terms have blanks between them: {term[: match.start()]} {term[match.start(1) :]}")
    if "\\" in bare:
        raise ValueError(f"there is no \\ here; {_quoted_hint(*_split(term.replace(chr(92), '')))}")
    native = _native(term, context)
    if native != term:
        field = _LEADING_FIELD.match(term)
        if field is None or _fold(field[0]) not in context.fields:
            raise ValueError(f"there is no {_sign_of(term)} here; {_quoted_hint(term)}")
        raise ValueError(f"there is no {_sign_of(term)} here; write {native}")
    if "|" in bare:
        values = (
            re.sub(r"\|+", ",", term)
            if _FIELD_AND_VALUE.fullmatch(term)
            else f"/{re.sub('[|]+', '|', term)}/"
        )
        raise ValueError(f"there is no | here; write {values}")
    if not _FIELD_AND_VALUE.fullmatch(term) and (match := _LIST.search(bare)):
        listed = f"name:{term.replace(match[1], ',')}" if match[1] in ",;" else term.replace(match[1], " ")
        raise ValueError(f"there is no {match[1]} between words; write {listed}; {_quoted_hint(term)}")


def _native(term: str, context: Context) -> str:
    """Return the term with an operator of ours where it has one of another language, else unchanged."""
    if (match := _RANGE.fullmatch(term)) and _fold(match[1]) in set(context.fields) - set(context.texts):
        return f"{match[1]}>={match[2]} {match[1]}<={match[3]}"
    if (match := _IS_NOT.fullmatch(term)) and not _begins_number(term, match):
        if _fold(match[1]) in context.spans:
            raise ValueError(f"{match[1]} takes < or >, such as {match[1]}<{match[2]}")
        return "!" + _term(match[1], ":", match[2], context)
    if (match := _NOT_WITHOUT_SIGN.fullmatch(term)) and _fold(match[1]) in context.fields:
        return "!" + _term(match[1], ":", match[2], context)
    if match := _LIKE.fullmatch(term):
        return _term(match[1], ":", match[2], context)
    if match := _EXACTLY.fullmatch(term):
        return _term(match[1], "=", match[2], context)
    if match := _BELOW_OR_ABOVE.fullmatch(term):
        return _term(match[1], match[2] or (match[3] or match[4]) + "=", match[5], context)
    if match := _CALL.fullmatch(term):
        return _term(match[1], ":", match[2], context)
    return term


def _term(field: str, sign: str, value: str, context: Context) -> str:
    """Return a term: a span of time takes a bound, a text none."""
    if _fold(field) in context.spans and sign in (":", "="):
        sign = "<"
    if _fold(field) in context.texts and sign[0] in "<>":
        sign = ":"
    return f"{field}{sign}{value}"


def _begins_number(term: str, match: re.Match[str]) -> bool:
    """Return whether a minus belongs to a number or to a part of a name: ``name:-v2``."""
    sign = term[match.end(1) : match.start(2)]
    return sign in (":-", "=-") and match[1].casefold() not in ("status", "phase", "kind", "cloud")


def _sign_of(term: str) -> str:
    if _CALL.fullmatch(term):
        return "in()"
    sign = re.search(r"\.\.+", term) if _RANGE.fullmatch(term) else re.search(r"[:=<>!~]{1,3}-?", term)
    return sign[0] if sign else term


def _check_brackets(term: str, bare: str) -> None:
    if _GROUP.fullmatch(term):
        word = term.strip("()") or "a word"
        raise ValueError(f"there are no brackets; all terms must match: write {word}")
    if group := _GROUPED_VALUE.fullmatch(term):
        raise ValueError(f"there are no brackets: write {term[: group.end(1) + 1]}{group[2]}")
    opened: list[str] = []
    searched = _quoted_hint(*_split(term))
    for sign in bare:
        if sign in _BRACKETS:
            opened.append(sign)
        elif sign in _BRACKETS.values() and (not opened or _BRACKETS[opened.pop()] != sign):
            raise ValueError(f"there are no brackets, and {sign} was not opened; {searched}")
    if opened:
        raise ValueError(f"there are no brackets, and {opened[-1]} is not closed; {searched}")


def _check_wildcards(term: str, bare: str) -> None:
    value, name = _split(term)
    sign = _wildcard_in(_QUOTED.sub("", value) if value != term else bare)
    if not sign:
        return
    plain = re.sub(r"^(?:\.?[*]|[%^~])+|(?:\.?[*]|[%?$])+$", "", value)
    if _wildcard_in(plain) or not plain or sign in ("^", "$"):
        fits = not name or name[:-1].casefold() in ("name", "id")
        instead = _as_regex(value, sign) if fits and plain else f"{name}WORD, which is found anywhere"
    else:
        instead = f"{name}{plain}, which is found anywhere"
    raise ValueError(f"there is no {sign} here; write {instead}; {_quoted_hint(value, name)}")


def _wildcard_in(value: str) -> str:
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


def _quoted_hint(value: str, name: str = "") -> str:
    return f'{name}"{value}" in quotes is searched as it is'


def _names_field(term: str, context: Context) -> bool:
    named = re.match(rf"!?{_FIELD}(?:<=|>=|[:<>=])", term)
    return named is not None and _fold(named[1]) in context.fields


def _fold(field: str) -> str:
    return field.casefold().replace("-", "_")

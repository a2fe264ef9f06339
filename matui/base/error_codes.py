"""Explain the error codes of ModelArts and of its API gateway, with remedies."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal, NamedTuple, TypeAlias

Language: TypeAlias = Literal["en", "zh"]

_PREFIXES = ("ModelArts", "APIGW", "APIG")
_SHARED = {"gateway": ("APIGW", "APIG")}
_CODE = re.compile(r"(?:(modelarts|apigw|apig)[\s._:-]*)?([0-9]{1,4})", re.IGNORECASE)
_LONGEST_GUESS = 64


class Explanation(NamedTuple):
    """One error code. ``kind`` is the reference's type of error; the others are one sentence each."""

    code: str
    kind: str
    meaning: str
    remedy: str


def explain(code: str, language: Language = "en") -> Explanation | None:
    """Return what ``code`` means, in English or Chinese, or None for an unknown one.

    Accepts ``ModelArts.6305``, ``modelarts 6305``, ``6305``, ``APIGW.0301``. A bare
    number is a ModelArts code first, then a gateway's.
    """
    match = _CODE.fullmatch(code.strip())
    if match is None:
        return None
    prefix, number = match.groups()
    prefixes = (prefix,) if prefix else _PREFIXES
    found = (_table(language).get(f"{p}.{number:0>4}".lower()) for p in prefixes)
    return next((entry for entry in found if entry is not None), None)


def all_explanations(language: Language = "en") -> tuple[Explanation, ...]:
    """Return every code that is known: ModelArts, then APIGW, then APIG, each by number."""
    return tuple(sorted(_table(language).values(), key=_rank))


def suggestions(code: str) -> tuple[str, ...]:
    """Return up to three known codes that look like ``code``, the likeliest first."""
    from difflib import get_close_matches

    guess = code[:_LONGEST_GUESS]
    number = "".join(re.findall("[0-9]", guess))
    prefixes = _likely_prefixes(guess)
    by_number: dict[str, list[str]] = {}
    for entry in all_explanations():
        prefix, _, digits = entry.code.partition(".")
        if prefix in prefixes:
            by_number.setdefault(digits, []).append(entry.code)
    near = get_close_matches(number, by_number, n=len(by_number) or 1, cutoff=0.75)
    near.sort(key=lambda digits: _likeness(number, digits), reverse=True)
    return tuple(known for digits in near for known in by_number[digits])[:3]


def _likeness(typed: str, known: str) -> tuple[bool, int]:
    """Return a sort key: swapped digits first, then the number of digits in the same place."""
    return sorted(typed) == sorted(known), sum(a == b for a, b in zip(typed, known, strict=False))


def _likely_prefixes(guess: str) -> tuple[str, ...]:
    from difflib import get_close_matches

    letters = "".join(re.findall("[a-z]", guess.lower()))
    if not letters:
        return _PREFIXES
    near = get_close_matches(letters, [prefix.lower() for prefix in _PREFIXES], n=1)
    return tuple(prefix for prefix in _PREFIXES if prefix.lower() in near)


def _rank(entry: Explanation) -> tuple[int, str]:
    prefix, _, number = entry.code.partition(".")
    return _PREFIXES.index(prefix), number


@cache
def _table(language: Language) -> dict[str, Explanation]:
    """Return the explanations by lower-case code."""
    read = _read_chinese if language == "zh" else _read_english
    return {
        f"{prefix}.{number}".lower(): entry._replace(code=f"{prefix}.{number}")
        for table, codes in read().items()
        for prefix in _SHARED.get(table, (table,))
        for number, entry in codes.items()
    }


def _read_english() -> dict[str, dict[str, Explanation]]:
    return {
        table: {number: Explanation(number, **fields) for number, fields in codes.items()}
        for table, codes in _read_toml("error_codes.toml").items()
    }


def _read_chinese() -> dict[str, dict[str, Explanation]]:
    """Return the explanations in Chinese, in English where one has no translation."""
    translated = _read_toml("error_codes_zh.toml")
    kinds = translated.pop("kinds")
    return {
        table: {
            number: Explanation(number, kinds[entry.kind], *found) if found is not None else entry
            for number, entry in codes.items()
            for found in (translated.get(table, {}).get(number),)
        }
        for table, codes in _read_english().items()
    }


def _read_toml(name: str) -> dict[str, dict[str, Any]]:
    import tomllib
    from importlib.resources import files

    return tomllib.loads(files("matui.base").joinpath(name).read_text(encoding="utf-8"))

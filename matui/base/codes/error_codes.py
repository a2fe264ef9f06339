"""Explain the error codes of ModelArts, its gateway, Qianfan and OpenSearch, with remedies."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

Language: TypeAlias = Literal["en", "zh"]

_PREFIXES = ("ModelArts", "APIGW", "APIG")
_SHARED = {"gateway": ("APIGW", "APIG")}
_CODE = re.compile(r"(?:(modelarts|apigw|apig)[\s._:-]*)?([0-9]{1,4})", re.IGNORECASE)
_LONGEST_GUESS = 64
_QIANFAN, _OPENSEARCH = "Qianfan", "OpenSearch"
_KEYS = "Check the access key of the profile; `matui doctor` tests it."
_CLOCK = "Set this machine's clock right; `matui doctor` compares it with the cloud's."
_PERMISSION = "Ask an administrator of the account for the permission, or use another profile."
_WAIT = "Wait a moment, or raise `refresh`: other tools of the account count too."
_LATER = "Try again in a moment, and report the request id to the cloud's support if it goes on."

# The cloud, its codes, the meaning and the remedy.
PEER_CODES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    (_QIANFAN, ("14", "15"), "The signature or the key of the request was not accepted.", _KEYS),
    (_QIANFAN, ("110",), "The access token is invalid or no longer valid.", _KEYS),
    (_QIANFAN, ("111",), "The access token has expired.", _KEYS),
    (_QIANFAN, ("6",), "The key has no permission for this data.", _PERMISSION),
    (_QIANFAN, ("4", "17", "19"), "The number of requests that the account may send is used up.", _WAIT),
    (_QIANFAN, ("18", "336501", "336502", "336503"), "Too many requests were sent in a short time.", _WAIT),
    (_QIANFAN, ("336100",), "The service is overloaded.", _LATER),
    (_QIANFAN, ("1", "2", "336000", "500000"), "The service failed.", _LATER),
    (
        _QIANFAN,
        ("500001",),
        "A parameter of the request is wrong.",
        "Compare the ids in the request with the list.",
    ),
    (_QIANFAN, ("AccessDenied",), "The key has no permission for this call.", _PERMISSION),
    (_QIANFAN, ("InvalidAccessKeyId",), "The access key does not exist.", _KEYS),
    (_QIANFAN, ("SignatureDoesNotMatch",), "The secret key does not belong to the access key.", _KEYS),
    (
        _QIANFAN,
        ("InvalidHTTPAuthHeader",),
        "The signature of the request is malformed.",
        "Report the request id to the cloud's support.",
    ),
    (_QIANFAN, ("InvalidSessionToken",), "The temporary key is invalid or has expired.", "Get a new one."),
    (
        _QIANFAN,
        ("RequestExpired", "RequestTimeTooSkewed"),
        "The request was signed at a time too far from the cloud's.",
        _CLOCK,
    ),
    (_OPENSEARCH, ("Throttling", "Throttling.User"), "Too many requests were sent in a short time.", _WAIT),
    (
        _OPENSEARCH,
        ("Forbidden.RAM", "Forbidden"),
        "The RAM user may not make this call.",
        _PERMISSION,
    ),
    (_OPENSEARCH, ("InvalidAccessKeyId.NotFound",), "The access key does not exist.", _KEYS),
    (_OPENSEARCH, ("SignatureDoesNotMatch",), "The secret does not belong to the access key.", _KEYS),
    (
        _OPENSEARCH,
        ("InvalidTimeStamp.Expired", "IllegalTimestamp", "RequestTimeTooSkewed"),
        "The request was signed at a time too far from the cloud's.",
        _CLOCK,
    ),
    (
        _OPENSEARCH,
        ("InvalidSecurityToken.Expired",),
        "The temporary key has expired.",
        "Get a new one.",
    ),
    (
        _OPENSEARCH,
        ("App.NotFound",),
        "The app group does not exist.",
        "Compare `app` in the profile.",
    ),
    (
        _OPENSEARCH,
        ("Function.NotFound",),
        "The function does not exist.",
        "Compare `functions` in the profile.",
    ),
    (
        _OPENSEARCH,
        ("Instance.NotFound",),
        "The instance does not exist.",
        "List the jobs again.",
    ),
    (
        _OPENSEARCH,
        ("Task.IsRunning",),
        "The instance is training already.",
        "Wait until it has ended.",
    ),
    (_OPENSEARCH, ("ServiceUnavailable", "InternalError"), "The service failed.", _LATER),
)


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
    found = (_load_table(language).get(f"{p}.{number:0>4}".lower()) for p in prefixes)
    return next((entry for entry in found if entry is not None), None)


def list_explanations(language: Language = "en") -> tuple[Explanation, ...]:
    """Return every code that is known: ModelArts, then APIGW, then APIG, each by number."""
    return tuple(sorted(_load_table(language).values(), key=_build_sort_key))


def suggest_codes(code: str) -> tuple[str, ...]:
    """Return up to three known codes that look like ``code``, the likeliest first."""
    from difflib import get_close_matches

    guess = code[:_LONGEST_GUESS]
    number = "".join(re.findall("[0-9]", guess))
    prefixes = _guess_prefixes(guess)
    by_number: dict[str, list[str]] = {}
    for entry in list_explanations():
        prefix, _, digits = entry.code.partition(".")
        if prefix in prefixes:
            by_number.setdefault(digits, []).append(entry.code)
    near = get_close_matches(number, by_number, n=len(by_number) or 1, cutoff=0.75)
    near.sort(key=lambda digits: _measure_likeness(number, digits), reverse=True)
    return tuple(known for digits in near for known in by_number[digits])[:3]


def _measure_likeness(typed: str, known: str) -> tuple[bool, int]:
    """Return a sort key: swapped digits first, then the number of digits in the same place."""
    return sorted(typed) == sorted(known), sum(a == b for a, b in zip(typed, known, strict=False))


def _guess_prefixes(guess: str) -> tuple[str, ...]:
    from difflib import get_close_matches

    letters = "".join(re.findall("[a-z]", guess.lower()))
    if not letters:
        return _PREFIXES
    near = get_close_matches(letters, [prefix.lower() for prefix in _PREFIXES], n=1)
    return tuple(prefix for prefix in _PREFIXES if prefix.lower() in near)


def _build_sort_key(entry: Explanation) -> tuple[int, str]:
    prefix, _, number = entry.code.partition(".")
    return _PREFIXES.index(prefix), number


@cache
def _load_table(language: Language) -> dict[str, Explanation]:
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

    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def explain_peer_code(code: str) -> tuple[Explanation, ...]:
    """Return every meaning of ``code`` at Qianfan and OpenSearch; empty for an unknown one.

    Accepts the code as it is sent, in any case, or after the cloud: ``Qianfan.111``, ``qianfan 111``.
    """
    typed = code.strip().casefold()
    return tuple(entry for entry in list_peer_codes() if typed in _list_spellings(entry))


def list_peer_codes() -> tuple[Explanation, ...]:
    """Return every code that is known: Qianfan's, then OpenSearch's."""
    return tuple(
        Explanation(f"{cloud}.{code}", f"Error of {cloud}", meaning, remedy)
        for cloud, codes, meaning, remedy in PEER_CODES
        for code in codes
    )


def _list_spellings(entry: Explanation) -> tuple[str, str, str]:
    cloud, _, code = entry.code.casefold().partition(".")
    return code, f"{cloud}.{code}", f"{cloud} {code}"

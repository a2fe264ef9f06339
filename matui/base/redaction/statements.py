"""Mask what a sentence states to be a secret: ``password is X``; the words that name secrets. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.harmless import is_about_secret, is_placeholder
from matui.base.redaction.patterns import KEY_PAIR, MASK, PASSWORDS, SECRETS, contains_any
from matui.base.text.regex import LazyPattern

_SIGNS = (": ", " is", " was", " are", " were", " be", " equals", " to", "->", "=>", "→", "是", "为")
_OBJECT = r"(?: (?:for|of|to|in|on|used|by)(?: [\w.@/'\"-]{1,60}){1,4}?)?"
_VERB = (
    r"(?:(?: (?:is|was|are|were|equals|will be|(?:has|have) been)| (?:set|changed|reset|rotated) to)"
    r"(?: (?:now|currently|set|changed|reset|rotated|to|as)){0,3}(?:\s*:)?\s+|\s*(?:->|=>|→)\s*"
    r"|\s*:\s+|\s*(?:是|设为|改为|为)\s*[:：]?\s*)"
)
_VALUE = r"(?P<value>\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'|`[^`\n]{1,200}`|[!-~]{4,})"
_STATED = LazyPattern(
    rf"(?P<name>{PASSWORDS}|{SECRETS}|{KEY_PAIR})(?P<ending>[\w-]{{0,40}}){_OBJECT}(?P<verb>{_VERB})"
    rf"{_VALUE}(?P<last>\s*$)?",
    re.IGNORECASE,
)
_PASSWORD_NAME = LazyPattern(rf"(?:{PASSWORDS})", re.IGNORECASE)

_OF_TEXTS = LazyPattern(
    r"unexpected|special|pad|eos|bos|unk|mask|sep|cls|next|last|first|each|every|current|previous|stop"
    r"|prompt|generated|sampled|target|input|output|begin|end"
)
"""Words before ``token`` that make it one of a language model or of a parser."""
_PROSE = LazyPattern(
    r"wrong|right|good|okay|null|none|blank|fine|same|different|weak|strong|short|long|true|false"
    r"|mandatory|private|public|here|there|this|that|what|when|where|which|with|from|than|then|they|your"
    r"|still|just|also|only|already|again|away|back|more|most|much|very|both|such|some|once|soon|late"
    r"|later|early|free|full|ready|gone|lost|broken|stolen|hidden|given|taken|shown|stale|plain|secure"
    r"|unsafe|safe|case|about|above|after|before|over|under|into|like|part|based|base|shared|unset|reset"
    r"|unknown|known|incorrect|correct|incomplete|complete|obsolete|absent|present|current|too|never"
    r"|always|yours|mine|ours|kept|left|sent|read|written|found|held|unique|random|empty|nothing"
    r"|undefined|redacted|text|html|json|plaintext|outdated|legacy|default|temporary|permanent|longer"
    r"|shorter|older|newer|either|neither|being|because|between|against|without|within|through|during"
    r"|until|unless|while|since|does|must|should|would|could|cannot|dont|doesnt|wont|have|been|bearer"
    r"|basic|digest|will|used|bytes|bits|characters|chars"
)
_ENDS = (
    *("ed", "ing", "ly", "able", "ible", "less", "ful", "ous", "ive", "ory", "ary", "ent", "ant", "ical"),
    *("n't", "valid", "enough", "match", "matches"),
)
_FIGURE = LazyPattern(r"[\d.,:+/T-]+(?:e[+-]?\d+)?(?:[a-z]{1,3}|%)?(?:/[a-z]+)?", re.IGNORECASE)
_ALGORITHM = LazyPattern(r"(?:sha|base|utf|rs|hs|es|md|aes|rsa|ed|v)-?\d[\w.-]{0,6}", re.IGNORECASE)
_PLACEHOLDER = LazyPattern(r"[*<({\[%]|\$\w+$|\$\{")
_LONGEST_NAME = 40
_LEAST_MIXED = 6
_LEAST_DIGITS = 4


def mask_statements(line: str) -> str:
    """Return a line with ``***`` for values that a sentence states; ``password is wrong`` stays."""
    return _STATED.compiled.sub(_mask, line) if contains_any(line.lower(), _SIGNS) else line


def _mask(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - _LONGEST_NAME) : match.start()]
    word = re.split(r"[ _-]", before.rstrip(" _-"))[-1].lower()
    if is_about_secret(match["name"] + match["ending"]):
        return match[0]
    if match["name"].lower() == "token" and _OF_TEXTS.compiled.fullmatch(word):
        return match[0]
    if match["verb"].strip() == ":" and not _is_variable(before, match):
        return match[0]
    value = match["value"]
    quote = value[0] if value[0] in "\"'`" and value[-1] == value[0] else ""
    bare = value.strip(quote) if quote else value.rstrip(".,;:)]}\"'")
    if is_placeholder(bare):
        return match[0]
    is_password = _PASSWORD_NAME.compiled.fullmatch(match["name"]) is not None
    is_plain = not quote and not re.search(r"[:：>→]\s*$", match["verb"])
    ends = match["last"] is not None or bare != value
    if not (_is_password(bare, ends or not is_plain) if is_password else _is_secret(bare, not is_plain)):
        return match[0]
    after = value[len(quote) + len(bare) :].removeprefix(quote)
    shown = match.string[match.start() : match.start("value")]
    return f"{shown}{quote}{MASK}{quote}{after}{match['last'] or ''}"


def _is_variable(before: str, match: re.Match[str]) -> bool:
    """Return whether the name is one of a variable, ``api_key`` or ``TOKEN``, and no word of a sentence."""
    name = f"{before}{match['name']}{match['ending']}".rpartition(" ")[2]
    return not name.lower().endswith("s") and ("_" in name or name.isupper())


def _is_password(value: str, pointed_out: bool) -> bool:
    """Return whether a value may be a password; a word of letters only at the end or after a sign."""
    if len(value) < _LEAST_DIGITS or _PLACEHOLDER.compiled.match(value):
        return False
    if any(sign.isdigit() for sign in value):
        return value.isdigit() or _FIGURE.compiled.fullmatch(value) is None
    return pointed_out and not _is_prose(value)


def _is_secret(value: str, pointed_out: bool) -> bool:
    """Return whether a value may be a token or a key: letters and digits, or any word after a sign."""
    if len(value) < _LEAST_MIXED or _PLACEHOLDER.compiled.match(value) or "://" in value or value[0] in "/~.":
        return False
    if _FIGURE.compiled.fullmatch(value) or _ALGORITHM.compiled.fullmatch(value):
        return False
    return any(sign.isdigit() for sign in value) or (pointed_out and not _is_prose(value))


def _is_prose(value: str) -> bool:
    """Return whether the first word of a value, or a part of it with hyphens, is an ordinary one."""
    words = re.split(r"[\s-]", value.lower().strip(".,!?"))
    return any(
        _PROSE.compiled.fullmatch(word) or word.endswith(_ENDS) or len(word) < _LEAST_DIGITS
        for word in words[:3]
    )

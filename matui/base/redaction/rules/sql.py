"""Secrets in statements of SQL. Pure."""

from __future__ import annotations

import re
from itertools import cycle

from matui.base.redaction.patterns import KEY_PAIR, MASK, PASSWORDS, SECRETS
from matui.base.redaction.rules.rule import MaskRule
from matui.base.text.regex import LazyPattern

INSERT = LazyPattern(
    r"(?P<head>\b(?:INSERT|REPLACE|UPSERT)\s[^()\n]{1,200}\((?P<columns>[^()\n]{1,2000})\)\s*VALUES\s*)"
    r"(?P<rows>\((?:'(?:[^'\\]|''|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^'\"])*)",
    re.IGNORECASE,
)
"""An INSERT of SQL with the names of its columns."""
_SQL_VALUE = LazyPattern(r"'(?:[^'\\]|''|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s,()'\"][^,()'\"]*(?:\([^()]*\))?")
_SQL_SECRET = LazyPattern(rf"(?:{PASSWORDS}|{SECRETS}|{KEY_PAIR})", re.IGNORECASE)
_FEWEST = 4


def mask_inserted(match: re.Match[str]) -> str:
    """Return an INSERT with ``***`` for what goes into columns that are named as secrets."""
    columns = [name.strip(" \t`\"'[]") for name in match["columns"].split(",")]
    are_secret = [_SQL_SECRET.compiled.search(name) is not None for name in columns]
    if not any(are_secret):
        return match[0]
    turns = cycle(are_secret)

    def mask(value: re.Match[str]) -> str:
        quote = value[0][0]
        is_text = quote in "'\"" and len(value[0]) > _FEWEST
        return f"{quote}{MASK}{quote}" if next(turns) and is_text else value[0]

    return match["head"] + _SQL_VALUE.compiled.sub(mask, match["rows"])


SQL: tuple[MaskRule, ...] = (
    MaskRule(("VALUES", "values"), INSERT, mask_inserted),
    MaskRule("DENTIFIED", LazyPattern(r"(IDENTIFIED (?:WITH \w+ )?BY (?:PASSWORD )?[\"'])[^\"'\n]+")),
    MaskRule("SET PASSWORD ", LazyPattern(r"(SET PASSWORD FOR \S+ = ')[^'\n]+")),
    MaskRule(("KEY_ID '", "KEY_ID AS '"), LazyPattern(r"(\bKEY_ID (?:AS )?')[^'\n]{8,}")),
    MaskRule("PASSWORD(", LazyPattern(r"(\bPASSWORD\([\"'])[^\"'\n]+")),
)

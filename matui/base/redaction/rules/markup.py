"""Secrets in XML: in elements, properties and entries. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.patterns import NO_VALUE, OTHERS, PASSWORDS, SECRET_NAME
from matui.base.redaction.rules.rule import MaskRule
from matui.base.text.regex import LazyPattern

_ELEMENT = LazyPattern(
    rf"(<(?:[\w.-]{{0,80}}?[:._-])?(?:{PASSWORDS}|{OTHERS})[\w.-]{{0,40}}(?:\s[^<>]{{0,200}})?>"
    rf"(?:<!\[CDATA\[)?)(?!(?:[\d.,\s]*|\s*{NO_VALUE}\s*)<)[^<]+(?=</)",
    re.IGNORECASE,
)

MARKUP: tuple[MaskRule, ...] = (
    MaskRule(  # of Hadoop
        "</name>",
        LazyPattern(
            rf"(<name>\s*{SECRET_NAME}\s*</name>\s*<value>)(?!\s*{NO_VALUE}\s*<)[^<]+", re.IGNORECASE
        ),
    ),
    *(
        MaskRule(
            f" {attribute}=",
            LazyPattern(
                rf"(<\w+ {attribute}=[\"']{SECRET_NAME}[\"'](?:\s[^<>]{{0,80}})?>\s*(?:<value>)?)"
                rf"(?!(?:[\d.,\s]*|\s*{NO_VALUE}\s*)<)[^<]+(?=</)",
                re.IGNORECASE,
            ),
        )
        for attribute in ("name", "key")
    ),
    MaskRule("</", _ELEMENT),
)

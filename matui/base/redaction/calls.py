"""Mask secrets in source: calls that take them, literals with a type or a prefix. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.statements import MASK, PASSWORDS, SECRETS, MaskRule
from matui.base.text.regex import LazyPattern

_ARGUMENT = r"(?:\w+\s*=\s*)?[\"']"
_STRING = rf"\s*{_ARGUMENT}[^\"'\n]{{0,80}}[\"']\s*,"
_MIXED = r"(?=[^\s\"']*\d)(?=[^\s\"']*[A-Za-z])[^\s\"']{8,}(?=[\"'])"
_EXAMPLE = r"(?:[<${]|(?i:your)[ _-])"
_BOTH_EXAMPLES = rf"{_EXAMPLE}[^\"'\n]*[\"'],\s*{_ARGUMENT}{_EXAMPLE}"
_SETTER = r"\b(?:[sS]et|[wW]ith|[sS]ave)_?[A-Za-z_]{0,40}?"
_FIRST = r"\(\s*(?:[\w.]{1,40}\s*,\s*)?[\"']"
_TYPE = r"(?:\s*:\s*[A-Za-z][\w.]{0,30}(?:\[[\w., |]{1,40}\])?)?\s*=\s*"
_WRAPPER = r"(?:(?:\w{1,20}\.)?(?:SecretStr|Secret|str|bytes|String)\(\s*)?[rbfuRBFU]{0,2}"

CALLS: tuple[MaskRule, ...] = (
    *(
        MaskRule(
            f"{call}(",
            LazyPattern(
                rf"(\b{call}\(\s*{_ARGUMENT})(?!{_BOTH_EXAMPLES})\S{{3,}}?([\"'],\s*{_ARGUMENT})[^\s\"']{{3,}}"
            ),
            rf"\1{MASK}\2{MASK}",
        )
        for call in (
            "AcsClient",
            "ObsClient",
            "BceCredentials",
            "BasicCredentials",
            "GlobalCredentials",
            "Auth",
            "StsAuth",
        )
    ),
    *(  # after a region or an address
        MaskRule(
            f"{call}(",
            LazyPattern(rf"(\b{call}\({_STRING}\s*{_ARGUMENT}){_MIXED}([\"']\s*,\s*{_ARGUMENT}){_MIXED}"),
            rf"\1{MASK}\2{MASK}",
        )
        for call in ("getProfile", "get_profile", "NewClientWithAccessKey", "Minio")
    ),
    *(
        MaskRule(sign, LazyPattern(rf"(\w{{0,40}}{sign[:-1]}\((?:{_STRING}){{2}}\s*{_ARGUMENT}){_MIXED}"))
        for sign in ("StsAuth(", "Credential(", "Credentials(")
    ),
    *(  # of the SDKs of Huawei Cloud and Qianfan
        MaskRule(
            sign,
            LazyPattern(
                r"(\.(?:with_(?:ak|sk|security_token)|With(?:Ak|Sk)|AK|SK)\(\s*[\"'])[^\s\"']{8,}(?=[\"']\s*\))"
            ),
        )
        for sign in (".with_", ".With", ".AK(", ".SK(")
    ),
    *(
        MaskRule(
            sign,
            LazyPattern(rf"((?:\.|{_SETTER})[pP]ass(?:word|wd|phrase){_FIRST})[^\"'\n]{{4,}}(?=[\"']\s*\))"),
        )
        for sign in ("assword(", "asswd(", "assphrase(")
    ),
    *(
        MaskRule(
            sign,
            LazyPattern(
                rf"({_SETTER}(?:[tT]oken|[sS]ecret|[kK]ey(?:_?[iI]d)?){_FIRST}){_MIXED}(?=[\"']\s*\))"
            ),
        )
        for sign in ("oken(", "ecret(", "ey(", "Id(", "_id(")
    ),
)
"""As in ``tokens``: what is passed to a call that takes a secret."""

_PASSWORD_LITERAL = LazyPattern(
    rf"((?:{PASSWORDS})\w{{0,40}}{_TYPE}{_WRAPPER})([\"'])(?:(?!\2)[^\n]){{4,}}\2", re.IGNORECASE
)
_SECRET_LITERAL = LazyPattern(
    rf"((?:{SECRETS})\w{{0,40}}{_TYPE}{_WRAPPER})([\"'])(?=[^\"'\s]*\d)[^\"'\s]{{8,}}\2", re.IGNORECASE
)


def mask_literals(line: str) -> str:
    """Return a line of source with ``***`` for literals of secrets: ``password: str = r"x"``."""
    if "=" not in line:
        return line
    for pattern in (_PASSWORD_LITERAL, _SECRET_LITERAL):
        line = pattern.compiled.sub(rf"\1\2{MASK}\2", line)
    return line

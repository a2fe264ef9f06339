"""Mask secrets in source: calls that take them, literals with a type or a prefix. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.patterns import MASK, MIXED, NAME
from matui.base.redaction.rules.rule import MaskRule
from matui.base.text.regex import LazyPattern

_ARGUMENT = r"(?:\w+\s*=\s*)?[\"']"
_STRING = rf"\s*{_ARGUMENT}[^\"'\n]{{0,80}}[\"']\s*,"
_MIXED = r"(?=[^\s\"']*\d)(?=[^\s\"']*[A-Za-z])[^\s\"']{8,}(?=[\"'])"
_EXAMPLE = r"(?:[<${]|(?i:your)[ _-])"
_BOTH_EXAMPLES = rf"{_EXAMPLE}[^\"'\n]*[\"'],\s*{_ARGUMENT}{_EXAMPLE}"
_SETTER = r"\b(?:[sS]et|[wW]ith|[sS]ave)_?[A-Za-z_]{0,40}?"
_FIRST = r"\(\s*(?:[\w.]{1,40}\s*,\s*)?[\"']"
_WORD_IN_CALL = r"(?:[\"'][^\"'\n]{1,80}[\"']|[\w.*]{1,40})"

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
    MaskRule("login(", LazyPattern(r"(\blogin\(\s*([\"']))(?=[^\"']*\d)[^\"'\s/]{8,}(?=\2\s*\))")),
    MaskRule("login(", LazyPattern(r"(\blogin\(\s*[\"'][^\"'\n]{1,80}[\"']\s*,\s*[\"'])[^\"'\n]+")),
    MaskRule("login(", LazyPattern(r"(\blogin\([^()\n]{0,80}?\bkey\s*=\s*[\"'])(?=\w*\d)\w{16,}")),
    *(
        MaskRule(word, LazyPattern(rf"((?:Auth|Credentials?)\(\s*{_WORD_IN_CALL}\s*,\s*[\"']){MIXED}"))
        for word in ("Auth(", "Credential")
    ),
    MaskRule("=>", LazyPattern(rf"([\"']{NAME}[\"']\s*=>\s*[\"'])[^\"'\n]{{4,}}", re.IGNORECASE)),
    MaskRule(".auth(", LazyPattern(r"(\.auth\(\s*[\"'][^\"'\n]{1,80}[\"']\s*,\s*[\"'])[^\"'\n]{4,}")),
)
"""As in ``tokens``: what is passed to a call that takes a secret."""

"""Secrets in headers and messages of protocols: HTTP, OAuth, SASL, Redis, FTP. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.patterns import MIXED
from matui.base.redaction.rules.rule import MaskRule
from matui.base.text.regex import LazyPattern

_AUTH = LazyPattern(
    r"((?<![\w-])AUTH\s+(?:[\w-]+\s+(?=\S+$))?[\"']?)(?=\S*\d)(?=\S*[A-Za-z])"
    r"(?!(?:X?OAUTH|CRAM|DIGEST|SCRAM|SHA|NTLM)\S*)[^\s\"',;:=()\[\]]{6,}(?![:=(\[])",
    re.MULTILINE,
)
# The scheme of the header, and what follows it: one value or several named ones.
_ANY_SCHEME = LazyPattern(
    r"(authorization[\"']?\s*[:=]\s*[\"']?[a-z][\w-]{1,40}[ \t]+)"
    r"(?:(?:[\w-]+=(?:\"[^\"\n]*\"|[^\s,\"']+)(?:,\s*|(?=[\s\"']|$)))+"
    r"|(?=[^\s\"',]*\d)(?=[^\s\"',]*[a-z])[^\s\"',]{8,}|[^\s\"',]{20,})",
    re.IGNORECASE,
)

PROTOCOLS: tuple[MaskRule, ...] = (
    *(
        MaskRule(f" {word} ", LazyPattern(rf"((?:SASL|AUTH) {word} )[\w+/]{{12,}}={{0,2}}"))
        for word in ("PLAIN", "LOGIN")
    ),
    MaskRule("AUTH ", _AUTH),  # Redis
    *(  # of the header of Digest
        MaskRule(f"response{sign}", LazyPattern(r"(\bresponse\s?=\s?\"?)(?:[0-9a-f]{32}){1,2}(?!\w)"))
        for sign in ("=", " =")
    ),
    *(MaskRule(f"{word}uthorization", _ANY_SCHEME) for word in "Aa"),
    MaskRule("AUTHORIZATION", _ANY_SCHEME),
    MaskRule("-Key", LazyPattern(rf"((?:(?<![\w-])X-[\w-]{{1,40}}|Subscription)-Key\s*[:=]\s*){MIXED}")),
    MaskRule("bce-auth-v", LazyPattern(r"(bce-auth-v\d(?:/|%2F))[^\s\"']+", re.IGNORECASE)),
    MaskRule("SDK-HMAC-SHA256", LazyPattern(r"(SDK-HMAC-SHA256 Access=)[^,\s]+")),
    MaskRule("asic ", LazyPattern(r"(\b[Bb]asic )[A-Za-z0-9+/]{12,}={0,2}")),
    MaskRule("Cookie:", LazyPattern(r"(Cookie:\s*)[^\n\"']+")),
    *(
        MaskRule(f"ookie{sign}", LazyPattern(r"([Cc]ookie[\"']?:\s*[\"']?)(?=[^\n\"'\s]{1,80}=)[^\n\"']+"))
        for sign in (":", '"', "'")
    ),
    MaskRule("SESSID=", LazyPattern(rf"(SESSID=){MIXED}")),
    MaskRule("connect.sid", LazyPattern(r"(\bconnect\.sid=)[^\s;,\"']{16,}")),
    MaskRule("> PASS ", LazyPattern(r"(> PASS )\S{4,}")),  # of FTP
    *(
        MaskRule(f"{word}=", LazyPattern(rf"(\b(?:\w+_)?{word}=){MIXED}"))
        for word in ("assertion", "code_verifier", "device_code")
    ),
)

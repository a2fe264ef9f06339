"""Secrets in headers and messages of protocols: HTTP, OAuth, SASL, Redis, FTP. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.patterns import MASK, MIXED
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

_CURL_COOKIE = LazyPattern(
    r"(\bcurl\b[^\n;|]{0,300}?\s(?:-b|--cookie)[= ]?\s*[\"']?)(?=[^\s\"']*=)([^\n\"'|]+)"
)
_COOKIE = LazyPattern(r"([^\s=;]+\s*=\s*)([^;\s]+(?:[ ,][^;\s]+)*)")
_COOKIE_OF_LOGIN = LazyPattern(
    r"sess|sid$|token|auth|jwt|csrf|xsrf|key|secret|login|user|passw|remember|credential", re.IGNORECASE
)
_ATTRIBUTES = frozenset(("path", "domain", "expires", "max-age", "samesite"))
_PREFERENCE = LazyPattern(r"[A-Za-z]{1,12}(?:[-_][A-Za-z]{1,12})?|\d{1,4}")


def mask_cookies(match: re.Match[str]) -> str:
    """Return cookies with ``***`` for their values, but for attributes and short words: ``theme=dark``."""
    return match[1] + _COOKIE.compiled.sub(_mask_cookie, match[2])


def _mask_cookie(cookie: re.Match[str]) -> str:
    name = cookie[1].rstrip(" =")
    is_plain = _PREFERENCE.compiled.fullmatch(cookie[2]) and not _COOKIE_OF_LOGIN.compiled.search(name)
    return cookie[0] if name.lower() in _ATTRIBUTES or is_plain else f"{cookie[1]}{MASK}"


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
    MaskRule(
        ("ookie:", 'ookie"', "ookie'", "OOKIE:"),
        LazyPattern(r"(cookie[\"']?:\s*[\"']?)(?=[^\n\"'\s]{1,80}=)([^\n\"']+)", re.IGNORECASE),
        mask_cookies,
    ),
    MaskRule((" -b", "--cookie"), _CURL_COOKIE, mask_cookies),
    MaskRule("SESSID=", LazyPattern(rf"(SESSID=){MIXED}")),
    MaskRule("connect.sid", LazyPattern(r"(\bconnect\.sid=)[^\s;,\"']{16,}")),
    MaskRule("> PASS ", LazyPattern(r"(> PASS )\S{4,}")),  # of FTP
    *(
        MaskRule(f"{word}=", LazyPattern(rf"(\b(?:\w+_)?{word}=){MIXED}"))
        for word in ("assertion", "code_verifier", "device_code")
    ),
)

"""Secrets in addresses, queries and connection strings. Pure."""

from __future__ import annotations

import re

from matui.base.redaction.patterns import MIXED
from matui.base.redaction.rules.rule import MaskRule
from matui.base.text.regex import LazyPattern

_DSN = LazyPattern(r"(dsn[\"']?\s*[=:]\s*[\"']?https?://)[^\s/@:\"']+(?=:?@)", re.IGNORECASE)
_QUERY = LazyPattern(rf"([?&#](?:ticket|sas|sid|tk|k)=){MIXED}", re.IGNORECASE)
_KEY_IN_PATH = LazyPattern(
    r"((?<![a-z])(?:api[_-]?key|(?:access|auth|bearer|refresh)[_-]?token)/)"
    r"(?=(?:[\w-]*\d){3})(?=[\w-]*[a-z])[\w-]{12,}(?![\w.])",
    re.IGNORECASE,
)

# The secret stands within an address.
_IN_ADDRESSES = (
    ("hooks.slack.com/", r"(hooks\.slack\.com/\w+/)[^\s\"']+"),
    ("hook", r"(webhook/send\?key=|/hook/|\.office\.com/webhook\w*/)[\w@/-]{16,}"),
    ("webhooks/", r"(/webhooks/\d+/)[\w-]{30,}"),
    ("/bot", r"(/bot\d{6,12}:)[\w-]{30,}"),
    ("ftqq.com/", r"(ftqq\.com/)\w+(?=\.send)"),
)

_LOGIN = r"(?=[^\s@]{0,80}\d)(?=[^\s@]{0,80}[A-Z])[^\s\"'@:/,;]{8,80}"
ADDRESSES: tuple[MaskRule, ...] = (
    MaskRule(("dsn", "DSN"), _DSN),
    MaskRule("sig=", LazyPattern(rf"((?<![A-Za-z_])sig=){MIXED}")),
    *(MaskRule(f"{name}=", _QUERY) for name in ("ticket", "sas", "sid", "tk", "?k", "&k")),
    MaskRule("@", LazyPattern(rf"((?<![\w/@.])[A-Za-z][\w.-]{{0,40}}:){_LOGIN}(?=@[A-Za-z\d])(?!@sha\d)")),
    MaskRule("@tcp(", LazyPattern(r"(\b[\w.-]+:)[^\s:@/]{4,}(?=@tcp\()")),
    MaskRule("sig", LazyPattern(r"([?&]sign?=)[^\s&\"']+")),
    MaskRule("oauth-basic@", LazyPattern(r"(://)[^\s/@]+(?=:?x-oauth-basic@)")),
    MaskRule("@", LazyPattern(r"(://)(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{16,}(?=:?@)")),
    MaskRule("key=", LazyPattern(rf"([?&]key=){MIXED}")),
    MaskRule("code=", LazyPattern(rf"([?&]code=){MIXED}")),
    MaskRule(("key/", "oken/"), _KEY_IN_PATH),
    MaskRule("st=CAIS", LazyPattern(r"((?<![A-Za-z])st=)CAIS[\w+/%=.-]{12,}")),  # of Alibaba's STS
    MaskRule("jdbc:oracle:", LazyPattern(r"(jdbc:oracle:\w+:[\w.-]+/)[^\s/@]+(?=@)")),
    *(MaskRule(sign, LazyPattern(pattern)) for sign, pattern in _IN_ADDRESSES),
)

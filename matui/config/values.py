"""Checks the values of settings: colours of profiles, and endpoints (plain http to loopback only).

It also has the names of the profiles of the demo.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

# In the order in which profiles get them; red is for those who ask for it. A theme says what each looks like.
PALETTE = ("cyan", "magenta", "green", "yellow", "blue", "red")
ASSIGNED = PALETTE[:-1]
_RGB = re.compile(r"#[0-9a-fA-F]{6}")
# One of each cloud, in the order in which the demo opens them.
DEMO_PROFILES = ("demo", "demo-qianfan", "demo-opensearch")
# The project of the first over today's API; by name only, for side by side each job would show twice.
DEMO_V2 = "demo-v2"
NAMED_DEMO_PROFILES = (*DEMO_PROFILES, DEMO_V2)


def check_colour(text: str) -> str:
    """Return a colour's name or ``#rrggbb`` in small letters. Raises ValueError for anything else."""
    colour = text.casefold()
    if colour not in PALETTE and not _RGB.fullmatch(colour):
        raise ValueError(f"must be one of {', '.join(PALETTE)}, or a colour such as #1f77b4")
    return colour


def pick_colour(taken: Collection[str]) -> str:
    """Return the first colour of the palette that no other profile has, else the one fewest have."""
    counts = Counter(taken)
    return min(ASSIGNED, key=lambda colour: counts[colour])


def check_endpoint(text: str) -> str:
    """Return the endpoint without a trailing slash.

    Raises ValueError for another scheme, plain http to another machine, and user or query parts.
    """
    parts = _split(text.strip())
    if parts.scheme not in ("http", "https"):
        raise ValueError("must start with https://")
    if not parts.hostname:
        raise ValueError("has no host name")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be only https://HOST, without user name, query or fragment")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must use https: plain http is only for this machine (127.0.0.1, ::1, localhost)")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Whether ``host`` is ``localhost``, within 127.0.0.0/8, or ``::1``."""
    from ipaddress import ip_address

    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _split(text: str) -> SplitResult:
    if not text.isprintable() or not text.isascii() or any(c in text for c in ' \\"<>'):
        raise ValueError("has characters that no address has")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("is not an address such as https://HOST") from None
    return parts

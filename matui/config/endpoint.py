"""Addresses of clouds: https everywhere, plain http to this machine only."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def checked_endpoint(text: str) -> str:
    """Return the endpoint without a trailing slash.

    Raises ValueError with what is wrong: the scheme, plain http to another machine, user or query parts.
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

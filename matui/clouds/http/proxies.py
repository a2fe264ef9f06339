"""Finds the proxy for an endpoint in the environment, in the forms that curl, Go and Python accept.

``NO_PROXY`` is a list separated by commas, semicolons or blanks. An entry is ``*``; a name, which matches
itself and its subdomains; ``.name`` or ``*.name``, which match subdomains; an IP address, in brackets or
not; a range such as ``10.0.0.0/8``; or the beginning of one, ``10.``. Names and addresses may end in
``:port``. An entry in any other form matches nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from urllib.parse import unquote
from urllib.request import getproxies

import httpx

from matui.base.errors import ConfigError
from matui.base.redaction.known import remember_secret
from matui.config.values import is_loopback

_SCHEMES = {"http": "http", "https": "https", "socks": "socks5", "socks5": "socks5", "socks5h": "socks5h"}
_DEFAULT_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_HTTPS_PORT = 443
_SEPARATORS = re.compile(r"[,;\s\"']+")
_RESERVED = "#?/\\"
_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]+)(?::(?P<port>\d{1,5}))?")
_CUT_SCHEME = re.compile(r"(?:https?|socks\w?h?):?/", re.IGNORECASE)
_BEGINNING = re.compile(r"(?:\d{1,3}\.){1,3}")  # of an IPv4 address
_FORM = "Write it as http://USER:PASSWORD@HOST:PORT, or socks5h://HOST:PORT."


class NetworkSettingError(ConfigError):
    """A variable for proxies or certificates cannot be used."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy and the variable that names it. ``address`` is ``host:port``, without user and password."""

    url: httpx.URL = field(repr=False)
    variable: str

    @property
    def address(self) -> str:
        """The host and port, safe to show."""
        host = f"[{self.url.host}]" if ":" in self.url.host else self.url.host
        return f"{host}:{self.url.port or _DEFAULT_PORTS[self.url.scheme]}"

    @property
    def has_credentials(self) -> bool:
        """Whether the variable holds a user name."""
        return bool(self.url.username)

    @property
    def is_socks(self) -> bool:
        """Whether the proxy is to speak SOCKS5."""
        return self.url.scheme.startswith("socks")


def find_proxy(endpoint: httpx.URL, environ: Mapping[str, str] | None = None) -> Proxy | None:
    """Return the proxy for requests to ``endpoint``, None for none; loopback and link-local never have one.

    Raises NetworkSettingError, without any part of the value, when the variable's address cannot be used.
    """
    if is_loopback(endpoint.host) or is_link_local(endpoint.host):
        return None
    settings = getproxies()
    kind = endpoint.scheme if settings.get(endpoint.scheme) else "all"
    value = settings.get(kind, "").strip()
    if not value or is_excluded(endpoint, settings.get("no", "")):
        return None
    return _parse_proxy(value, _find_variable(kind, value, os.environ if environ is None else environ))


def is_excluded(endpoint: httpx.URL, no_proxy: str) -> bool:
    """Whether an entry of ``no_proxy`` matches the endpoint's host and port."""
    return any(_matches(entry, endpoint) for entry in _SEPARATORS.sub(" ", no_proxy).split())


def find_ignored_entries(no_proxy: str) -> list[str]:
    """Return the entries of ``no_proxy`` that match nothing, whatever the endpoint."""
    return [entry for entry in _SEPARATORS.sub(" ", no_proxy).split() if not _can_match(entry)]


def _can_match(entry: str) -> bool:
    from ipaddress import ip_network

    if entry in ("*", "<local>") or _BEGINNING.fullmatch(entry):
        return True
    scheme, separator, rest = entry.partition("://")
    if separator:
        return scheme.lower() in ("all", "http", "https") and _can_match(rest.partition("/")[0])
    try:
        ip_network(entry.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        parts = _PORT.fullmatch(entry.rstrip("/"))
    else:
        return True
    if parts is None or not 0 < int(parts["port"] or 1) < 1 << 16:
        return False
    host = parts["host"]
    if host.startswith("["):
        return ":" in host
    labels = host.strip(".").split(".")
    is_range = "-" in host and host.replace(".", "").replace("-", "").isdigit()
    return all(labels) and not is_range and re.fullmatch(r"[\w*?.-]+", host) is not None


def is_link_local(host: str) -> bool:
    """Whether ``host`` is in the metadata service's range, 169.254.0.0/16."""
    return host.startswith("169.254.")


def _matches(entry: str, endpoint: httpx.URL) -> bool:
    if entry == "*":
        return True
    scheme, separator, rest = entry.partition("://")
    if separator:
        if scheme.lower() not in ("all", endpoint.scheme):
            return False
        entry = rest
    host = endpoint.host.lower().rstrip(".")
    if _BEGINNING.fullmatch(entry) and host.startswith(entry):
        return host.replace(".", "").isdigit()
    if _matches_address(entry, host):
        return True
    parts = _PORT.fullmatch(entry.partition("/")[0] if separator else entry.rstrip("/"))
    if parts is None:
        return False
    if parts["port"] and int(parts["port"]) != (endpoint.port or _HTTPS_PORT):
        return False
    return _matches_address(parts["host"], host) or _matches_name(
        _to_ascii(parts["host"].lower().rstrip(".")), host
    )


def _to_ascii(name: str) -> str:
    """Return an internationalized name as it is in DNS, labels that cannot be written so unchanged."""
    if name.isascii():
        return name
    try:
        return ".".join(label.encode("idna").decode() if label else "" for label in name.split("."))
    except UnicodeError:
        return name


def _matches_address(entry: str, host: str) -> bool:
    """Whether ``entry`` is an IP address or range that holds ``host``."""
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(host) in ip_network(entry.replace("[", "").replace("]", ""), strict=False)
    except (ValueError, TypeError):
        return False


def _matches_name(entry: str, host: str) -> bool:
    if entry == "<local>":
        return "." not in host and ":" not in host
    if "*" in entry:
        return fnmatchcase(host, entry)
    if entry.startswith("."):
        return host.endswith(entry)
    return host == entry or host.endswith(f".{entry}")


def _find_variable(kind: str, value: str, environ: Mapping[str, str]) -> str:
    name = f"{kind}_proxy"
    found = next((key for key in environ if key.lower() == name and environ[key].strip() == value), None)
    return found or "the system's proxy settings"


def _parse_proxy(value: str, variable: str) -> Proxy:
    scheme, separator, rest = value.partition("://")
    if not separator:
        scheme, rest = "http", value
    credentials, at, place = rest.rpartition("@")
    if at:
        _, _, password = credentials.partition(":")
        remember_secret(password)
        remember_secret(unquote(password))
    if not separator and _CUT_SCHEME.match(value):
        raise _build_unusable_error(variable, "its scheme has to end in ://")
    known = _SCHEMES.get(scheme.lower())
    if known is None:
        raise _build_unusable_error(variable, f"its scheme is not one of {', '.join(_SCHEMES)}")
    reserved = next((sign for sign in _RESERVED if sign in credentials), "")
    if reserved:
        raise _build_unusable_error(
            variable, f"a {reserved} in a password has to be written %{ord(reserved):02X}"
        )
    try:
        url = httpx.URL(f"{known}://{rest}")
    except (httpx.InvalidURL, ValueError):
        raise _build_unusable_error(variable, "it is not a URL" if place else "it has no host") from None
    if not url.host:
        raise _build_unusable_error(variable, "it has no host")
    if url.port is not None and not 0 < url.port < 1 << 16:
        raise _build_unusable_error(variable, "its port is not between 1 and 65535")
    return Proxy(url.copy_with(path="/", query=None, fragment=None), variable)


def _build_unusable_error(variable: str, reason: str) -> NetworkSettingError:
    return NetworkSettingError(f"The address in {variable} cannot be read ({reason}).", remedy=_FORM)

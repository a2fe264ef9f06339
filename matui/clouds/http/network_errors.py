"""Maps the exceptions of httpx to errors of one sentence that names the peer at fault: endpoint or proxy."""

from __future__ import annotations

import ast
import os
import re
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple

import httpx

from matui.base.errors import (
    BadAnswerError,
    CloudError,
    ConfigError,
    ConnectionLostError,
    MatuiError,
    ProxyRefusedError,
    TimedOutError,
    TlsError,
    UnreachableError,
)
from matui.base.text.sanitize import clean
from matui.clouds.http.error_bodies import clean_line
from matui.clouds.http.proxies import Proxy
from matui.clouds.http.transport import CERTIFICATE_VARIABLES, RequestTrace, find_certificate_variable

_UNKNOWN_CA = (
    "comes from a CA this machine does not know",
    "Name the CA file in {variable} if you trust it.",
)
_CERTIFICATE = {
    9: ("is not valid yet", "Check this machine's clock."),
    10: ("has expired", "Check this machine's clock; otherwise the operator has to renew it."),
    18: ("is self-signed", "Name its CA file in {variable} if you trust it."),
    19: _UNKNOWN_CA,
    20: _UNKNOWN_CA,
    62: ("is for another host", "Check the endpoint of the profile, and any proxy in between."),
    64: ("is for another address", "Check the endpoint of the profile, and any proxy in between."),
}
_STRICT_CODES = range(80, 95)  # X509_V_ERR_* that only VERIFY_X509_STRICT raises
_STRICT_REMEDY = (
    "From Python 3.13 on such CAs are refused: have the CA issued anew with the extension, "
    "or run matui on an older Python."
)
_BAD_CERTIFICATE = "Its operator has to issue another one, unless it is of a proxy in between."
# What the reason of a failed handshake holds, and the remedy.
_HANDSHAKES = (
    ("protocol", "The server offers no TLS 1.2 or newer: its operator has to enable it."),
    ("unrecognized name", "The server does not know this name: check the endpoint of the profile."),
)
_REMEDY_NETWORK = "Check the network, the proxy settings and the endpoint; `matui doctor` tests each."
_REMEDY_SLOW = "Try again; raise read_timeout of the profile where the cloud needs longer."
_STATUS = re.compile(r"(\d{3})\b\s*(.*)", re.DOTALL)
_SERVER_ERRORS = 500
_FORBIDDEN = (401, 403, 451)  # by a proxy
_PASSING = (408, 425, 429)
_CUT = re.compile(r"disconnected|closed connection")  # in httpx's text for an answer that ends early
_LONG_HEADERS = "Receive buffer too long"  # h11's text
# Bytes in h11's text, as Python writes them.
_BYTES = re.compile(r"""(?:bytearray\()?\b(b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*")\)?""")
_SWITCH = re.compile(r"Received server _SWITCH_\w+ event.*")  # h11's own name
_SOURCE_LINE = re.compile(r" *\(_?ssl\.c:\d+\)")


class _Peer(NamedTuple):
    """The peer that a connection failure is about, and the setting to check."""

    name: str
    remedy: str


class Route(NamedTuple):
    """The route of one request: to ``host``, through ``proxy`` if any; ``trace`` says how far it got."""

    host: str
    proxy: Proxy | None = None
    trace: RequestTrace | None = None

    @property
    def at_proxy(self) -> Proxy | None:
        """The proxy, where it has not connected to the endpoint yet; None elsewhere."""
        return self.proxy if self.trace is not None and self.trace.seen and not self.trace.tunnelled else None

    @property
    def sent(self) -> bool:
        """Whether a byte of the request may have left; true where no trace can say."""
        return self.trace is None or not self.trace.seen or self.trace.sent

    @property
    def peer(self) -> _Peer:
        """The peer that is being connected to."""
        proxy = self.at_proxy
        if proxy is None:
            return _Peer(self.host, "Check the endpoint and port, or try again later.")
        return _Peer(f"The proxy {proxy.address}", f"Check {proxy.variable}, and that the proxy runs.")


def convert_httpx_error(error: httpx.HTTPError | httpx.InvalidURL | ssl.SSLError, route: Route) -> MatuiError:
    """Return the error for an exception that httpx raised, or let through, for a request on ``route``."""
    if isinstance(error, ssl.SSLError):
        return _build_broken_tls_error(error, route)
    if isinstance(error, httpx.TimeoutException):
        return _build_timeout_error(error, route)
    if isinstance(error, httpx.ProxyError):
        return _build_proxy_error(str(error), route)
    if isinstance(error, httpx.ConnectError):
        return _connect(error, route)
    if isinstance(error, httpx.DecodingError):
        return BadAnswerError(
            "The answer is compressed in a way that cannot be read.", remedy="Check any proxy in between."
        )
    if isinstance(error, httpx.TransportError) and not isinstance(error, httpx.UnsupportedProtocol):
        return _build_broken_error(error, route)
    return ConfigError(
        f"The address of {route.host} cannot be used.", remedy="Check the endpoint of the profile."
    )


def build_bad_redirect_error() -> CloudError:
    """Return the error for a redirect that httpx cannot parse."""
    return CloudError("The server redirects to an address that makes no sense.", remedy=_REMEDY_NETWORK)


def name_error(route: Route) -> UnreachableError:
    """Return the error for a host name that DNS does not resolve, or that is not valid."""
    proxy = route.at_proxy
    if proxy is not None:
        return ProxyRefusedError(
            f"The name of the proxy {proxy.address} cannot be resolved.",
            remedy=f"Check {proxy.variable}, and this machine's DNS.",
        )
    return UnreachableError(
        f"The name {route.host} cannot be resolved.",
        remedy="Check the region or endpoint of the profile, and this machine's DNS.",
    )


def build_deadline_error(route: Route, seconds: float) -> TimedOutError:
    """Return the error for an answer that was not complete in time."""
    if not route.sent:
        return TimedOutError(f"{_name_waited_for(route)} within {seconds:g} s.", remedy=route.peer.remedy)
    return TimedOutError(
        f"The answer of {route.host} was not complete after {seconds:g} s.", sent=True, remedy=_REMEDY_SLOW
    )


def build_size_error(limit: int, request_id: str) -> CloudError:
    """Return the error for an answer above ``limit`` bytes."""
    from matui.base.text.formatting import format_bytes

    return BadAnswerError(
        f"The answer is larger than {format_bytes(limit)} and was not read to its end.",
        request_id=request_id,
        remedy="Check the endpoint of the profile and any proxy: no answer of the API is so large.",
    )


def _name_waited_for(route: Route) -> str:
    proxy = route.at_proxy
    if proxy is None:
        return f"No connection to {route.host}"
    return f"The proxy {proxy.address} did not connect to {route.host}"


def _build_timeout_error(error: httpx.TimeoutException, route: Route) -> TimedOutError:
    if isinstance(error, httpx.PoolTimeout):
        return TimedOutError(f"All connections to {route.host} stayed busy.", remedy="Try again in a moment.")
    proxy = route.at_proxy
    if isinstance(error, httpx.ConnectTimeout) and proxy is not None:
        return TimedOutError(
            f"No connection to the proxy {proxy.address} within the time limit.", remedy=route.peer.remedy
        )
    if isinstance(error, httpx.ConnectTimeout) or not route.sent:
        remedy = _REMEDY_NETWORK if proxy is None else route.peer.remedy
        return TimedOutError(f"{_name_waited_for(route)} within the time limit.", remedy=remedy)
    return TimedOutError(
        f"{route.host} took the request but did not answer in time.", sent=True, remedy=_REMEDY_SLOW
    )


def _build_broken_error(error: httpx.TransportError, route: Route) -> MatuiError:
    proxy = route.at_proxy
    if proxy is not None:
        reason = _read_protocol_reason(str(error))
        return UnreachableError(
            f"The proxy {proxy.address} broke the connection before it was connected to {route.host}"
            + (f": {reason}." if reason else "."),
            remedy=route.peer.remedy,
        )
    if isinstance(error, httpx.RemoteProtocolError) and not _CUT.search(str(error)):
        return _build_invalid_http_error(str(error), route)
    return ConnectionLostError(
        f"The connection to {route.host} broke before the answer was complete.",
        sent=route.sent,
        remedy=_REMEDY_NETWORK,
    )


def _build_invalid_http_error(reason: str, route: Route) -> MatuiError:
    """Return the error for an answer that breaks HTTP; longer headers would come again."""
    remedy = "Check the endpoint of the profile, and any proxy in between."
    if _LONG_HEADERS in reason:
        return BadAnswerError(
            f"The answer of {route.host} has headers of more than 100 kB, and was not read.", remedy=remedy
        )
    return ConnectionLostError(
        f"The answer of {route.host} is not valid HTTP: {_read_protocol_reason(reason)}.",
        sent=route.sent,
        remedy=remedy,
    )


def _read_protocol_reason(text: str) -> str:
    """Return h11's reason as plain text, without the ways in which Python writes bytes and constants."""

    def decode(match: re.Match[str]) -> str:
        read: bytes = ast.literal_eval(match[1])
        return f'"{clean_line(read.decode("utf-8", "replace"))}"'

    plain = _SWITCH.sub("it switches to another protocol, which nobody asked for", text)
    return clean(_BYTES.sub(decode, plain)).rstrip(".")[:200]


def _build_proxy_error(said: str, route: Route) -> UnreachableError:
    """Return the error for the answer of a proxy to CONNECT or to a SOCKS5 request."""
    proxy = route.proxy
    if proxy is None:
        return UnreachableError(
            f"The proxy did not connect to {route.host}.", remedy="Check HTTPS_PROXY, NO_PROXY and the proxy."
        )
    match = _STATUS.match(said)
    status = int(match[1]) if match else 0
    words = clean((match[2] if match else said).strip()).rstrip(".")[:200]
    answer = f" (HTTP {status})" if status else f": {words}" if words else ""
    if status == 407 or re.search(r"username|password|Requested NO AUTH", words):
        what = (
            "does not accept the user and password" if proxy.has_credentials else "wants a user and password"
        )
        fix = "check those in" if proxy.has_credentials else "put them into"
        return ProxyRefusedError(
            f"The proxy {proxy.address} {what}{answer}: {fix} {proxy.variable}."
            if status
            else f"The proxy {proxy.address} {what}: {fix} {proxy.variable}."
        )
    if status in _FORBIDDEN or "ruleset" in words:
        return ProxyRefusedError(
            f"The proxy {proxy.address} forbids {route.host}{answer}.",
            remedy="Have its operator allow the host, or name the host in NO_PROXY.",
        )
    if status and words:
        answer = f" (HTTP {status} {words})"
    if 400 <= status < _SERVER_ERRORS and status not in _PASSING:
        return ProxyRefusedError(
            f"The proxy {proxy.address} did not connect to {route.host}{answer}.",
            remedy=f"Check that {proxy.variable} names a proxy.",
        )
    return UnreachableError(
        f"The proxy {proxy.address} did not connect to {route.host}{answer}.",
        remedy=f"Check the endpoint of the profile, {proxy.variable} and NO_PROXY.",
    )


def _connect(error: httpx.ConnectError, route: Route) -> UnreachableError:
    name, remedy = route.peer
    reason = ""
    for cause in _iterate_causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _build_certificate_error(cause, name)
        if isinstance(cause, ssl.SSLError):
            return _build_handshake_error(cause, route)
        if isinstance(cause, socket.gaierror):
            return name_error(route)
        if isinstance(cause, ConnectionRefusedError):
            return UnreachableError(f"{name} refuses the connection.", remedy=remedy)
        if isinstance(cause, OSError) and cause.strerror and cause.errno:
            reason = f": {cause.strerror}"
    return UnreachableError(
        f"{name} cannot be reached{reason}.", remedy=_REMEDY_NETWORK if route.at_proxy is None else remedy
    )


def _build_certificate_error(error: ssl.SSLCertVerificationError, peer: str) -> TlsError:
    said = clean(getattr(error, "verify_message", "")).rstrip(".")
    of = peer[0].lower() + peer[1:] if peer.startswith("The proxy") else peer
    if error.verify_code in _CERTIFICATE:
        problem, remedy = _CERTIFICATE[error.verify_code]
        reason = f" ({said})" if said else ""
        return TlsError(f"The certificate of {of} {problem}{reason}.", remedy=_name_variable(remedy))
    reason = f": {said}" if said else ""
    strict = error.verify_code in _STRICT_CODES
    return TlsError(
        f"The certificate of {of} cannot be verified{reason}.",
        remedy=_STRICT_REMEDY if strict else _BAD_CERTIFICATE,
    )


def _name_variable(remedy: str) -> str:
    """Return a remedy with the variable to set, and what the one that is set names now."""
    if "{variable}" not in remedy:
        return remedy
    used = find_certificate_variable(os.environ)
    wanted = used if used not in ("", "SSL_CERT_DIR") else "SSL_CERT_FILE"
    now = f" {used} names {clean_line(os.environ[used])}, which does not hold it." if used else ""
    others = [name for name in CERTIFICATE_VARIABLES if os.environ.get(name, "").strip() and name != used]
    unread = [name for name in others if os.environ[name] != os.environ[used]]
    verb = "is" if len(unread) == 1 else "are"
    beside = f" {' and '.join(unread)} {verb} not read beside it." if unread else ""
    return f"{remedy.format(variable=wanted)}{now}{beside}"


def _build_broken_tls_error(error: ssl.SSLError, route: Route) -> UnreachableError:
    """Return the error for a TLS connection that broke after its handshake.

    With TLS 1.3 a server refuses a missing client certificate only then.
    """
    said = f"The TLS connection to {route.host} broke: {_find_reason(error)}."
    if "CERTIFICATE_REQUIRED" in _find_reason(error).upper().replace(" ", "_"):
        return TlsError(
            said, remedy="The server wants a client certificate, and matui sends none: check the endpoint."
        )
    return ConnectionLostError(said, sent=route.sent, remedy="Check any proxy in between.")


def _find_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLWantReadError | ssl.SSLWantWriteError):
        return "the connection was closed"
    said = _SOURCE_LINE.sub("", getattr(error, "reason", "") or error.strerror or "the peer gave no reason")
    return clean(said.replace("_", " ").lower())[:100]


def _build_handshake_error(error: ssl.SSLError, route: Route) -> TlsError:
    peer, proxy = route.peer.name, route.at_proxy
    if getattr(error, "reason", "") == "WRONG_VERSION_NUMBER" or "record layer" in str(error).lower():
        remedy = f"Write http:// in {proxy.variable}." if proxy else "Check the endpoint's port."
        return TlsError(f"{peer} does not speak TLS on this port.", remedy=remedy)
    reason = _find_reason(error)
    remedies = (remedy for sign, remedy in _HANDSHAKES if sign in reason)
    return TlsError(
        f"The TLS handshake with {peer} failed: {reason}.",
        remedy=next(remedies, "Check any proxy in between."),
    )


def _iterate_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, its causes and contexts, and the members of groups."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop(0)
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            waiting.extend(cause.exceptions)
        waiting += [cause.__cause__, cause.__context__]

"""Maps the exceptions of httpx to errors of one sentence."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx

from matui.base.errors import (
    BadAnswerError,
    CloudError,
    ConfigError,
    ConnectionLostError,
    MatuiError,
    TimedOutError,
    TlsError,
    UnreachableError,
)

_CERTIFICATE = {
    9: ("is not valid yet", "Check this machine's clock."),
    10: ("has expired", "Check this machine's clock; otherwise the operator has to renew it."),
    18: ("is self-signed", "Name its CA file in SSL_CERT_FILE if you trust it."),
    19: ("comes from a CA this machine does not know", "Name the CA file in SSL_CERT_FILE if you trust it."),
    20: ("comes from a CA this machine does not know", "Name the CA file in SSL_CERT_FILE if you trust it."),
    62: ("is for another host", "Check the endpoint of the profile, and any proxy in between."),
    64: ("is for another address", "Check the endpoint of the profile, and any proxy in between."),
}
_REMEDY_NETWORK = "Check the network, the proxy settings and the endpoint; `matui doctor` tests each."


def error_from_httpx(error: httpx.HTTPError | httpx.InvalidURL, host: str) -> MatuiError:
    """Return the error for an exception that httpx raised for a request to ``host``."""
    if isinstance(error, httpx.TimeoutException):
        return _timeout(error, host)
    if isinstance(error, httpx.ProxyError):
        return UnreachableError(
            f"The proxy did not connect to {host}.", remedy="Check HTTPS_PROXY, NO_PROXY and the proxy."
        )
    if isinstance(error, httpx.ConnectError):
        return _connect(error, host)
    if isinstance(error, httpx.DecodingError):
        return BadAnswerError("The answer is compressed in a way that cannot be read.")
    if isinstance(error, httpx.TransportError) and not isinstance(error, httpx.UnsupportedProtocol):
        return ConnectionLostError(
            f"The connection to {host} broke before the answer was complete.",
            sent=True,
        )
    return ConfigError(f"The address of {host} cannot be used.", remedy="Check the endpoint of the profile.")


def bad_redirect_error() -> CloudError:
    """Return the error for a redirect that httpx cannot parse."""
    return CloudError("The server redirects to an address that makes no sense.", remedy=_REMEDY_NETWORK)


def name_error(host: str) -> UnreachableError:
    """Return the error for a host name that DNS does not resolve, or that is not valid."""
    return UnreachableError(
        f"The name {host} cannot be resolved.",
        remedy="Check the region or endpoint of the profile, and this machine's DNS.",
    )


def deadline_error(host: str, seconds: float) -> TimedOutError:
    """Return the error for an answer that was not complete in time."""
    return TimedOutError(f"The answer of {host} was not complete after {seconds:g} s.", sent=True)


def size_error(limit: int, request_id: str) -> CloudError:
    """Return the error for an answer above ``limit`` bytes."""
    from matui.base.formatting import format_bytes

    return BadAnswerError(
        f"The answer is larger than {format_bytes(limit)} and was not read to its end.", request_id=request_id
    )


def _timeout(error: httpx.TimeoutException, host: str) -> TimedOutError:
    if isinstance(error, httpx.ConnectTimeout):
        return TimedOutError(f"No connection to {host} within the time limit.", remedy=_REMEDY_NETWORK)
    if isinstance(error, httpx.PoolTimeout):
        return TimedOutError(f"All connections to {host} stayed busy.", remedy="Try again in a moment.")
    return TimedOutError(f"{host} took the request but did not answer in time.", sent=True)


def _connect(error: httpx.ConnectError, host: str) -> UnreachableError:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate(cause, host)
        if isinstance(cause, ssl.SSLError):
            return _handshake(cause, host)
        if isinstance(cause, socket.gaierror):
            return name_error(host)
        if isinstance(cause, ConnectionRefusedError):
            return UnreachableError(
                f"{host} refuses the connection.", remedy="Check the endpoint and port, or try again later."
            )
    return UnreachableError(f"{host} cannot be reached.", remedy=_REMEDY_NETWORK)


def _certificate(error: ssl.SSLCertVerificationError, host: str) -> TlsError:
    unknown = ("cannot be verified", "Check any proxy in between.")
    problem, remedy = _CERTIFICATE.get(error.verify_code, unknown)
    return TlsError(f"The certificate of {host} {problem}.", remedy=remedy)


def _handshake(error: ssl.SSLError, host: str) -> TlsError:
    if error.reason == "WRONG_VERSION_NUMBER" or "record layer" in str(error).lower():
        return TlsError(f"{host} does not speak TLS on this port.", remedy="Check the endpoint's port.")
    return TlsError(f"The TLS handshake with {host} failed.", remedy="Check any proxy in between.")


def _causes(error: BaseException) -> Iterator[BaseException]:
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

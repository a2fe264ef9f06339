"""Each way a certificate can be wrong has its own sentence."""

from __future__ import annotations

import ssl

import httpx
import pytest

from matui.base.errors import TlsError, UnreachableError
from matui.clouds.http.network_errors import error_from_httpx


def _failed(cause: BaseException) -> httpx.ConnectError:
    error = httpx.ConnectError("x")
    middle = OSError("all attempts failed")
    middle.__cause__ = ExceptionGroup("several", [cause]) if isinstance(cause, Exception) else cause
    error.__cause__ = middle
    return error


def _unverified(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = code
    return error


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (10, "has expired"),
        (62, "is for another host"),
        (20, "does not know"),
        (18, "self-signed"),
        (1, "verified"),
    ],
)
def test_a_wrong_certificate_is_told_by_its_fault(code: int, says: str) -> None:
    error = error_from_httpx(_failed(_unverified(code)), "cloud.test")
    assert isinstance(error, TlsError)
    assert says in error.sentence
    assert error.remedy


def test_an_unknown_connect_failure_still_names_the_host() -> None:
    error = error_from_httpx(_failed(OSError(101, "Network is unreachable")), "cloud.test")
    assert isinstance(error, UnreachableError)
    assert "cloud.test cannot be reached" in error.sentence

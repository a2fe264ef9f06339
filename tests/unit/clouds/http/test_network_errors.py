"""Each way a certificate can be wrong has its own sentence."""

from __future__ import annotations

import ssl

import httpx
import pytest

from matui.base.errors import BadAnswerError, ConnectionLostError, MatuiError, TlsError, UnreachableError
from matui.clouds.http.network_errors import Route, convert_httpx_error
from matui.clouds.http.proxies import Proxy
from matui.clouds.http.transport import RequestTrace


def _make_failed(cause: BaseException) -> httpx.ConnectError:
    error = httpx.ConnectError("x")
    middle = OSError("all attempts failed")
    middle.__cause__ = ExceptionGroup("several", [cause]) if isinstance(cause, Exception) else cause
    error.__cause__ = middle
    return error


def _make_unverified(code: int) -> ssl.SSLCertVerificationError:
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
def test_a_wrong_certificate_is_reported_by_its_fault(code: int, says: str) -> None:
    error = convert_httpx_error(_make_failed(_make_unverified(code)), Route("cloud.test"))
    assert isinstance(error, TlsError)
    assert says in error.sentence
    assert error.remedy


def test_an_unknown_connect_failure_still_names_the_host() -> None:
    error = convert_httpx_error(_make_failed(OSError(101, "Network is unreachable")), Route("cloud.test"))
    assert isinstance(error, UnreachableError)
    assert "cloud.test cannot be reached" in error.sentence


def test_the_reason_of_openssl_is_kept() -> None:
    cause = _make_unverified(92)
    cause.verify_message = "CA cert does not include key usage extension"
    error = convert_httpx_error(_make_failed(cause), Route("cloud.test"))
    assert error.sentence == (
        "The certificate of cloud.test cannot be verified: CA cert does not include key usage extension."
    )
    assert "From Python 3.13 on such CAs are refused" in error.remedy


def test_an_invalid_ca_is_not_put_down_to_newer_pythons() -> None:
    cause = _make_unverified(79)
    cause.verify_message = "invalid CA certificate"
    assert "Python" not in convert_httpx_error(_make_failed(cause), Route("cloud.test")).remedy


def test_the_reason_of_a_failed_handshake_is_kept() -> None:
    cause = ssl.SSLError(1, "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version (_ssl.c:1006)")
    cause.reason = "TLSV1_ALERT_PROTOCOL_VERSION"
    error = convert_httpx_error(_make_failed(cause), Route("cloud.test"))
    assert error.sentence == "The TLS handshake with cloud.test failed: tlsv1 alert protocol version."
    assert "its operator has to enable it" in error.remedy
    cause.reason = "TLSV1_UNRECOGNIZED_NAME"
    assert "check the endpoint" in convert_httpx_error(_make_failed(cause), Route("cloud.test")).remedy


def test_a_tls_connection_that_breaks_after_its_handshake_is_no_foreign_error() -> None:
    cause = ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert (_ssl.c:2580)")
    cause.reason = "TLSV13_ALERT_CERTIFICATE_REQUIRED"
    error = convert_httpx_error(cause, Route("cloud.test"))
    assert isinstance(error, TlsError)
    assert "client certificate" in error.remedy
    cause.reason = "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"
    assert isinstance(convert_httpx_error(cause, Route("cloud.test")), ConnectionLostError)


def test_a_handshake_that_is_cut_off_is_stated_plainly() -> None:
    cause = ssl.SSLWantReadError(2, "The operation did not complete (read) (_ssl.c:1006)")
    error = convert_httpx_error(_make_failed(cause), Route("cloud.test"))
    assert error.sentence == "The TLS handshake with cloud.test failed: the connection was closed."


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
def test_certificates_that_lack_the_ca_are_named(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "/etc/company.pem")
    error = convert_httpx_error(_make_failed(_make_unverified(20)), Route("cloud.test"))
    wanted = "SSL_CERT_FILE" if variable == "SSL_CERT_DIR" else variable
    assert error.remedy == (
        f"Name the CA file in {wanted} if you trust it."
        f" {variable} names /etc/company.pem, which does not hold it."
    )


def test_certificates_that_are_not_read_beside_others_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tools of Python and curl have taught users these variables; the first that is set is read alone."""
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/system.pem")
    monkeypatch.setenv("SSL_CERT_DIR", "/etc/system.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/company.pem")
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    remedy = convert_httpx_error(_make_failed(_make_unverified(20)), Route("cloud.test")).remedy
    assert remedy.endswith("which does not hold it. REQUESTS_CA_BUNDLE is not read beside it.")


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("Receive buffer too long", BadAnswerError, "has headers of more than 100 kB"),
        (
            "illegal status line: bytearray(b'x')",
            ConnectionLostError,
            "not valid HTTP: illegal status line",
        ),
        ("Server disconnected without sending a response.", ConnectionLostError, "broke before the answer"),
        ("peer closed connection without sending complete message body", ConnectionLostError, "broke before"),
    ],
)
def test_an_answer_that_breaks_http_is_told_from_one_that_is_cut(
    text: str, kind: type[MatuiError], says: str
) -> None:
    error = convert_httpx_error(httpx.RemoteProtocolError(text), Route("cloud.test"))
    assert type(error) is kind
    assert says in error.sentence
    assert error.remedy


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("illegal status line: bytearray(b'SSH-2.0 \\xff\\x1b[2J')", 'illegal status line: "SSH-2.0 �␛[2J"'),
        ('illegal header line: bytearray(b"it\'s")', 'illegal header line: "it\'s"'),
        ("Illegal header value b'x\\n'", 'Illegal header value "x"'),
        ("Received server _SWITCH_UPGRADE event without a pending proposal", "switches to another protocol"),
    ],
)
@pytest.mark.parametrize("at_proxy", [False, True])
def test_what_a_peer_sent_is_quoted_as_text(at_proxy: bool, text: str, says: str) -> None:
    trace = RequestTrace()
    trace.seen = True
    proxy = Proxy(httpx.URL("http://proxy.test:3128"), "HTTPS_PROXY") if at_proxy else None
    route = Route("cloud.test", proxy, trace)
    sentence = convert_httpx_error(httpx.RemoteProtocolError(text), route).sentence
    assert says in sentence
    assert "b'" not in sentence
    assert "bytearray" not in sentence

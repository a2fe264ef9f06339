"""Over real sockets: drips, truncation, resets, refusals, and whom credentials reach."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from pathlib import Path

import pytest
import trustme

from matui.base.errors import (
    BadAnswerError,
    CloudError,
    ConfigError,
    ConnectionLostError,
    TimedOutError,
    TlsError,
    UnreachableError,
)
from matui.base.late_imports import do_postponed, postpone
from matui.clouds.http.transport import CERTIFICATE_VARIABLES, open_client
from tests.unit.clouds.http_clients import ACT, LIST, open_real_client, serve_raw

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def _complete(body: bytes) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


async def test_a_drip_ends_at_the_deadline() -> None:
    async def drip(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(HEAD + b"Content-Length: 100000\r\n\r\n")
        for _ in range(1000):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with serve_raw(drip) as url, open_real_client(url, deadline_s=0.3) as client:
        with pytest.raises(TimedOutError) as caught:
            await asyncio.wait_for(client.send(ACT), 5)
    assert caught.value.sent


async def test_postponed_work_is_done_when_the_request_has_left_and_before_its_answer() -> None:
    order: list[str] = []

    async def answer(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(_complete(b"{}"))
        await writer.drain()

    do_postponed()
    async with serve_raw(answer) as url, open_real_client(url) as client:
        postpone(lambda: order.append("postponed"))
        await client.send(LIST)
        order.append("answered")
    assert order == ["postponed", "answered"]


async def test_a_truncated_answer_is_a_lost_connection() -> None:
    async def truncate(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(HEAD + b'Content-Length: 100\r\n\r\n{"jobs": [')
        await writer.drain()

    async with serve_raw(truncate) as url, open_real_client(url) as client:
        with pytest.raises(ConnectionLostError) as caught:
            await client.send(ACT)
    assert caught.value.sent


async def test_a_reset_is_retried_for_a_get_and_not_for_an_action() -> None:
    heads: list[bytes] = []

    async def reset_once(writer: asyncio.StreamWriter, head: bytes) -> None:
        heads.append(head)
        if len(heads) == 1 or head.startswith(b"POST"):
            writer.transport.abort()
            return
        writer.write(_complete(b"{}"))
        await writer.drain()

    async with serve_raw(reset_once) as url, open_real_client(url) as client:
        assert (await client.send(LIST)).body == b"{}"
        assert len(heads) == 2
        with pytest.raises(ConnectionLostError):
            await client.send(ACT)
        assert len(heads) == 3


async def test_garbage_is_a_lost_connection() -> None:
    async def garbage(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        await writer.drain()

    async with serve_raw(garbage) as url, open_real_client(url) as client:
        with pytest.raises(ConnectionLostError):
            await client.send(ACT)


async def test_an_endless_answer_is_cut_off() -> None:
    async def endless(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(HEAD + b"Connection: close\r\n\r\n[")
        while not writer.transport.is_closing():
            writer.write(b" " * 65536)
            await writer.drain()

    async with serve_raw(endless) as url, open_real_client(url, largest=1_000_000) as client:
        with pytest.raises(BadAnswerError, match="larger than"):
            await asyncio.wait_for(client.send(ACT), 10)


async def test_credentials_never_reach_another_port_by_redirect() -> None:
    stolen: list[bytes] = []

    async def thief(writer: asyncio.StreamWriter, head: bytes) -> None:
        stolen.append(head)
        writer.write(_complete(b"{}"))

    async with serve_raw(thief) as elsewhere:

        async def redirect(writer: asyncio.StreamWriter, _: bytes) -> None:
            target = f"{elsewhere}/login".encode()
            writer.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + target + b"\r\n\r\n")
            await writer.drain()

        async with serve_raw(redirect) as url, open_real_client(url) as client:
            with pytest.raises(CloudError, match="/login"):
                await client.send(LIST)
    assert stolen == []


async def test_a_closed_port_refuses() -> None:
    async with serve_raw(_answer_nothing) as url:
        pass
    async with open_real_client(url) as client:
        with pytest.raises(UnreachableError, match="refuses the connection") as caught:
            await client.send(ACT)
    assert not caught.value.sent


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".invalid", "a..invalid"])
async def test_an_unknown_name_is_reported_as_unknown(host: str) -> None:
    async with open_real_client(f"https://{host}") as client:
        with pytest.raises(UnreachableError, match="cannot be resolved") as caught:
            await client.send(ACT)
    assert not caught.value.sent


async def test_a_closed_client_says_so() -> None:
    async with serve_raw(_answer_nothing) as url:
        async with open_real_client(url) as client:
            pass
        with pytest.raises(UnreachableError, match="is closed"):
            await client.send(ACT)


async def test_plain_http_on_a_tls_port_is_reported_as_such() -> None:
    async def plain(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        await plain(writer, b"")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with open_real_client(f"https://127.0.0.1:{port}") as client:
        with pytest.raises(TlsError) as caught:
            await client.send(ACT)
    server.close()
    assert not caught.value.sent


async def test_no_proxy_ever_sees_a_request_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    async def proxy(writer: asyncio.StreamWriter, head: bytes) -> None:
        asked.append(head)

    async def answer(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(_complete(b"{}"))
        await writer.drain()

    async with serve_raw(proxy) as proxy_url, serve_raw(answer) as url:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy_url)
        async with open_real_client(url) as client:
            await client.send(LIST)
    assert asked == []


def _set_proxy(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    for name in ("https_proxy", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", proxy)


@pytest.mark.parametrize(
    ("status", "user", "says"),
    [
        ("407 Auth", "", "wants a user and password \\(HTTP 407\\): put them into HTTPS_PROXY"),
        ("407 Auth", "li:pw@", "does not accept the user and password \\(HTTP 407\\)"),
        ("403 Forbidden", "", "forbids cloud.invalid \\(HTTP 403\\)"),
        (
            "405 Method Not Allowed",
            "",
            "did not connect .*Check that HTTPS_PROXY names a proxy",
        ),
        ("429 Too Many", "", "did not connect to cloud.invalid \\(HTTP 429 Too Many\\)"),
        ("502 Bad Gateway", "", "did not connect to cloud.invalid \\(HTTP 502 Bad Gateway\\)"),
    ],
)
async def test_a_refusal_of_the_proxy_is_named_with_its_status(
    status: str, user: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    async def proxy(writer: asyncio.StreamWriter, head: bytes) -> None:
        asked.append(head.split(b"\r\n")[0])
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()

    async with serve_raw(proxy) as proxy_url:
        address = proxy_url.removeprefix("http://")
        _set_proxy(monkeypatch, f"http://{user}{address}")
        async with open_real_client("https://cloud.invalid") as client:
            with pytest.raises(UnreachableError, match=f"The proxy {address} {says}") as caught:
                await client.send(LIST)
    assert not caught.value.sent
    refused = status.startswith("4") and "429" not in status
    assert asked == [b"CONNECT cloud.invalid:443 HTTP/1.1"] * (1 if refused else 3)


async def test_a_proxy_that_is_down_is_named_and_not_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve_raw(_answer_nothing) as url:
        pass
    address = url.removeprefix("http://")
    _set_proxy(monkeypatch, url)
    async with open_real_client("https://cloud.invalid") as client:
        with pytest.raises(UnreachableError, match=f"The proxy {address} refuses the connection") as caught:
            await client.send(ACT)
    assert "HTTPS_PROXY" in caught.value.remedy
    assert not caught.value.sent


@pytest.mark.parametrize("host", ["no-such-proxy.invalid", "a..b"])
async def test_a_proxy_of_an_unknown_name_is_named(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _set_proxy(monkeypatch, f"http://{host}:3128")
    async with open_real_client("https://cloud.invalid") as client:
        with pytest.raises(UnreachableError, match=f"name of the proxy {host}:3128 cannot be resolved"):
            await client.send(LIST)


async def test_a_proxy_that_hangs_has_not_sent_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    held = asyncio.Event()

    async def hang(writer: asyncio.StreamWriter, _: bytes) -> None:
        await held.wait()

    async with serve_raw(hang) as url:
        _set_proxy(monkeypatch, url)
        async with open_real_client("https://cloud.invalid", deadline_s=0.2) as client:
            with pytest.raises(UnreachableError, match=r"proxy .* did not connect") as caught:
                await client.send(ACT)
        held.set()
    assert not caught.value.sent


async def test_a_proxy_that_hangs_up_has_not_sent_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve_raw(_answer_nothing) as url:
        _set_proxy(monkeypatch, url)
        async with open_real_client("https://cloud.invalid") as client:
            with pytest.raises(UnreachableError, match=r"proxy .* broke the connection before") as caught:
                await client.send(ACT)
    assert not caught.value.sent


@pytest.mark.parametrize(
    "variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
)
def test_a_variable_with_unusable_certificates_is_named(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in CERTIFICATE_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "missing.pem"))
    with pytest.raises(ConfigError, match=f"certificates in {variable} cannot be used: No such file"):
        open_client("https://cloud.test")
    (tmp_path / "empty.pem").touch()
    monkeypatch.setenv(variable, str(tmp_path / "empty.pem"))
    with pytest.raises(ConfigError, match=f"certificates in {variable}"):
        open_client("https://cloud.test")
    os.mkfifo(tmp_path / "pipe.pem")
    monkeypatch.setenv(variable, str(tmp_path / "pipe.pem"))
    with pytest.raises(ConfigError, match="neither a file nor a folder"):
        open_client("https://cloud.test")


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
async def test_a_ca_of_the_environment_is_trusted(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    for name in CERTIFICATE_VARIABLES:
        monkeypatch.delenv(name, raising=False)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_complete(b"{}"))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with open_real_client(url) as client:
        with pytest.raises(TlsError, match=r"CA this machine does not know .unable to get local issuer"):
            await client.send(LIST)
    monkeypatch.setenv(variable, str(tmp_path / "ca.pem"))
    async with open_real_client(url) as client:
        assert (await client.send(LIST)).body == b"{}"
    server.close()


async def test_no_debug_line_shows_the_headers_of_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def issue(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(HEAD + b"X-Subject-Token: FRESHTOKEN\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with serve_raw(issue) as url, open_real_client(url) as client:
        answer = await client.send(LIST)
    assert answer.headers["x-subject-token"] == "FRESHTOKEN"
    assert "FRESHTOKEN" not in caplog.text + repr(answer)


async def _answer_nothing(_: asyncio.StreamWriter, __: bytes) -> None:
    """Answer nothing."""


async def test_requests_in_process_let_other_tasks_run() -> None:
    async def answer(_scope, _receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    turns = 0

    async def screen() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    working = asyncio.ensure_future(screen())
    async with open_client("https://x", asgi_app=answer) as client:
        for _ in range(5):
            await client.get("https://x/")
    working.cancel()
    assert turns >= 5

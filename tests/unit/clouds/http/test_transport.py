"""Over real sockets: drips, truncation, resets, refusals, and whom credentials reach."""

from __future__ import annotations

import asyncio
import logging

import pytest

from matui.base.errors import (
    BadAnswerError,
    CloudError,
    ConnectionLostError,
    TimedOutError,
    TlsError,
    UnreachableError,
)
from tests.unit.clouds.http_clients import ACT, LIST, raw_server, real_client

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

    async with raw_server(drip) as url, real_client(url, deadline_s=0.3) as client:
        with pytest.raises(TimedOutError) as caught:
            await asyncio.wait_for(client.send(ACT), 5)
    assert caught.value.sent


async def test_a_truncated_answer_is_a_lost_connection() -> None:
    async def truncate(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(HEAD + b'Content-Length: 100\r\n\r\n{"jobs": [')
        await writer.drain()

    async with raw_server(truncate) as url, real_client(url) as client:
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

    async with raw_server(reset_once) as url, real_client(url) as client:
        assert (await client.send(LIST)).body == b"{}"
        assert len(heads) == 2
        with pytest.raises(ConnectionLostError):
            await client.send(ACT)
        assert len(heads) == 3


async def test_garbage_is_a_lost_connection() -> None:
    async def garbage(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        await writer.drain()

    async with raw_server(garbage) as url, real_client(url) as client:
        with pytest.raises(ConnectionLostError):
            await client.send(ACT)


async def test_an_endless_answer_is_cut_off() -> None:
    async def endless(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(HEAD + b"Connection: close\r\n\r\n[")
        while not writer.transport.is_closing():
            writer.write(b" " * 65536)
            await writer.drain()

    async with raw_server(endless) as url, real_client(url, largest=1_000_000) as client:
        with pytest.raises(BadAnswerError, match="larger than"):
            await asyncio.wait_for(client.send(ACT), 10)


async def test_credentials_never_reach_another_port_by_redirect() -> None:
    stolen: list[bytes] = []

    async def thief(writer: asyncio.StreamWriter, head: bytes) -> None:
        stolen.append(head)
        writer.write(_complete(b"{}"))

    async with raw_server(thief) as elsewhere:

        async def redirect(writer: asyncio.StreamWriter, _: bytes) -> None:
            target = f"{elsewhere}/login".encode()
            writer.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + target + b"\r\n\r\n")
            await writer.drain()

        async with raw_server(redirect) as url, real_client(url) as client:
            with pytest.raises(CloudError, match="/login"):
                await client.send(LIST)
    assert stolen == []


async def test_a_port_where_nobody_listens_refuses() -> None:
    async with raw_server(_never) as url:
        pass
    async with real_client(url) as client:
        with pytest.raises(UnreachableError, match="refuses the connection") as caught:
            await client.send(ACT)
    assert not caught.value.sent


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".invalid", "a..invalid"])
async def test_a_name_nobody_knows_is_told_as_such(host: str) -> None:
    async with real_client(f"https://{host}") as client:
        with pytest.raises(UnreachableError, match="cannot be resolved") as caught:
            await client.send(ACT)
    assert not caught.value.sent


async def test_a_closed_client_says_so() -> None:
    async with raw_server(_never) as url:
        async with real_client(url) as client:
            pass
        with pytest.raises(UnreachableError, match="is closed"):
            await client.send(ACT)


async def test_plain_http_on_a_tls_port_is_told_as_such() -> None:
    async def plain(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        await plain(writer, b"")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with real_client(f"https://127.0.0.1:{port}") as client:
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

    async with raw_server(proxy) as proxy_url, raw_server(answer) as url:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy_url)
        async with real_client(url) as client:
            await client.send(LIST)
    assert asked == []


async def test_a_proxy_is_used_for_everything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    async def proxy(writer: asyncio.StreamWriter, head: bytes) -> None:
        asked.append(head.split(b"\r\n")[0])
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with raw_server(proxy) as proxy_url:
        monkeypatch.setenv("HTTPS_PROXY", proxy_url)
        async with real_client("https://cloud.invalid") as client:
            with pytest.raises(UnreachableError, match="proxy"):
                await client.send(ACT)
    assert asked == [b"CONNECT cloud.invalid:443 HTTP/1.1"]


async def test_no_debug_line_shows_the_headers_of_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def issue(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(HEAD + b"X-Subject-Token: FRESHTOKEN\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with raw_server(issue) as url, real_client(url) as client:
        answer = await client.send(LIST)
    assert answer.headers["x-subject-token"] == "FRESHTOKEN"
    assert "FRESHTOKEN" not in caplog.text + repr(answer)


async def _never(_: asyncio.StreamWriter, __: bytes) -> None:
    """Answer nothing."""

"""Injection of faults between the connection and the application."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matui.sim.server.faults import Faults
from matui.sim.world.world import World

_HTML = b"<!DOCTYPE html><html><title>502 Bad Gateway</title><body><h1>502 Bad Gateway</h1></body></html>"
_LOGIN = b"<html><title>Web proxy login</title><body><form action='/login'>Sign in</form></body></html>"
_HUGE = 50 * 1024 * 1024
_HANG_S = 120.0
_CHUNK_DELAY_S, _CHUNKS = 0.2, 10

_ERRORS = {
    "0114": (429, "ModelArts.0114", "Requests are sent too frequently."),
    "400": (400, "ModelArts.0107", "Invalid request parameters."),
    "401": (401, "ModelArts.0203", "Invalid token."),
    "403": (403, "ModelArts.0112", "The fine-grained user authentication is not passed."),
    "404": (404, "ModelArts.0102", "The resource does not exist."),
    "409": (409, "ModelArts.0105", "The operation is not allowed."),
    "500": (500, "ModelArts.0010", "Unknown cause."),
    "501": (501, "APIGW.0106", "Not supported"),
    "503": (503, "APIGW.0201", "Backend unavailable"),
    "504": (504, "APIGW.0201", "Backend timeout"),
}
_RATE_TEXT = "The throttling threshold has been reached: policy user over ratelimit,limit:100,time:1 minute"
_WRONG = (
    b'{"is_success":"yes","jobs":{"job_id":[]},"instances":7,"services":"none","workspaces":null,"total_count":[1],'
    b'"job_total_count":"many","models":false,"clusters":3.5,"versions":{},"log_file_list":12,"content":{},"lines":[]}'
)


async def inject_faults(
    faults: Faults, world: World, app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    """Pass the request to ``app``, or answer with the fault that ``faults`` picks."""
    if faults.latency_s:
        await world.clock.sleep(faults.latency_s)
    kind = faults.pick(scope["path"], world.clock.now())
    if kind is None:
        await app(scope, receive, send)
    elif kind in _CONNECTION_FAULTS:
        await _CONNECTION_FAULTS[kind](world, app, scope, receive, send)
    else:
        status, headers, body = _build_response(kind, scope["sim.request_id"])
        await _send(send, status, headers, body)


def _build_response(kind: str, request_id: str) -> tuple[int, dict[str, str], bytes]:
    if kind in ("429", "429bare"):
        body = {"error_msg": _RATE_TEXT, "error_code": "APIGW.0308", "request_id": request_id}
        headers = {"Retry-After": "2"} if kind == "429" else {}
        return 429, _headers(request_id) | headers, json.dumps(body).encode()
    if kind in _ERRORS:
        status, code, words = _ERRORS[kind]
        body = {"error_msg": words, "error_code": code, "request_id": request_id}
        return status, _headers(request_id), json.dumps(body).encode()
    return _RESPONSES[kind](request_id)


def _headers(request_id: str, kind: str = "application/json;charset=UTF-8") -> dict[str, str]:
    return {"Content-Type": kind, "X-Request-Id": request_id}


def _page(status: int, body: bytes) -> Callable[[str], tuple[int, dict[str, str], bytes]]:
    return lambda request_id: (status, _headers(request_id, "text/html; charset=utf-8"), body)


def _json(body: bytes) -> Callable[[str], tuple[int, dict[str, str], bytes]]:
    return lambda request_id: (200, _headers(request_id), body)


def _redirect(status: int) -> Callable[[str], tuple[int, dict[str, str], bytes]]:
    where = {"Location": "http://elsewhere.invalid/v1/steal"}
    return lambda request_id: (status, _headers(request_id) | where, b"")


def _huge(request_id: str) -> tuple[int, dict[str, str], bytes]:
    return 200, _headers(request_id), b'{"is_success":true,"filler":"' + b"x" * _HUGE + b'"}'


_RESPONSES: dict[str, Callable[[str], tuple[int, dict[str, str], bytes]]] = {
    "502": _page(502, _HTML),
    "html": _page(200, _HTML.replace(b"502 Bad Gateway", b"Welcome")),
    "proxy": _page(200, _LOGIN),
    "empty": _json(b""),
    "garbage": _json(b'{"is_success":true,"jobs":[{"job_id":1,"job_na'),
    "wrongtype": _json(_WRONG),
    "redirect": _redirect(302),
    "301": _redirect(301),
    "huge": _huge,
}


async def _send(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _reset_connection(send: Send) -> None:
    """Reset the connection: the socket under uvicorn, by a ConnectionResetError in-process."""
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("The simulated connection was reset.")
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _hang(world: World, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    waits = [
        asyncio.ensure_future(world.clock.sleep(_HANG_S)),
        asyncio.ensure_future(_wait_for_disconnect(receive)),
    ]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    _reset_connection(send)


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _reset_request(world: World, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    _reset_connection(send)


async def _capture_response(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    start: Message = {}
    body = bytearray()

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, keep)
    return start, bytes(body)


async def _lose_response(world: World, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    await _capture_response(app, scope, receive)
    _reset_connection(send)


async def _truncate(world: World, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    start, body = await _capture_response(app, scope, receive)
    await send(start)
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await asyncio.sleep(0)
    _close_connection(send)


def _close_connection(send: Send) -> None:
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("The simulated connection was reset within the body.")
    transport.close()


async def _drip_body(world: World, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    start, body = await _capture_response(app, scope, receive)
    await send(start)
    size = max(1, -(-len(body) // _CHUNKS))
    for offset in range(0, len(body), size):
        await world.clock.sleep(_CHUNK_DELAY_S)
        await send({"type": "http.response.body", "body": body[offset : offset + size], "more_body": True})
    await send({"type": "http.response.body", "body": b""})


_CONNECTION_FAULTS = {
    "hang": _hang,
    "reset": _reset_request,
    "lost": _lose_response,
    "truncate": _truncate,
    "drip": _drip_body,
}

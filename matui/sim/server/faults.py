"""Faults: named kinds with rates, picked by a seeded generator, and their injection into connections."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matui.base.errors import UsageError
from matui.sim.world.random import make_random
from matui.sim.world.world import World

KINDS = {
    "429": "too many requests, with Retry-After",
    "429bare": "too many requests, without Retry-After",
    "0114": "too many requests, ModelArts.0114",
    "400": "ModelArts.0107",
    "401": "ModelArts.0203, the token is refused",
    "403": "ModelArts.0112, a permission is missing",
    "404": "ModelArts.0102",
    "409": "ModelArts.0105",
    "500": "ModelArts.0010",
    "501": "APIGW.0106, not supported",
    "502": "an HTML page of a gateway",
    "503": "APIGW.0201 and a short text",
    "504": "APIGW.0201, the backend timed out",
    "hang": "no answer for 120 s, then the connection breaks",
    "reset": "the connection breaks before an answer",
    "truncate": "the connection breaks within the body",
    "drip": "the body comes in small pieces, slowly",
    "html": "200 with an HTML page",
    "proxy": "200 with the login page of a proxy",
    "redirect": "302 to another host",
    "301": "301 to another host",
    "empty": "200 with no body",
    "wrongtype": "200 with JSON of the wrong types",
    "garbage": "200 with half a JSON document",
    "huge": "200 with a body of 50 MB",
    "lost": "the request is done, then the connection breaks",
}
_SETTINGS = {
    "expire": "token_ttl_s", "latency": "latency_s", "skew": "skew_s", "limit": "limit_per_minute",
}  # fmt: skip
_HTML = b"<!DOCTYPE html><html><title>502 Bad Gateway</title><body><h1>502 Bad Gateway</h1></body></html>"
_LOGIN = b"<html><title>Web proxy login</title><body><form action='/login'>Sign in</form></body></html>"
_HUGE = 50 * 1024 * 1024
_HANG_S = 120.0
_CHUNK_DELAY_S, _CHUNKS = 0.2, 10

_RATE_TEXT = "The throttling threshold has been reached: policy user over ratelimit,limit:100,time:1 minute"
_ERRORS = {
    "429": (429, "APIGW.0308", _RATE_TEXT),
    "429bare": (429, "APIGW.0308", _RATE_TEXT),
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
_WRONG = (
    b'{"is_success":"yes","jobs":{"job_id":[]},"instances":7,"services":"none","workspaces":null,"total_count":[1],'
    b'"job_total_count":"many","models":false,"clusters":3.5,"versions":{},"log_file_list":12,"content":{},"lines":[]}'
)
_TEXTS = {
    "502": (502, _HTML),
    "html": (200, _HTML.replace(b"502 Bad Gateway", b"Welcome")),
    "proxy": (200, _LOGIN),
    "empty": (200, b""),
    "garbage": (200, b'{"is_success":true,"jobs":[{"job_id":1,"job_na'),
    "wrongtype": (200, _WRONG),
    "redirect": (302, b""),
    "301": (301, b""),
}
_ELSEWHERE = {"Location": "http://elsewhere.invalid/v1/steal"}
_EXTRA_HEADERS = {"429": {"Retry-After": "2"}, "redirect": _ELSEWHERE, "301": _ELSEWHERE}


class FaultRule(NamedTuple):
    """A kind of fault with its rate in [0, 1], for paths that contain ``path``."""

    kind: str
    rate: float
    path: str = ""


@dataclass(slots=True)
class Faults:
    """The faults in force.

    ``latency_s`` delays every response, ``skew_s`` is added to the server's clock, ``token_ttl_s`` is the
    lifetime of tokens, ``limit_per_minute`` limits requests. ``queue`` holds the kinds of the next
    requests, one each, which take precedence over the rules; None passes a request.
    """

    rules: tuple[FaultRule, ...] = ()
    latency_s: float = 0.0
    skew_s: float = 0.0
    token_ttl_s: float | None = None
    limit_per_minute: int | None = None
    seed: int = 1
    queue: deque[str | None] = field(default_factory=deque)
    random: Random = field(default_factory=lambda: make_random("faults", 1), repr=False)
    minute: tuple[int, int] = (0, 0)

    def pick(self, path: str, now: float) -> str | None:
        """Return the kind of fault for a request to ``path`` at ``now`` (seconds), or None."""
        if self.queue:
            return self.queue.popleft()
        if self._is_over_limit(now):
            return "429"
        for rule in self.rules:
            if rule.path in path and self.random.random() < rule.rate:
                return rule.kind
        return None

    def queue_faults(self, kinds: Iterable[str | None]) -> None:
        """Queue ``kinds`` for the next requests, one each; None passes a request."""
        self.queue.extend(kinds)

    def _is_over_limit(self, now: float) -> bool:
        if self.limit_per_minute is None:
            return False
        minute = int(now // 60)
        count = self.minute[1] + 1 if self.minute[0] == minute else 1
        self.minute = (minute, count)
        return count > self.limit_per_minute


def parse_faults(spec: str, *, seed: int = 1) -> Faults:
    """Return the faults of ``kind:rate[@path]`` and ``expire|latency|skew|limit:number``, comma-separated.

    Raises UsageError naming the part that is wrong.
    """
    faults = Faults(seed=seed, random=make_random("faults", seed))
    rules = []
    for part in filter(None, (part.strip() for part in spec.split(","))):
        name, _, rest = part.partition(":")
        amount, _, path = rest.partition("@")
        if name in _SETTINGS and not path:
            value = _parse_number(part, amount, None)
            setattr(faults, _SETTINGS[name], int(value) if name == "limit" else value)
        elif name in KINDS:
            rules.append(FaultRule(name, _parse_number(part, amount or "1", 1.0), path))
        else:
            raise UsageError(
                f"Unknown fault in “{part}”.", remedy=f"Known are {', '.join((*KINDS, *_SETTINGS))}."
            )
    faults.rules = tuple(rules)
    return faults


def _parse_number(part: str, text: str, most: float | None) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not (-1e9 < value < 1e9) or (most is not None and not 0 <= value <= most):
        kind = "a rate from 0 to 1" if most else "a number"
        raise UsageError(
            f"The fault “{part}” needs {kind} after the colon.", remedy="For example 429:0.1 or expire:30."
        )
    return value


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
        await _send(send, *_build_response(kind, scope["sim.request_id"]))


def _build_response(kind: str, request_id: str) -> tuple[int, dict[str, str], bytes]:
    headers = {"Content-Type": "application/json;charset=UTF-8", "X-Request-Id": request_id}
    headers |= _EXTRA_HEADERS.get(kind, {})
    if kind in _ERRORS:
        status, code, words = _ERRORS[kind]
        body = {"error_msg": words, "error_code": code, "request_id": request_id}
        return status, headers, json.dumps(body).encode()
    if kind == "huge":
        return 200, headers, b'{"is_success":true,"filler":"' + b"x" * _HUGE + b'"}'
    status, text = _TEXTS[kind]
    if text.startswith(b"<"):
        headers["Content-Type"] = "text/html; charset=utf-8"
    return status, headers, text


async def _send(send: Send, status: int, headers: dict[str, str], body: bytes) -> None:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _find_transport(send: Send, where: str = "") -> Any:
    """Return the connection under uvicorn; in-process, raise ConnectionResetError."""
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError(f"The simulated connection was reset{where}.")
    return transport


def _reset_connection(send: Send) -> None:
    transport = _find_transport(send)
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _hang(world: World, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    parts = (world.clock.sleep(_HANG_S), _wait_for_disconnect(receive))
    waits = [asyncio.ensure_future(part) for part in parts]
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
    _find_transport(send, " within the body").close()


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

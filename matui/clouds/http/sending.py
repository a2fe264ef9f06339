"""Watches a request of an action on its way: held back by its gate until its first byte leaves."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import ExitStack
from typing import Any, TypeAlias

import httpx

from matui.base.send_gate import CONNECTION, TOKEN, SendGate

Trace: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[None]]
_LEAVES = "matui_before_sending"


def watch_sending(request: httpx.Request, auth: httpx.Auth, gate: SendGate) -> httpx.Auth:
    """Return ``auth`` with the gate around it, and let the connection ask the gate before it sends."""
    watched = _Watched(auth, gate, request.extensions.get("trace"))
    request.extensions = {**request.extensions, "trace": watched.on_event, _LEAVES: watched.before_sending}
    return watched


class _Watched(httpx.Auth):
    """Signs as ``auth`` does; raises NotSentError where the gate does not let the request leave."""

    def __init__(self, auth: httpx.Auth, gate: SendGate, trace: Trace | None) -> None:
        self._auth = auth
        self._trace = trace
        self._gate = gate
        self._wait = ExitStack()
        self._is_sent = False

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Sign the request; a token may have to be fetched first."""
        flow = self._auth.async_auth_flow(request)
        try:
            with self._gate.waiting(TOKEN):
                signed = await anext(flow)
            while True:
                self._gate.check()
                with self._wait:
                    self._wait.enter_context(self._gate.waiting(CONNECTION))
                    response = yield signed
                    self._leave()
                signed = await flow.asend(response)
        except StopAsyncIteration:
            return
        finally:
            await flow.aclose()

    async def on_event(self, name: str, info: dict[str, Any]) -> None:
        """Take a step of the connection: the gate decides when the headers are about to leave."""
        if name.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            self.before_sending()
        if self._trace is not None:
            await self._trace(name, info)

    def before_sending(self) -> None:
        """Note that the request leaves now. Raises NotSentError where the gate does not let it."""
        self._gate.check()
        self._leave()

    def _leave(self) -> None:
        self._wait.close()
        if not self._is_sent:
            self._is_sent = True
            self._gate.mark_sent()


class InProcessTransport(httpx.ASGITransport):
    """Answers in-process; the gate is asked when a connection would send the headers."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        before_sending = request.extensions.get(_LEAVES)
        if before_sending is not None:
            before_sending()
        return await super().handle_async_request(request)

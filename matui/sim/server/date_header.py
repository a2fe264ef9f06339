"""Answers with the date of the simulator's own clock, which may be wrong on purpose."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

from starlette.types import Message, Send


class Dated:
    """Sends for ``send``, adding a ``Date`` of ``now`` (seconds since the epoch) to the head of an answer."""

    def __init__(self, send: Send, now: float) -> None:
        self._send = send
        self._date = formatdate(now, usegmt=True).encode()

    @property
    def transport(self) -> Any:
        """The connection under uvicorn, None in-process: what faults break."""
        return getattr(getattr(self._send, "__self__", None), "transport", None)

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (b"date", self._date)]}
        await self._send(message)

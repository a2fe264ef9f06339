"""The ``Date`` header, from the simulator's clock, which may be skewed."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

from starlette.types import Message, Send


class DateHeader:
    """Add a ``Date`` of ``now`` (seconds since the epoch) to the response that ``send`` sends."""

    def __init__(self, send: Send, now: float) -> None:
        self._send = send
        self._date = formatdate(now, usegmt=True).encode()

    @property
    def transport(self) -> Any:
        """The connection under uvicorn, which faults break; None in-process."""
        return getattr(getattr(self._send, "__self__", None), "transport", None)

    async def send(self, message: Message) -> None:
        """Send a message of the ASGI protocol."""
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (b"date", self._date)]}
        await self._send(message)

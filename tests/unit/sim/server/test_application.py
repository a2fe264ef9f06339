"""The Date header of the simulator."""

from __future__ import annotations

from starlette.types import Message

from matui.sim.server.application import DateHeader


async def test_only_the_start_of_a_response_gets_the_date() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    header = DateHeader(send, 0.0)
    await header.send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
    await header.send({"type": "http.response.body", "body": b""})
    assert sent[0]["headers"] == [(b"a", b"b"), (b"date", b"Thu, 01 Jan 1970 00:00:00 GMT")]
    assert sent[1] == {"type": "http.response.body", "body": b""}
    assert header.transport is None

"""Requests for logs are repeated after transient failures only, a bounded number of times at first."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from matui.base.errors import BadAnswerError, MatuiError, PermissionDeniedError
from matui.live.logs.retrying_source import RetryingLogSource
from matui.resources.model import Resource
from tests.unit.live.logs.log_server import JOB
from tests.unit.live.logs.test_stream import RestlessClock

UNREADABLE = BadAnswerError("The answer is empty where JSON was due.", status=200)


class Failing:
    """Fails with ``errors`` in turn, then lists one file; ``most`` is how many requests ran at once."""

    def __init__(self, *errors: MatuiError) -> None:
        self.errors, self.running, self.most = list(errors), 0, 0

    async def list_log_files(self, job: Resource) -> tuple[str, ...]:
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        if self.errors:
            raise self.errors.pop(0)
        return ("a.log",)


def build(source: Failing, waits: list[float], slots: asyncio.Semaphore | None = None) -> RetryingLogSource:
    return RetryingLogSource(
        source,  # type: ignore[arg-type]
        RestlessClock(),
        Random(1),
        lambda _error, wait: waits.append(wait),
        slots,
    )


async def test_an_answer_that_cannot_be_read_is_requested_again() -> None:
    waits: list[float] = []
    assert await build(Failing(UNREADABLE, UNREADABLE), waits).list_log_files(JOB) == ("a.log",)
    assert len(waits) == 2
    assert waits == sorted(waits)


async def test_the_sixth_failure_is_raised_unless_waiting_is_endless() -> None:
    with pytest.raises(BadAnswerError):
        await build(Failing(*[UNREADABLE] * 6), []).list_log_files(JOB)
    source = build(Failing(*[UNREADABLE] * 20), [])
    source.endless = True
    assert await source.list_log_files(JOB) == ("a.log",)


async def test_a_permanent_failure_is_raised_at_once() -> None:
    waits: list[float] = []
    with pytest.raises(PermissionDeniedError):
        await build(Failing(PermissionDeniedError("no", status=403)), waits).list_log_files(JOB)
    assert waits == []


async def test_slots_limit_the_requests_at_once() -> None:
    server = Failing()
    source = build(server, [], asyncio.Semaphore(3))
    await asyncio.gather(*(source.list_log_files(JOB) for _ in range(10)))
    assert server.most == 3

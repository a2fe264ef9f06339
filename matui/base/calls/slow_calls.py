"""The report of a call that takes long: what it waits for, for those who want to know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple, TypeAlias

SLOW_AFTER_S = 3.0
ReportReason: TypeAlias = Callable[[str], None]


class _Report(NamedTuple):
    call: ReportReason
    only_throttled: bool


_report: ContextVar[_Report | None] = ContextVar("slow_call_report", default=None)


@contextmanager
def report_slow_calls(report: ReportReason, *, only_throttled: bool = False) -> Iterator[None]:
    """Call ``report`` with what a request waits for, each reason once, while the block runs.

    With ``only_throttled`` it is called for the waits that a cloud asks for, and for no others.
    """
    reported: set[str] = set()

    def report_once(reason: str) -> None:
        if reason not in reported:
            reported.add(reason)
            report(reason)

    before = _report.get()
    _report.set(_Report(report_once, only_throttled))
    try:
        yield
    finally:
        _report.set(before)


@contextmanager
def report_slow_call(reason: Callable[[], str]) -> Iterator[None]:
    """Report ``reason()`` where the block takes longer than ``SLOW_AFTER_S``, retries and waits included.

    The reason is requested when it is due; ``""`` is not reported.
    """
    report = _report.get()
    if report is None or report.only_throttled:
        yield
        return

    def due() -> None:
        if text := reason():
            report.call(text)

    timer = asyncio.get_running_loop().call_later(SLOW_AFTER_S, due)
    try:
        yield
    finally:
        timer.cancel()


def report_throttled_call(reason: str, wait_s: float) -> None:
    """Report, before it begins, a wait for a cloud that takes no more requests.

    ``wait_s`` is what the call waits for that in all. Less than ``SLOW_AFTER_S`` is not reported.
    """
    report = _report.get()
    if report is not None and wait_s >= SLOW_AFTER_S:
        report.call(reason)

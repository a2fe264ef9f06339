"""The report of a call that takes long: what it waits for, for those who want to know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

SLOW_AFTER_S = 3.0
ReportReason: TypeAlias = Callable[[str], None]

_report: ContextVar[ReportReason | None] = ContextVar("slow_call_report", default=None)


@contextmanager
def report_slow_calls(report: ReportReason) -> Iterator[None]:
    """Call ``report`` with what a request waits for, each reason once, while the block runs."""
    reported: set[str] = set()

    def report_once(reason: str) -> None:
        if reason not in reported:
            reported.add(reason)
            report(reason)

    before = _report.get()
    _report.set(report_once)
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
    if report is None:
        yield
        return

    def due() -> None:
        if text := reason():
            report(text)

    timer = asyncio.get_running_loop().call_later(SLOW_AFTER_S, due)
    try:
        yield
    finally:
        timer.cancel()

"""While a request travels: imports that only its answer needs, and the report of one that takes long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias

_postponed: list[Callable[[], object]] = []
SLOW_AFTER_S = 3.0
ReportReason: TypeAlias = Callable[[str], None]

_report: ContextVar[ReportReason | None] = ContextVar("slow_call_report", default=None)


def postpone(work: Callable[[], object]) -> None:
    """Call ``work`` once the next request has been sent, before its answer is awaited.

    It must not matter whether it is called: a request that is answered in this process does not travel.
    """
    _postponed.append(work)


def do_postponed() -> None:
    """Do what was postponed; call it when a request has left."""
    while _postponed:
        _postponed.pop(0)()


class LazyModule:
    """A module that is imported when an attribute is first read; type checkers see the module itself."""

    def __init__(self, name: str) -> None:
        self._name = name

    def load(self) -> ModuleType:
        """Import the module and return it."""
        return import_module(self._name)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.load(), name)
        setattr(self, name, value)
        return value


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

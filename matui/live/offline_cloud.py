"""Base of the clouds that answer from kept records: nothing is requested, and nothing can be done."""

# ruff: noqa: ARG002  the arguments are those of the protocols

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from matui.base.errors import RefusedError
from matui.clouds.protocols import NO_REQUESTS, ActionResult, BudgetState, LogBytes, LogPage
from matui.resources.model import Resource


class OfflineCloud:
    """Refuses actions and logs by bytes, with the sentences that a subclass gives."""

    NO_ACTIONS: ClassVar[str]
    NO_BYTES: ClassVar[str]

    def get_budget(self) -> BudgetState:
        """Return an unused budget: nothing is requested."""
        return NO_REQUESTS

    async def aclose(self) -> None:
        """Do nothing."""

    def offers(self, kind: str, action: str) -> bool:
        """Return False: nothing can be done."""
        return False

    def batches(self, kind: str, action: str) -> bool:
        """Return False."""
        return False

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
        """Raise RefusedError."""
        raise RefusedError(self.NO_ACTIONS)

    async def read_log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Raise RefusedError: what was kept is read by lines."""
        raise RefusedError(self.NO_BYTES)


def build_page_of_lines(lines: list[str], *, base: str, older: bool, limit: int) -> LogPage:
    """Return lines after the line number ``base``, or before it when ``older``; without it at either end.

    The cursor of a line is its number from 1.
    """
    if not base:
        begin = 0 if older else max(0, len(lines) - limit)
        return _build_page(lines, begin, min(len(lines), begin + limit))
    at = int(base) if base.isascii() and base.isdigit() else 0
    if older:
        return _build_page(lines, max(0, at - 1 - limit), max(0, at - 1))
    return _build_page(lines, at, min(len(lines), at + limit), base=base)


def _build_page(lines: list[str], begin: int, end: int, *, base: str = "") -> LogPage:
    if begin >= end:
        return LogPage("", base, base, 0)
    return LogPage("\n".join(lines[begin:end]) + "\n", str(begin + 1), str(end), end - begin)

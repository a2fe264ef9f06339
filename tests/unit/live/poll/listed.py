"""A fake cloud that lists what a test put into it, and counts what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from matui.base.calls.exchange_limit import limit_exchange
from matui.clouds.protocols import BudgetState, ListRequest, Page
from matui.resources.model import Phase, Resource


def make_row(
    number: int, status: str = "JOBSTAT_COMPLETED", phase: Phase = Phase.DONE, **more: object
) -> Resource:
    """Make a job created ``number`` seconds after some epoch."""
    made = Resource(
        "jobs", f"j{number}", f"job-{number}", status, phase, "fake", "test", created_at=number * 1000
    )
    return replace(made, **more)  # type: ignore[arg-type]


@dataclass
class FakeCloud:
    """Lists ``rows`` newest first, at most ``cap`` a page; ``quirk`` may bend an answer when it is parsed."""

    rows: dict[str, Resource] = field(default_factory=dict)
    cap: int = 1000
    tells_total: bool = True
    sorts: bool = True
    quirk: Callable[[ListRequest, Page], Page] = lambda _ask, page: page
    failures: list[Exception] = field(default_factory=list)
    asks: list[ListRequest] = field(default_factory=list)
    gate: asyncio.Event | None = None
    in_flight: int = 0
    most_in_flight: int = 0
    at_once: int = 1
    name: str = "fake"
    profile: str = "test"
    region: str = ""
    project_id: str = ""
    kinds: tuple[str, ...] = ("notebooks", "jobs", "services", "workspaces")

    def put(self, *rows: Resource) -> None:
        for one in rows:
            self.rows[one.id] = one

    def drop(self, *numbers: int) -> None:
        for number in numbers:
            del self.rows[f"j{number}"]

    def list_rows(self) -> list[Resource]:
        rows = list(self.rows.values())
        return sorted(rows, key=lambda r: r.created_at or 0, reverse=True) if self.sorts else rows

    async def list_page(self, request: ListRequest) -> Page:
        async with limit_exchange():
            page = await self._answer(request)
        return self.quirk(request, page)

    async def _answer(self, request: ListRequest) -> Page:
        self.asks.append(request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        assert self.in_flight <= self.at_once
        rows = self.list_rows()
        try:
            if self.gate is not None:
                await self.gate.wait()
            else:
                await asyncio.sleep(0)
            if self.failures:
                raise self.failures.pop(0)
        finally:
            self.in_flight -= 1
        size = min(request.size, self.cap)
        here = tuple(rows[request.number * size : (request.number + 1) * size])
        return Page(here, len(rows) if self.tells_total else None, self.sorts)

    def get_budget(self) -> BudgetState:
        return BudgetState(0, 300)

    async def aclose(self) -> None:
        return None

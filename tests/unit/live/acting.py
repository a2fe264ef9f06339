"""A cloud in memory that can be told how each read and action ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from matui.base.errors import NotFoundError
from matui.clouds.protocols import ActionResult, BudgetState, ListRequest, Page
from matui.resources.model import Phase, Resource


def make_notebook(
    number: int = 1, status: str = "RUNNING", phase: Phase = Phase.RUNNING, **fields
) -> Resource:
    return Resource("notebooks", f"id-{number}", f"nb-{number}", status, phase, "modelarts", "prod", **fields)


class FakeCloud:
    name = "modelarts"
    profile = "prod"
    region = "cn-north-4"
    project_id = "p-1"
    kinds = ("notebooks", "jobs", "services", "workspaces")

    def __init__(self, *resources: Resource) -> None:
        self.rows = {resource.id: resource for resource in resources}
        self.sent: list[tuple[str, tuple[str, ...]]] = []
        self.errors: dict[str, Exception] = {}
        self.read_errors: list[Exception | None] = []
        self.list_error: Exception | None = None
        self.batch = False
        self.gate: asyncio.Event | None = None
        self.on_act: Callable[[], None] = lambda: None
        self.reading = 0
        self.most_reading = 0

    def get_budget(self) -> BudgetState:
        return BudgetState(0, 300)

    async def aclose(self) -> None: ...

    def offers(self, kind: str, action: str) -> bool:
        return action != "restart"

    def batches(self, kind: str, action: str) -> bool:
        return self.batch

    async def list_page(self, request: ListRequest) -> Page:
        if self.list_error is not None:
            raise self.list_error
        rows = [row for row in self.rows.values() if row.kind == request.kind]
        return Page(
            tuple(rows[request.number * request.size : (request.number + 1) * request.size]), len(rows)
        )

    async def read(self, kind: str, resource_id: str) -> Resource:
        self.reading += 1
        self.most_reading = max(self.most_reading, self.reading)
        await asyncio.sleep(0)
        self.reading -= 1
        error = self.read_errors.pop(0) if self.read_errors else None
        if error is not None:
            raise error
        if resource_id not in self.rows:
            raise NotFoundError("There is no such instance.", code="ModelArts.6309")
        return self.rows[resource_id]

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
        self.sent.append((action, tuple(resource.id for resource in resources)))
        self.on_act()
        if self.gate is not None:
            await self.gate.wait()
        return tuple(
            ActionResult(r, request_id=f"req-{r.id}", error=self.errors.get(r.id)) for r in resources
        )

    def turn(self, number: int, status: str, phase: Phase) -> None:
        old = self.rows[f"id-{number}"]
        self.rows[old.id] = replace(old, status=status, phase=phase)

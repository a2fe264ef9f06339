"""The capacity of all pools by flavor, and the workloads that hold or wait for the cards of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from textual.binding import Binding
from textual.content import Content

from matui.base.text.formatting import format_amount, pluralize
from matui.console.screens.table_screen import PolledTableScreen, TableScreen
from matui.console.session import ConsoleSession
from matui.console.table.widget import ResourceTable
from matui.live.capacity.summary import PoolCapacity
from matui.live.capacity.views import build_pool_rows, build_workload_rows
from matui.live.poll.poller import PolledValue
from matui.resources.kinds.capacity import CAPACITY, POOL_FACTS, WORKLOAD_FACTS, WORKLOADS
from matui.resources.model import Resource

ReadCapacity: TypeAlias = Callable[[], Awaitable[tuple[PoolCapacity, ...]]]


class CapacityScreen(PolledTableScreen[tuple[PoolCapacity, ...]]):
    """A row a flavor of each pool; enter lists the workloads of the pool."""

    BINDINGS = [Binding("enter,d", "workloads", "workloads of the pool")]
    facts = POOL_FACTS
    empty = "There is no resource pool."
    keys = ("enter workloads", "/ filter", "o sort", "c copy the id", "ctrl+r refresh", "esc back")

    def __init__(self, session: ConsoleSession, read: ReadCapacity) -> None:
        table = ResourceTable(CAPACITY, now_ms=session.get_now_ms, id="capacity-table")
        super().__init__(session, table, read, CAPACITY.cadence_s)
        self._pools: dict[str, PoolCapacity] = {}

    def on_mount(self) -> None:
        """Read the pools, now and every minute."""
        self._title.show(Content.assemble((" capacity ", "bold $cursor-text on $cursor")))
        super().on_mount()

    def receive(self, state: PolledValue[tuple[PoolCapacity, ...]]) -> None:
        """Show a row a flavor of each pool, or why there is none."""
        if state.value is None:
            if state.freshness.error is not None:
                self.table.placeholder = str(state.freshness.error)
            return
        rows = {row.id: (row, pool) for pool in state.value for row in build_pool_rows(pool)}
        self._pools = {ident: pool for ident, (_row, pool) in rows.items()}
        self.show_rows({ident: row for ident, (row, _pool) in rows.items()})
        waiting = sum(len(pool.waiting) for pool in state.value)
        self._title.show(
            Content.assemble(
                (" capacity ", "bold $cursor-text on $cursor"),
                (f" {pluralize(len(state.value), 'pool')}", "bold"),
                (f"  ◐ {waiting} waiting" if waiting else "", "$phase-pending"),
            )
        )

    def open_row(self) -> None:
        self.action_workloads()

    def copy_text(self, row: Resource) -> str:
        """Copy the id of the pool."""
        return self._pools[row.id].id

    def action_workloads(self) -> None:
        """List what runs and waits on the pool under the cursor."""
        row = self.get_selected()
        pool = self._pools.get(row.id) if row is not None else None
        if pool is not None:
            self.app.push_screen(WorkloadsScreen(self._session, pool))


def format_held_cards(pool: PoolCapacity) -> str:
    """Return how many cards are held by how many workloads; ``""`` where neither is known."""
    if pool.problem and not pool.workloads:
        return ""
    held = format_amount(sum(holder.cards or 0.0 for holder in pool.holders), "card")
    least = "at least " if any(holder.cards is None for holder in pool.holders) else ""
    return f"{least}{held} held, {format_amount(len(pool.workloads), 'workload')}"


class WorkloadsScreen(TableScreen):
    """The workloads of a pool as they were when the pool was opened."""

    facts = WORKLOAD_FACTS
    empty = "Nothing runs or waits here."

    def __init__(self, session: ConsoleSession, pool: PoolCapacity) -> None:
        super().__init__(session, ResourceTable(WORKLOADS, now_ms=session.get_now_ms, id="workloads-table"))
        self._pool = pool
        self.empty = pool.problem or self.empty

    def on_mount(self) -> None:
        """Show the workloads."""
        self.show_rows({row.id: row for row in build_workload_rows(self._pool)})
        self._title.show(
            Content.assemble(
                (" workloads ", "bold $cursor-text on $cursor"),
                (f" {self._pool.name}", "bold"),
                f"  {format_held_cards(self._pool)}",
                (f"  ◐ {len(self._pool.waiting)} waiting" if self._pool.waiting else "", "$phase-pending"),
                (f"  {self._pool.problem}" if self._pool.problem else "", "$text-warning"),
            )
        )
        self.show_keys("/ filter", "o sort", "c copy the id", "esc back")
        self.table.focus()

    def action_refresh(self) -> None:
        """Do nothing: the list belongs to the moment at which the pools were read."""

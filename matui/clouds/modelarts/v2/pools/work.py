"""Workloads on the nodes of a pool, for dialogs before an action and for the rows of nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matui.base.errors import PART_ERRORS
from matui.base.text.formatting import pluralize
from matui.base.text.sanitize import clean
from matui.clouds.modelarts.v2.pools.client import MOST_PAGES, PAGE, PoolsApi, iterate_workload_pages
from matui.clouds.modelarts.v2.pools.usage import NOT_RUNNING
from matui.clouds.modelarts.v2.pools.wire import PoolWorkload
from matui.clouds.sections import build_section, format_seconds, join_text
from matui.resources.detail import DetailRow, Section

_TYPES = {"train": "job", "infer": "service", "x-infer": "service", "notebook": "notebook"}
_MOST_NAMED = 12
_NO_ADDRESS = "the node states no address"


@dataclass(frozen=True, slots=True)
class PoolWork:
    """The work that runs on each address of a pool; ``error`` is why it is not known, or not all of it."""

    by_host: Mapping[str, Sequence[PoolWorkload]] = field(default_factory=dict)
    error: str = ""

    def get_work(self, address: str) -> tuple[Sequence[PoolWorkload], str]:
        """Return the work on an address, and why it is not known or not complete."""
        return self.by_host.get(address, ()), self.error or ("" if address else _NO_ADDRESS)


async def read_work(api: PoolsApi, pool_id: str) -> PoolWork:
    """Return the work that runs on the nodes of a pool; of 2,000 workloads at most."""
    by_host: dict[str, list[PoolWorkload]] = {}
    error = ""
    rows: Sequence[PoolWorkload | None] = ()
    try:
        async for rows in iterate_workload_pages(api, pool_id):
            for row in rows:
                if row is None:
                    error = "a workload of the pool could not be read"
                elif row.status.casefold() not in NOT_RUNNING:
                    hosts = row.hosts or [node.host for node in row.nodes if node is not None and node.host]
                    error = error if hosts else "a workload of the pool states no node"
                    for host in hosts:
                        by_host.setdefault(host, []).append(row)
    except PART_ERRORS as failure:
        return PoolWork(by_host, str(failure))
    if len(rows) == PAGE:
        error = f"the pool has more than {MOST_PAGES * PAGE:,} workloads"
    return PoolWork(by_host, error)


def describe_work(load: PoolWorkload) -> str:
    """Return kind, name, owner and running time: ``job train of li.wei, running 3h``."""
    owner = f"of {load.user}" if load.user else ""
    head = join_text(_TYPES.get(load.type, load.type), load.job or load.name, owner)
    return f"{head}, running {format_seconds(load.running_s)}" if load.running_s else head


def build_work_section(title: str, loads: Sequence[PoolWorkload], error: str) -> tuple[Section, ...]:
    """Return what runs on a node, and why that is not all, or not known."""
    rows: list[DetailRow] = [(clean(load.job or load.name), describe_work(load)) for load in loads]
    if error:
        rows.append(("More is not known" if loads else "Not known", error))
    return build_section(title, rows)


def name_work(node: str, loads: Sequence[PoolWorkload]) -> tuple[str, ...]:
    """Return ``train on node-1`` for each work on a node."""
    return tuple(clean(f"{load.job or load.name} on {node}") for load in loads)


def list_names(loads: Sequence[PoolWorkload]) -> tuple[str, ...]:
    """Return every name and id of the work, by which a rule may protect it."""
    names = (name for load in loads for name in (load.job, load.name, load.job_id))
    return tuple(dict.fromkeys(clean(name) for name in names if name))


def list_notes(node: str, loads: Sequence[PoolWorkload], error: str = "") -> tuple[str, ...]:
    """Return a line about a node, and one for each work on it that will be interrupted.

    ``error`` is why the work is not known, or not all of it.
    """
    missing = (
        (f"{node}: {'what more' if loads else 'what'} runs on it is not known: {error}",) if error else ()
    )
    if not loads:
        return missing or (f"{node}: nothing runs on it.",)
    count = pluralize(len(loads), "workload")
    head = f"{node}: {count} on it will be interrupted:"
    more = len(loads) - _MOST_NAMED
    return (
        head,
        *(f"· {describe_work(load)}" for load in loads[:_MOST_NAMED]),
        *((f"… and {more} more",) if more > 0 else ()),
        *missing,
    )

"""What runs on the nodes of a pool: for dialogs before an action, and for the rows of nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matui.base.errors import CloudError
from matui.clouds.modelarts.v2.pools.client import PoolsApi, WorkloadsQuery
from matui.clouds.modelarts.v2.pools.wire import PoolWorkload
from matui.clouds.sections import duration, join_text

_TYPES = {"train": "job", "infer": "service", "x-infer": "service", "notebook": "notebook"}
_MOST_NAMED = 12


async def read_work(api: PoolsApi, pool_id: str) -> tuple[Mapping[str, Sequence[PoolWorkload]], str]:
    """Return the work that runs on each address of a pool, or no work and the reason."""
    query = WorkloadsQuery(offset=0, limit=500, sort="create_time", ascend=False)
    try:
        rows = (await api.workloads(pool_id, query)).value.items
    except CloudError as error:
        return {}, str(error)
    by_host: dict[str, list[PoolWorkload]] = {}
    for row in rows:
        for host in row.hosts if row is not None else ():
            by_host.setdefault(host, []).append(row)  # type: ignore[arg-type]
    return by_host, ""


def describe_work(load: PoolWorkload) -> str:
    """Return kind, name, owner and running time: ``job train of li.wei, running 3h``."""
    owner = f"of {load.user}" if load.user else ""
    head = join_text(_TYPES.get(load.type, load.type), load.job or load.name, owner)
    return f"{head}, running {duration(load.running_s)}" if load.running_s else head


def list_notes(node: str, loads: Sequence[PoolWorkload]) -> tuple[str, ...]:
    """Return a line about a node, and one for each work on it that will be interrupted."""
    if not loads:
        return (f"{node}: nothing runs on it.",)
    count = "1 workload" if len(loads) == 1 else f"{len(loads)} workloads"
    head = f"{node}: {count} on it will be interrupted:"
    more = len(loads) - _MOST_NAMED
    return (
        head,
        *(f"· {describe_work(load)}" for load in loads[:_MOST_NAMED]),
        *((f"… and {more} more",) if more > 0 else ()),
    )

"""Which v2 jobs are reruns of which: a rerun is a new job, so its description or its name states it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from matui.base.errors import CloudError
from matui.base.sanitize import clean
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v2.jobs.configuration import base_name, numbered_base
from matui.clouds.modelarts.v2.wire import JobFilter, JobSearch, drop_none
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts.v2.jobs.client import Jobs

_STATED = re.compile(r"Rerun of (\S{1,64}) \(([A-Za-z0-9-]{1,64})\)\.")
_MOST_SEARCHED, _MOST_ANCESTORS = 50, 5


def state_origin(name: str, job_id: str, description: str) -> str:
    """Return the description of a rerun: the given one, or which job it repeats where that has none."""
    own = description.strip()
    is_free = own in ("", "NULL") or _STATED.fullmatch(own) is not None
    return f"Rerun of {name} ({job_id})." if is_free else description


def origin_id(description: str) -> str:
    """Return the id of the job that a description states to be the original, ``""`` for none."""
    stated = _STATED.search(description)
    return stated[2] if stated else ""


def describe_origin(name: str, description: str) -> str:
    """Return which job this one is a rerun of, as its description or only its name says, ``""`` for none."""
    if stated := _STATED.search(description):
        return clean(f"{stated[1]} ({stated[2]})")
    base = numbered_base(name)
    return f"{clean(base)} (by name)" if base else ""


async def list_reruns(client: Jobs, job: Resource) -> tuple[Resource, ...]:
    """Return the jobs of the same lineage, newest first: the newest 50 by name, and stated originals.

    Raises the errors of the search.
    """
    base = base_name(job.name)
    asked = drop_none(
        offset=0,
        limit=_MOST_SEARCHED,
        sort_by="create_time",
        order="desc",
        workspace_id=job.workspace or None,
        filters=[JobFilter(key="name", operator="like", value=[base])],
    )
    reply = await client.api.search(validate_request(JobSearch, asked))
    page = client.part_of(reply, 0, _MOST_SEARCHED, client.scope)
    found = {row.id: row for row in page.rows if base_name(row.name) == base}
    found.setdefault(job.id, job)
    last = found[job.id]
    for _ in range(_MOST_ANCESTORS):
        origin = origin_id(last.text_fact("description"))
        if not origin or origin == last.id:
            break
        if origin not in found:
            try:
                found[origin] = await client.read(origin)
            except CloudError:  # it may be deleted; what is known is returned
                break
        last = found[origin]
    return tuple(sorted(found.values(), key=lambda row: -(row.created_at or 0)))

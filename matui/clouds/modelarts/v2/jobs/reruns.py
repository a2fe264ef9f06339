"""Lists the v2 jobs of one lineage: a job, those that repeat it, and those that it repeats."""

from __future__ import annotations

from matui.base.errors import CloudError
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v2.jobs.client import V2Jobs
from matui.clouds.modelarts.v2.jobs.configuration import base_name, origin_id
from matui.clouds.modelarts.v2.wire import JobFilter, JobSearch, drop_none
from matui.resources.model import Resource

_MOST_SEARCHED, _MOST_ANCESTORS = 50, 5


async def list_reruns(client: V2Jobs, job: Resource) -> tuple[Resource, ...]:
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

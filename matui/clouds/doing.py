"""Acting on one resource after another, for clouds whose every action is one request for one resource."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from matui.clouds.modelarts.scope import UNREADABLE
from matui.clouds.modelarts.source import refuse_unreadable
from matui.clouds.port import Acted
from matui.errors import MatuiError
from matui.resources.model import Phase, RawRecord, Resource

Deed = Callable[[Resource], Awaitable[str]]
"""Does one thing to one resource and returns the request id."""


async def act_on_each(deed: Deed, resources: Sequence[Resource]) -> tuple[Acted, ...]:
    """Do it to one after another; a failure of one does not keep the others from it."""
    return tuple([await _acted(deed, resource) for resource in resources])


async def _acted(deed: Deed, resource: Resource) -> Acted:
    try:
        refuse_unreadable(resource)
        return Acted(resource, await deed(resource))
    except MatuiError as error:
        return Acted(resource, getattr(error, "request_id", ""), error=error)


def stand_in(kind: str, position: int, cloud: str, profile: str, raw: RawRecord) -> Resource:
    """Return a visible stand-in for a row that is no object or has no id; nothing can be done to it."""
    return Resource(
        kind=kind,
        id=f"?{position}",
        name="unreadable row",
        status="",
        phase=Phase.UNKNOWN,
        cloud=cloud,
        profile=profile,
        facts={UNREADABLE: True},
        raw=raw,
    )

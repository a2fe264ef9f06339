"""Acting on one resource after another, for clouds whose every action is one request for one resource."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from matui.clouds.port import Acted
from matui.clouds.rows import refuse_unreadable
from matui.errors import MatuiError
from matui.resources.model import Resource

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

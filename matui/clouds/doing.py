"""Acting on one resource after another, for clouds whose every action is one request for one resource."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from matui.clouds.port import ActionResult
from matui.clouds.rows import refuse_unreadable
from matui.errors import MatuiError
from matui.resources.model import Resource

Handler = Callable[[Resource], Awaitable[str]]
"""Does one thing to one resource and returns the request id."""


async def act_each(handle: Handler, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
    """Do it to one after another; a failure of one does not keep the others from it."""
    return tuple([await _handle(handle, resource) for resource in resources])


async def _handle(handle: Handler, resource: Resource) -> ActionResult:
    try:
        refuse_unreadable(resource)
        return ActionResult(resource, await handle(resource))
    except MatuiError as error:
        return ActionResult(resource, getattr(error, "request_id", ""), error=error)

"""Waits for the effect of an action whose answer was lost, where no status shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from matui.base.clock import Clock
from matui.base.errors import RateLimitedError, ServerFaultError, UnreachableError
from matui.clouds.protocols import Effect, VerifiesEffects
from matui.resources.model import Resource

DELAYS_S = (2.0, 4.0, 8.0)


async def wait_for_effect(
    cloud: VerifiesEffects,
    clock: Clock,
    action_id: str,
    resource: Resource,
    options: Mapping[str, str],
    is_cancelled: Callable[[], bool],
) -> Effect | None:
    """Return the effect of an action, read again with growing delays while it is not there or unreadable.

    None for an action that the status shows. Raises the error of the last read where that one failed.
    """
    for delay_s in DELAYS_S:
        with suppress(UnreachableError, ServerFaultError, RateLimitedError):
            effect = await cloud.effect_of(action_id, resource, options)
            if effect != "not yet" or is_cancelled():
                return effect
        await clock.sleep(delay_s)
    return await cloud.effect_of(action_id, resource, options)

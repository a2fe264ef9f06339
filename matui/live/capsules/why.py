"""The reason of a failure, from the capsule that was saved of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from matui.base.clock import SystemClock
from matui.base.errors import MatuiError
from matui.base.log_lines.errors import DEFAULT_RULES, ErrorRules
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import PageAsk
from matui.live.capsules.archive import StoredCapsule
from matui.live.capsules.cloud import CapsuleCloud
from matui.live.triage.fetch_why import fetch_why
from matui.live.triage.item import Why

NewParser = Callable[[float | None], TimestampParser]
"""Returns a parser of the times in a log whose job began at some ms since the epoch."""
FindWhy = Callable[[StoredCapsule], Why | None]
"""Returns the reason in a capsule; it reads the disk."""


def explain_capsule(
    capsule: StoredCapsule,
    rules: ErrorRules = DEFAULT_RULES,
    new_parser: NewParser = TimestampParser,
) -> Why | None:
    """Return the reason in the events, details or log of a capsule, None for none. It reads the disk.

    Call it in a thread that runs no event loop.
    """
    try:
        return asyncio.run(_explain(CapsuleCloud(capsule), rules, new_parser))
    except MatuiError:
        return None


async def _explain(cloud: CapsuleCloud, rules: ErrorRules, new_parser: NewParser) -> Why | None:
    (resource,) = (await cloud.list_page(PageAsk(cloud.kinds[0]))).resources
    return await fetch_why(
        cloud,
        resource,
        clock=SystemClock(),
        new_parser=lambda: new_parser(resource.created_at),
        rules=rules,
    )

"""The reason of a failure, from the capsule that was saved of it."""

from __future__ import annotations

import asyncio

from matui.base.clock import SystemClock
from matui.base.errors import MatuiError
from matui.base.log_lines.errors import DEFAULT_RULES, ErrorRules
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import PageAsk
from matui.live.capsules.archive import StoredCapsule
from matui.live.capsules.cloud import CapsuleCloud
from matui.live.triage.fetch_why import fetch_why
from matui.live.triage.item import Why


def explain_capsule(capsule: StoredCapsule, rules: ErrorRules = DEFAULT_RULES) -> Why | None:
    """Return the reason in the events, details or log of a capsule, None for none. It reads the disk.

    Call it in a thread that runs no event loop.
    """
    try:
        return asyncio.run(_explain(CapsuleCloud(capsule), rules))
    except MatuiError:
        return None


async def _explain(cloud: CapsuleCloud, rules: ErrorRules) -> Why | None:
    (resource,) = (await cloud.list_page(PageAsk(cloud.kinds[0]))).resources
    return await fetch_why(
        cloud,
        resource,
        clock=SystemClock(),
        new_parser=lambda: TimestampParser(resource.created_at),
        rules=rules,
    )

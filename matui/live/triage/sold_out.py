"""Finds out whether the flavor of one resource is sold out, by its details."""

from __future__ import annotations

from matui.base.errors import MatuiError
from matui.clouds.protocols import Cloud, ReportsSoldOut
from matui.live.triage.item import Why
from matui.live.triage.reasons import reason_from_flavor
from matui.live.triage.rules import may_lack_flavor
from matui.resources.model import Resource


async def find_sold_out(cloud: Cloud, detailed: Resource) -> Why | None:
    """Return that the flavor of what waits, or was not started, is sold out; None where it is not known."""
    flavor = detailed.text_fact("flavor")
    names = {flavor, detailed.text_fact("flavor_id")} - {""}
    if not names or not may_lack_flavor(detailed) or not isinstance(cloud, ReportsSoldOut):
        return None
    try:
        sold_out = await cloud.sold_out_flavors("jobs" if detailed.kind == "versions" else detailed.kind)
    except MatuiError:
        return None  # the details have been read
    return reason_from_flavor(flavor or min(names)) if names & sold_out else None

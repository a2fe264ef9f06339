"""Packs what was read of pools, quotas and flavors for the journal, and unpacks it. Pure."""

from __future__ import annotations

import json
from typing import Any

from matui.live.journal.change import StoredUsage
from matui.live.triage.evidence import QuotaUse, Usage


def pack_usage(usage: Usage) -> str:
    """Return what was read as JSON, without the profile and the cloud."""
    quotas = [[quota.name, quota.used, quota.limit, quota.unit, quota.holder] for quota in usage.quotas]
    content = [quotas, usage.cards, sorted(usage.sold_out), usage.flavors]
    return json.dumps(content, ensure_ascii=False)


def unpack_usage(stored: StoredUsage) -> Usage:
    """Return what was read; nothing where another version of matui packed it otherwise."""
    cloud = stored.account.cloud
    try:
        quotas, cards, sold_out, flavors = json.loads(stored.content)
        return Usage(
            tuple(_build_quota(stored.profile, cloud, values) for values in quotas),
            (float(cards[0]), float(cards[1])) if cards is not None else None,
            frozenset(map(str, sold_out)),
            tuple(map(str, flavors)),
        )
    except (ValueError, TypeError, IndexError, KeyError, RecursionError):
        return Usage()


def _build_quota(profile: str, cloud: str, values: list[Any]) -> QuotaUse:
    name, used, limit, unit, holder = values
    return QuotaUse(profile, str(name), float(used), float(limit), cloud, str(unit), str(holder))

"""Readings and rows for the tests of the journal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matui.live.journal.change import Account, ListScope, Reading
from matui.resources.kinds.jobs import EVERY_STATUS
from matui.resources.model import Resource, get_phase

T0 = 1_600_000_000_000
ACCOUNT = Account("modelarts", "https://ma.example", "p1", "cn-north-4")


def make_job(rid: str, status: str = "JOBSTAT_RUNNING", **values: Any) -> Resource:
    values = {"profile": "prod", "created_at": T0 - 3_600_000, "owner": "li", **values}
    return Resource(
        "jobs", rid, values.pop("name", f"job-{rid}"), status, get_phase(status, EVERY_STATUS), "modelarts",
        **values,
    )  # fmt: skip


def make_reading(
    at_s: float,
    *rows: Resource,
    complete: bool = True,
    missing: Iterable[str] = (),
    profile: str = "prod",
    workspace: str = "",
    account: Account = ACCOUNT,
) -> Reading:
    return Reading(
        ListScope(account, profile, "jobs", workspace),
        T0 + int(at_s * 1000),
        rows,
        tuple(missing),
        complete,
        keep=frozenset(row.id for row in rows),
    )

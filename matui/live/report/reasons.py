"""Finds why something failed, for the hand-over: what the journal, its capsule or its status says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from matui.base.clock import SystemClock
from matui.base.errors import MatuiError
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import PageAsk
from matui.live.capsules.archive import StoredCapsule
from matui.live.capsules.cloud import CapsuleCloud
from matui.live.journal.journal import Journal
from matui.live.report.build import Failure
from matui.live.triage.fetch_why import fetch_why
from matui.resources.why import STATUS_WORDS

_MOST_CAPSULES = 50  # that are read for a report, those of the newest failures


def reasons_of(journal: Journal, capsules: Mapping[str, StoredCapsule]) -> Callable[[Failure], str]:
    """Return what finds the reason of a failure, ``""`` for none. It reads the disk and requests nothing.

    The reason is the first of: what the cloud stated, the events, details or log in the capsule, a finding
    of the log's numbers, and what the status means.
    """
    read: set[str] = set()

    def find(failure: Failure) -> str:
        change, capsule = failure.change, capsules.get(failure.capsule)
        if change.reason:
            return change.reason
        if capsule is not None and len(read) < _MOST_CAPSULES:
            read.add(failure.capsule)
            if why := asyncio.run(_read_capsule(capsule)):
                return why
        findings = journal.findings(change.kind, change.id)
        own = next((one for one in findings if one.account == change.account), None)
        return own.words if own is not None else STATUS_WORDS.get(change.after or "", "")

    return find


async def _read_capsule(capsule: StoredCapsule) -> str:
    try:
        cloud = CapsuleCloud(capsule)
        (resource,) = (await cloud.list_page(PageAsk(cloud.kinds[0]))).resources
        parser = lambda: TimestampParser(resource.created_at)  # noqa: E731
        why = await fetch_why(cloud, resource, clock=SystemClock(), new_parser=parser)
    except MatuiError:
        return ""
    return why.text if why is not None else ""

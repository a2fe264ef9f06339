"""Trouble known from the journal, for the row shown before the cloud has answered. Pure."""

from __future__ import annotations

from dataclasses import replace

from matui.base.sanitize import clean
from matui.live.journal.change import Change
from matui.resources.model import Fact, Resource
from matui.resources.times import STATE_SINCE, state_since


def explain_earlier(row: Resource, last: Change | None) -> Resource:
    """Return a row of an earlier run with since when its state lasts, and why, as triage shows them.

    ``last`` is the newest change of the resource; one to another status says nothing of this one.
    """
    facts: dict[str, Fact] = {**row.facts}
    if last is not None and last.after != row.status:
        last = None
    if last is not None and state_since(row) is None:
        facts[STATE_SINCE] = last.shown_at
    if reason := row.text_fact("failure") or (last.reason if last is not None else ""):
        facts |= {"why": clean(" ".join(reason.split())), "why_source": "cloud"}
    return replace(row, facts=facts)

"""Rows of an earlier run that the cloud has not confirmed yet. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from matui.base.formatting import format_local_time

if TYPE_CHECKING:
    from matui.resources.model import Resource

AS_OF = "as_of"
"""The fact with the time when an unconfirmed row was read, in ms since the epoch; absent on others."""


def mark_unconfirmed(row: Resource, read_at: int) -> Resource:
    """Return a row of an earlier run, marked with when it was read."""
    return replace(row, facts={**row.facts, AS_OF: read_at})


def is_unconfirmed(row: Resource) -> bool:
    """Return whether the row is of an earlier run and the cloud has not answered since."""
    return AS_OF in row.facts


def why_unconfirmed(row: Resource) -> str | None:
    """Return why nothing is done to a row of an earlier run, None for any other."""
    read_at = row.number_fact(AS_OF)
    return (
        None
        if read_at is None
        else f"it is as of {format_moment(read_at)}, and the cloud has not answered yet"
    )


def format_moment(ms: float) -> str:
    """Return a time as ``02:10`` in local time."""
    return format_local_time(ms)[11:16]

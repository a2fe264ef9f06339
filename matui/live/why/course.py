"""Reads from the details of a resource what it waits for, and what it has recovered from. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matui.live.triage.reasons import reason_from_waiting
from matui.resources.detail import Section
from matui.resources.model import Phase, Resource

_RECOVERY = " recovery"
_MOST_RECOVERIES = 2


def find_course_texts(resource: Resource, sections: Sequence[Section]) -> Iterator[str]:
    """Yield the place in the queue and the stage of what waits, and the last recoveries, the newest first."""
    if resource.phase is Phase.PENDING:
        waiting = reason_from_waiting(sections)
        if waiting is not None:
            yield waiting.text
    found = [
        f"{label}: {value}"
        for section in sections
        if section.title == "Runs"
        for label, value in section.rows
        if label.endswith(_RECOVERY) and isinstance(value, str) and value
    ]
    yield from found[: -_MOST_RECOVERIES - 1 : -1]

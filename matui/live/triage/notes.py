"""What a person, a log or an event stated about resources in triage: reasons and acknowledgements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from matui.live.triage.item import Acknowledgement, Why


class KnownReason(NamedTuple):
    """The answer for a resource in a status; ``why`` is None where a search has found nothing."""

    status: str
    why: Why | None


class TriageNote(NamedTuple):
    """What is known of one resource; an acknowledgement comes with the status in which it was made."""

    reason: KnownReason | None = None
    acknowledged: tuple[Acknowledgement, str] | None = None


TriageNotes: TypeAlias = Mapping[tuple[str, str], TriageNote]
"""The notes of a profile, by kind and id."""

"""What a person, a log or an event stated of resources in triage, and the protocol of what records it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

from matui.live.triage.item import Acknowledgement, Why
from matui.resources.model import Resource


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


@runtime_checkable
class KeepsRows(Protocol):
    """Records what the logs of jobs say of their rows, and what triage knows of them."""

    def note_rows(self, kind: str, rows: Iterable[Resource]) -> None:
        """Record the rows of a kind as they are shown."""

    def note_triage(self, notes: TriageNotes) -> None:
        """Record the reasons and acknowledgements that are shown."""

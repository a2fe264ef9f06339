"""The protocol of a cloud that records what is known of its rows besides its own answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from matui.live.triage.notes import TriageNotes
from matui.resources.model import Resource


@runtime_checkable
class KeepsRows(Protocol):
    """Records what the logs of jobs say of their rows, and what triage knows of them."""

    def note_rows(self, kind: str, rows: Iterable[Resource]) -> None:
        """Record the rows of a kind as they are shown."""
        ...

    def note_triage(self, notes: TriageNotes) -> None:
        """Record the reasons and acknowledgements that are shown."""
        ...

"""Why a resource is in its state, in words: by its row, its details, triage and what the card has. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matui.live.triage.item import Why
from matui.live.triage.reasons import find_reason_in_facts, find_reason_in_status, is_weak
from matui.live.why.card import WhyCard
from matui.live.why.readers import find_course_texts
from matui.resources.detail import Section
from matui.resources.model import Resource
from matui.resources.why import find_failure_texts


@dataclass(frozen=True, slots=True)
class StatedReasons:
    """What is stated of a resource: by ``row`` as triage shows it, and by ``sections`` of its details."""

    row: Resource
    sections: Sequence[Section] = ()
    sold_out: Why | None = None

    @property
    def verdict(self) -> tuple[str, ...]:
        """Why triage shows a resource that has not failed; what has failed is explained by its parts."""
        what, why = self.row.get_text("what"), self.row.get_text("why")
        return (f"{what}: {why}",) if why and what not in ("", "failed", "degraded") else ()

    def list_texts(self, resource: Resource, findings: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the reasons of a resource; ``findings`` are those of its log."""
        texts = find_failure_texts(resource, self.sections)
        course = find_course_texts(resource, self.sections)
        sold_out = (self.sold_out.text,) if self.sold_out is not None else ()
        new = [finding for finding in findings if not self._is_in_verdict(finding)]
        return tuple(dict.fromkeys((*self.verdict, *texts, *sold_out, *course, *new)))

    def _is_in_verdict(self, finding: str) -> bool:
        """Return whether triage states a finding already, with or without the line of the log."""
        words = finding.partition(" (line ")[0].rstrip(".")
        return any(words in verdict for verdict in self.verdict)

    def find_last(self, card: WhyCard) -> tuple[str, ...]:
        """Return what the row or its status says, where no other part of the card explains anything."""
        events = card.get_part("events").value or ()
        if card.get_part("first_error").value is not None or any(event.abnormal for event in events):
            return ()
        own = find_reason_in_facts(self.row) or find_reason_in_status(self.row)
        words = self.row.get_text("why") or (own.text if own is not None else "")
        return (words,) if words else ()

    def select_final(self, card: WhyCard) -> tuple[str, ...]:
        """Return the reasons of a card whose parts have all come: weak ones only where no error was found.

        The reason of triage is the first where no part of the card has it; what it begins with is left out.
        """
        reasons, words = card.reasons, self.row.get_text("why")
        error = card.get_part("first_error").value
        if error is not None:
            reasons = tuple(one for one in reasons if not is_weak(Why(one, "cloud")))
        texts = [*reasons, *(event.text for event in card.get_part("events").value or ())]
        texts += [error.summary, *error.around] if error is not None else []
        if error is not None and is_weak(Why(words, "cloud")):
            return reasons
        core = (words.rpartition(" (")[0] if words.endswith(")") else words).rstrip(".")  # without its file
        if not core or any(core in text for text in texts):
            return reasons
        return (words, *(one for one in reasons if not words.startswith(one)))

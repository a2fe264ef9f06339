"""The last net before the terminal: whatever slipped through the cleaning of texts stops here."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from matui.text import harmless


class Harmless(LineFilter):
    """Takes every control, bidi and surrogate character out of what widgets paint."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return the segments, the same ones when there is nothing to take out."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [
            segment if segment.control else Segment(harmless(segment.text), segment.style)
            for segment in segments
        ]

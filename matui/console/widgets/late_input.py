"""An input that takes only what was typed after it could be seen."""

from __future__ import annotations

from textual import events
from textual.widgets import Input


class LateInput(Input):
    """Ignores keys and pastes from before ``armed_at`` (monotonic seconds), enter included."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, select_on_focus=False)
        self.cursor_blink = False
        self.armed_at = float("inf")

    def on_key(self, event: events.Key) -> None:
        self._refuse_early(event)

    def on_paste(self, event: events.Paste) -> None:
        self._refuse_early(event)

    def _refuse_early(self, event: events.Event) -> None:
        if event.time < self.armed_at:
            event.stop()
            event.prevent_default()

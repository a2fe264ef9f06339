"""The dialog before a form is sent: each change with old and new value."""

from __future__ import annotations

from textual import events
from textual.content import Content

from matui.base.clock import Clock
from matui.console.screens.confirm import ConfirmScreen, compute_narrowest_inner_width
from matui.console.screens.confirm_text import ProfileBadge, format_answers
from matui.live.actions.guard import Plan
from matui.live.forms.draft import Draft
from matui.live.forms.workflow import DraftDecision
from matui.resources.forms.form import ABSENT, format_change

_ROWS_ABOVE = 2  # the target, the note
_SEEN_AT_ONCE = 2


class ConfirmChangesScreen(ConfirmScreen):
    """Asks whether to send the draft; ``e`` goes back into the editor."""

    def __init__(self, plan: Plan, draft: Draft, scene: ProfileBadge, *, clock: Clock) -> None:
        super().__init__(plan, (scene,), clock=clock)
        self._draft = draft
        self._edit_again = False
        self.set_class(plan.typed, "typed")

    def limit_list_rows(self) -> int:
        """Return the most rows that the changes take."""
        return self.app.size.height * (25 if self.plan.typed else 40) // 100

    def render_subject(self) -> Content:
        """Return the target and each change."""
        count = len(self._draft.changes)
        lines = []
        for change in self._draft.changes:
            path, old, new = format_change(change)
            before = [] if change.old in (ABSENT, "") else [(f"  − {old}\n", "$text-error")]
            lines.append(Content.assemble((f"{path}\n", "bold"), *before, (f"  + {new}", "$text-success")))
        if not self._draft.changes:
            lines.append(Content.styled("As it was: nothing was changed.", "$text-muted"))
        listed = Content("\n").join(lines)
        fits = listed.plain.count("\n") + 1 + _ROWS_ABOVE <= self.limit_list_rows()
        parts = (f"{count} changes" if count > _SEEN_AT_ONCE else "", "" if fits else "↓ shows the rest")
        note = Content.styled("; ".join(part for part in parts if part), "$text-muted")
        return Content("\n").join((super().render_subject(), note, listed))

    def format_answers(self) -> Content:
        """Return the keys that answer."""
        if self.plan.typed:
            return super().format_answers()
        again = Content.assemble((" e ", "bold $accent"), ("edit again", "$text-muted"))
        return format_answers(self.plan, compute_narrowest_inner_width(self.app.size.width), again)

    def on_key(self, event: events.Key) -> None:
        """Take ``e`` too, until the draft is confirmed."""
        if event.key == "e" and not self.plan.typed and not self.agreed:
            event.stop()
            if event.time >= self._armed_at:
                self._edit_again = True
                self._close(sent=False)

    def _disarm(self, reason: str) -> None:
        """Ignore changes of state: an edit is re-read before it is sent."""
        if reason.endswith(("is gone.", "meanwhile.")):
            super()._disarm(reason)

    def answer(self, *, sent: bool) -> DraftDecision:
        """Return the answer that closed the dialog."""
        if sent:
            return "send"
        return "edit" if self._edit_again else "drop"

"""The dialog before a form is sent: what would change, from what to what."""

from __future__ import annotations

from textual import events
from textual.content import Content

from matui.base.clock import Clock
from matui.console.screens import confirm_text as words
from matui.console.screens.confirm import ConfirmScreen
from matui.live.actions.guard import Plan
from matui.live.forms.draft import Draft
from matui.live.forms.workflow import Answer
from matui.resources.forms.form import ABSENT
from matui.resources.forms.wording import format_change

_SEEN_AT_ONCE = 2


class ConfirmChangesScreen(ConfirmScreen):
    """Asks whether what was filled in is to be sent; ``e`` goes back into the editor."""

    def __init__(self, plan: Plan, draft: Draft, scene: words.Scene, *, clock: Clock) -> None:
        super().__init__(plan, (scene,), clock=clock)
        self._draft = draft
        self._edit_again = False
        self.set_class(plan.typed, "typed")

    def about(self) -> Content:
        """Return what it is about, and each value that changes."""
        count = len(self._draft.changes)
        many = f"{count} changes; ↓ shows the rest" if count > _SEEN_AT_ONCE else ""
        lines = [super().about(), Content.styled(many, "$text-muted")]
        for change in self._draft.changes:
            path, old, new = format_change(change)
            before = [] if change.old in (ABSENT, "") else [(f"  − {old}\n", "$text-error")]
            lines.append(Content.assemble((f"{path}\n", "bold"), *before, (f"  + {new}", "$text-success")))
        if not self._draft.changes:
            lines.append(Content.styled("As it was: nothing was changed.", "$text-muted"))
        return Content("\n").join(lines)

    def answers(self) -> Content:
        """Return the keys that answer."""
        if self.plan.typed:
            return words.answers(self.plan)
        again = Content.assemble((" e ", "bold $accent"), ("edit again", "$text-muted"))
        return Content.assemble(words.answers(self.plan), "  ", again)

    def on_key(self, event: events.Key) -> None:
        """Take ``e`` too, while nothing has been agreed to."""
        if event.key == "e" and not self.plan.typed and not self.agreed:
            event.stop()
            if event.time >= self._armed_at:
                self._edit_again = True
                self._close(sent=False)

    def _spoil(self, reason: str) -> None:
        """A state that goes on says nothing against an edit, which is read again before it is sent."""
        if reason.endswith(("is gone.", "meanwhile.")):
            super()._spoil(reason)

    def answer(self, *, sent: bool) -> Answer:
        """Return the answer that closed the dialog."""
        if sent:
            return "send"
        return "edit" if self._edit_again else "drop"

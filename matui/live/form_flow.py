"""A form from its opening to its end: editor, problems back into the editor, dialog, sending."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

from matui.live.draft import Draft, Sent
from matui.live.filling import Filling
from matui.live.guard import Plan
from matui.resources.form import Form, Problem
from matui.resources.form_reading import with_problems, without_marks
from matui.resources.form_text import form_text
from matui.resources.registry import kind_by_id
from matui.text import reveal

Answer: TypeAlias = Literal["send", "edit", "drop"]
UNCHANGED = "Nothing was changed, so nothing was sent."
DROPPED = "Cancelled: nothing was sent."
GIVEN_UP = "Given up, nothing more was sent."
_NEVERTHELESS = Problem((), "Delete this line to send it as it is; close unchanged to give up.")


class Desk(Protocol):
    """Where somebody fills in forms."""

    async def edit(self, text: str) -> str:
        """Let the text be edited and return what was saved. Raises MatuiError where that cannot be."""
        ...

    async def ask(self, plan: Plan, draft: Draft) -> Answer:
        """Show what would be sent and return whether it may be, or is to be edited further."""
        ...


def title_of(form: Form, profile: str) -> str:
    """Return the first line of a form's text."""
    about = form.subject
    singular = kind_by_id(about.kind).singular
    what = f"a new {singular}" if form.deed == "create" else f"{singular} {reveal(about.name)} ({about.id})"
    return f"matui: {form.deed} {what} in profile {profile}"


async def fill_in(
    filling: Filling, form: Form, desk: Desk, *, profile: str, dry_run: bool = False
) -> Sent | str:
    """Let the form be filled in and sent; what is refused comes back with the reason above its line.

    Returns what became of it, or the sentence that says why nothing was sent.
    """
    text, shown = form_text(form, title_of(form, profile)), ""
    refusal = ""
    again = form.deed == "rerun"  # saving the text as it is means something too
    while True:
        typed = await desk.edit(text)
        if typed == text and not again:
            return f"{GIVEN_UP} {refusal}" if refusal else UNCHANGED
        draft = filling.judge(form, typed)
        if draft.wrong and without_marks(typed) == shown:
            return f"{GIVEN_UP} {refusal}"
        if draft.idle:
            return UNCHANGED
        again, shown, text = False, without_marks(typed), typed
        if draft.wrong:
            refusal = draft.problem_words
            text = with_problems(typed, draft.problems)
            continue
        answer = await desk.ask(filling.plan(draft), draft)
        again = answer == "edit"
        if answer == "drop":
            return DROPPED
        if answer == "send":
            sent = await filling.send(draft, dry_run=dry_run)
            if not sent.problems:
                return sent
            form, refusal = sent.form, sent.outcome.sentence
            text = with_problems(typed, (*sent.problems, _NEVERTHELESS))

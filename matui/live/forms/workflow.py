"""The workflow of a form: editor, problems back into the editor, dialog, sending."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Literal, Protocol, TypeAlias

from matui.base.sanitize import make_visible
from matui.live.actions.guard import Plan
from matui.live.actions.outcome import Outcome
from matui.live.forms.draft import Draft, SubmitResult
from matui.live.forms.service import FormService
from matui.resources.forms.document import annotate_problems, format_form, remove_problem_comments
from matui.resources.forms.form import Form, Problem
from matui.resources.registry import kind_by_id

DraftDecision: TypeAlias = Literal["send", "edit", "drop"]
UNCHANGED = "Nothing was changed, so nothing was sent."
CANCELLED = "Cancelled: nothing was sent."
GIVEN_UP = "Given up, nothing more was sent."
_SEND_ANYWAY = Problem((), "Delete this line to send it as it is; close unchanged to give up.")


class Send(Protocol):
    """Sends a draft; reports waits and a cancellation."""

    def __call__(
        self, *, on_wait: Callable[[str], None], on_cancel: Callable[[Sequence[Outcome]], None]
    ) -> Awaitable[SubmitResult]: ...


class FormUI(Protocol):
    """The editor and the dialog of a user interface."""

    async def edit(self, text: str) -> str:
        """Open the text in an editor and return it as saved. Raises MatuiError where that fails."""
        ...

    async def ask(self, plan: Plan, draft: Draft) -> DraftDecision:
        """Show the changes and return whether to send, edit again or cancel."""
        ...

    async def run(self, send: Send) -> SubmitResult | None:
        """Send, show what is waited for, and return the result; None where the user cancelled it."""
        ...


def format_title(form: Form, profile: str) -> str:
    """Return the title line of a form's text."""
    about = form.subject
    singular = kind_by_id(about.kind).singular
    what = (
        f"a new {singular}"
        if form.mode == "create"
        else f"{singular} {make_visible(about.name)} ({about.id})"
    )
    return f"matui: {form.mode} {what} in profile {profile}"


async def edit_and_send(
    form_service: FormService, form: Form, ui: FormUI, *, profile: str, dry_run: bool = False
) -> SubmitResult | str:
    """Edit and send the form; what is refused is edited again, with the reason above its line.

    Returns the result, or the sentence that says why nothing was sent.
    """
    text, shown = format_form(form, format_title(form, profile)), ""
    refusal = ""
    again = form.mode == "rerun"  # a rerun may be sent without changes
    while True:
        typed = await ui.edit(text)
        if typed == text and not again:
            return f"{GIVEN_UP} {refusal}" if refusal else UNCHANGED
        draft = form_service.read_text(form, typed)
        if draft.wrong and remove_problem_comments(typed) == shown:
            return f"{GIVEN_UP} {refusal}"
        if draft.idle:
            return UNCHANGED
        again, shown, text = False, remove_problem_comments(typed), typed
        if draft.wrong:
            refusal = draft.problem_words
            text = annotate_problems(typed, draft.problems)
            continue
        answer = await ui.ask(form_service.plan(draft), draft)
        again = answer == "edit"
        if answer == "drop":
            return CANCELLED
        if answer == "send":
            sent = await ui.run(partial(form_service.send, draft, dry_run=dry_run))
            if sent is None:
                return CANCELLED
            if not sent.problems:
                return sent
            form, refusal = sent.form, sent.outcome.sentence
            text = annotate_problems(typed, (*sent.problems, _SEND_ANYWAY))

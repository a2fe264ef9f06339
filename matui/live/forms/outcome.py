"""The sentences that say what became of a form."""

from __future__ import annotations

from dataclasses import replace

from matui.base.errors import CloudError, MatuiError, NotFoundError, RefusedError
from matui.base.sanitize import make_visible
from matui.clouds.protocols import FormResult
from matui.live.actions.outcome import Outcome, Result
from matui.live.actions.target_text import subject
from matui.live.forms.draft import CONSEQUENCES, Draft
from matui.live.forms.reconcile import Finding
from matui.resources.forms.form import FormMode
from matui.resources.forms.wording import find_name
from matui.resources.model import Resource
from matui.resources.registry import kind_by_id


def named(draft: Draft) -> Resource:
    """Return what the draft is about; something new by the name it is given."""
    about = draft.form.subject
    return replace(about, name=find_name(draft.values or {})) if draft.form.mode == "create" else about


def subject_words(draft: Draft) -> str:
    """Name what the draft is about so that it cannot be mistaken."""
    resource = named(draft)
    if draft.form.mode == "create":
        return f"{kind_by_id(resource.kind).singular} {make_visible(resource.name) or '–'}"
    return subject(resource)


def not_sent(draft: Draft, result: Result, reason: str) -> Outcome:
    """The outcome where matui itself held it back."""
    sentence = f"{subject_words(draft)}: {draft.form.mode} not sent, {reason.rstrip('.')}."
    return Outcome(draft.form.subject, result, sentence, RefusedError(sentence))


def unread(draft: Draft, error: MatuiError) -> Outcome:
    """The outcome where the re-read failed."""
    if isinstance(error, NotFoundError):
        return failed(draft, "not sent, it no longer exists.", error, "gone")
    return failed(draft, f"not sent, it could not be read again. {error}", error)


def failed(draft: Draft, told: str, error: MatuiError, result: Result = "failed") -> Outcome:
    """The outcome where it was not done, or nobody knows; ``told`` goes on after the mode's name."""
    return Outcome(draft.form.subject, result, f"{subject_words(draft)}: {draft.form.mode} {told}", error)


def rehearsed(draft: Draft) -> Outcome:
    """The outcome of a dry run."""
    mode = draft.form.mode
    sentence = f"{subject_words(draft)}: {mode} would be sent. {CONSEQUENCES[mode]}"
    return Outcome(draft.form.subject, "dry-run", sentence)


def already_so(draft: Draft) -> Outcome:
    """The outcome where somebody else has made the same change."""
    return Outcome(draft.form.subject, "done", f"{subject_words(draft)} is so already; nothing was sent.")


def done(draft: Draft, made: FormResult) -> Outcome:
    """The outcome where the cloud took it."""
    about = subject_words(draft)
    new = f" ({make_visible(made.resource_id)})" if made.resource_id else ""
    version = make_visible(made.resource_id.rpartition("/")[2])
    sentence = {
        "edit": f"{about}: changed.",
        "rerun": f"{about}: started as {f'version {version}' if version else 'a new version'}.",
        "create": f"{about}{new}: created.",
    }[draft.form.mode]
    return Outcome(draft.form.subject, "done", sentence)


def found(mode: FormMode, finding: Finding) -> str:
    """Return what a read right after a lost answer shows, and what to do."""
    if finding.verdict == "gone":
        return "Read again: it no longer exists."
    if mode == "edit" and finding.verdict:
        arrived = {"done": "arrived", "changed": "arrived in part"}.get(finding.verdict, "did not arrive")
        return f"Read again: it {arrived}."
    if finding.verdict == "done" and finding.found is not None:
        return f"Read again: it is there ({make_visible(finding.found.id)})."
    return "Look for it before you repeat it."


def cloud_words(error: MatuiError) -> str:
    """Return what the cloud itself said, to find the field it speaks of."""
    return error.message or error.sentence if isinstance(error, CloudError) else error.sentence

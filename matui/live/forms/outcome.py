"""The outcome of a form, and the sentence that reports it."""

from __future__ import annotations

from dataclasses import replace

from matui.base.errors import CloudError, MatuiError, NotFoundError, RefusedError
from matui.base.text.sanitize import make_visible
from matui.clouds.protocols import FormResult
from matui.live.actions.outcome import Outcome, Result
from matui.live.actions.target_text import format_subject
from matui.live.forms.draft import Draft, describe_consequence
from matui.live.forms.reconcile import ReconcileResult
from matui.resources.forms.form import FormMode, find_name
from matui.resources.model import Resource
from matui.resources.registry import get_kind


def find_target(draft: Draft) -> Resource:
    """Return the resource of the draft; for a new one with its name, and what it is created within."""
    about, values = draft.form.subject, draft.values or {}
    if draft.form.mode != "create":
        return about
    owner = get_kind(about.kind).within
    if not owner:
        return replace(about, name=find_name(values))
    word = get_kind(owner).singular
    owner_id = str(values.get(f"{word}_id", ""))
    within = {f"{word}_id": owner_id, f"{word}_name": dict(draft.form.owners).get(owner_id, "")}
    return replace(about, name=find_name(values), facts={**about.facts, **within})


def format_draft_subject(draft: Draft) -> str:
    """Return kind, name and id of the draft's resource."""
    resource = find_target(draft)
    if draft.form.mode == "create":
        return f"{get_kind(resource.kind).singular} {make_visible(resource.name) or '–'}"
    return format_subject(resource)


def report_not_sent(draft: Draft, result: Result, reason: str) -> Outcome:
    """Return the outcome where matui did not send it."""
    sentence = f"{format_draft_subject(draft)}: {draft.form.mode} not sent, {reason.rstrip('.')}."
    return Outcome(draft.form.subject, result, sentence, RefusedError(sentence))


def report_reread_failure(draft: Draft, error: MatuiError) -> Outcome:
    """Return the outcome where the re-read failed."""
    if isinstance(error, NotFoundError):
        return report_failure(draft, "not sent, it no longer exists.", error, "gone")
    return report_failure(draft, f"not sent, it could not be read again. {error}", error)


def report_failure(draft: Draft, text: str, error: MatuiError, result: Result = "failed") -> Outcome:
    """Return the outcome of a failure or an unknown end; ``text`` continues the sentence."""
    return Outcome(
        draft.form.subject, result, f"{format_draft_subject(draft)}: {draft.form.mode} {text}", error
    )


def report_dry_run(draft: Draft) -> Outcome:
    """Return the outcome of a dry run."""
    mode = draft.form.mode
    sentence = f"{format_draft_subject(draft)}: {mode} would be sent. {describe_consequence(draft.form)}"
    return Outcome(draft.form.subject, "dry-run", sentence)


def report_unchanged(draft: Draft) -> Outcome:
    """Return the outcome where the same change was made elsewhere meanwhile."""
    return Outcome(
        draft.form.subject, "done", f"{format_draft_subject(draft)} is so already; nothing was sent."
    )


def report_done(draft: Draft, made: FormResult) -> Outcome:
    """Return the outcome where the cloud accepted it."""
    about = format_draft_subject(draft)
    new = f" ({make_visible(made.resource_id)})" if made.resource_id else ""
    sentence = {
        "edit": f"{about}: changed.",
        "rerun": f"{about}: started as {_describe_rerun(draft, made)}.",
        "create": f"{about}{new}: created.",
    }[draft.form.mode]
    return Outcome(draft.form.subject, "done", sentence)


def _describe_rerun(draft: Draft, made: FormResult) -> str:
    """Return the new version, or the new job with its name where the cloud makes one."""
    name, new_id = find_name(draft.values or {}), make_visible(made.resource_id)
    if name:
        return f"job {make_visible(name)} ({new_id})" if new_id else f"job {make_visible(name)}"
    version = new_id.rpartition("/")[2]
    return f"version {version}" if version else "a new version"


def describe_finding(mode: FormMode, finding: ReconcileResult) -> str:
    """Return the finding of the read after a lost answer, in words."""
    if finding.verdict == "gone":
        return "Read again: it no longer exists."
    if mode == "edit" and finding.verdict:
        arrived = {"done": "arrived", "changed": "arrived in part"}.get(finding.verdict, "did not arrive")
        return f"Read again: it {arrived}."
    if finding.verdict == "done" and finding.found is not None:
        return f"Read again: it is there ({make_visible(finding.found.id)})."
    return "Look for it before you repeat it."


def get_cloud_message(error: MatuiError) -> str:
    """Return the cloud's own message, to find the field that it names."""
    return error.message or error.sentence if isinstance(error, CloudError) else error.sentence

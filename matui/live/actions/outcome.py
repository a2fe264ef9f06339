"""The outcome of an action on one resource, and the sentence that reports it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from matui.base.errors import (
    UNKNOWN_OUTCOME_EXIT,
    BadAnswerError,
    CloudError,
    ConflictError,
    MatuiError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    ServerFaultError,
    UnreachableError,
)
from matui.clouds.protocols import ActionResult, Effect
from matui.live.actions.bulk_delete import NO_BULK, BulkOutcome
from matui.live.actions.target_text import format_subject
from matui.live.audit.trail import AuditResult
from matui.resources.columns import shorten_status
from matui.resources.kind import Action
from matui.resources.model import Resource

REMEDY_LOOK = "Look at its state before you repeat the action."
Result: TypeAlias = Literal[
    "done", "refused", "changed", "gone", "unknown", "failed", "dry-run", "partly", "not sent"
]
_EFFECTS: dict[Effect, str] = {
    "done": "Read again: it is done.",
    "not yet": "Read again several times: it is not yet confirmed. It was not repeated.",
    "not stated": "The API does not state whether it is done.",
}


class Outcome(NamedTuple):
    """The result for one target.

    ``after`` is the resource as read after an unclear answer, or None; ``vanished`` says that this read did
    not find it, ``effect`` what it shows where no status does. ``parts`` are the versions deleted and not
    deleted.
    """

    resource: Resource
    result: Result
    sentence: str
    error: MatuiError | None = None
    after: Resource | None = None
    vanished: bool = False
    effect: Effect | None = None
    parts: BulkOutcome = NO_BULK

    @property
    def exit_code(self) -> int:
        """0 where the cloud accepted the action and for a dry run, 5 for unknown, else the error's."""
        if self.result in ("done", "dry-run"):
            return 0
        if self.result == "unknown":
            return UNKNOWN_OUTCOME_EXIT
        return self.error.exit_code if self.error is not None else 1


def report_not_sent(resource: Resource, action: Action, result: Result, reason: str) -> Outcome:
    """Return the outcome where matui did not send the action."""
    sentence = f"{format_subject(resource)}: {action.label} not sent, {reason}."
    return Outcome(resource, result, sentence, RefusedError(sentence))


def report_unrecorded(resource: Resource, action: Action, error: MatuiError) -> Outcome:
    """Return the outcome where the intent could not be written into the audit, and nothing was sent."""
    sentence = f"{format_subject(resource)}: {action.label} not sent. {error}"
    return Outcome(resource, "failed", sentence, error)


def report_reread_failure(resource: Resource, action: Action, error: MatuiError) -> Outcome:
    """Return the outcome where the re-read before the action failed."""
    if isinstance(error, NotFoundError):
        sentence = f"{format_subject(resource)}: {action.label} not sent, it no longer exists."
        return Outcome(resource, "gone", sentence, error)
    sentence = f"{format_subject(resource)}: {action.label} not sent, it could not be read again. {error}"
    return Outcome(resource, "failed", sentence, error)


def report_accepted(answer: ActionResult, action: Action) -> Outcome:
    """Return the outcome where the cloud accepted the action, in whole or in part."""
    resource, status, parts = answer.resource, answer.status, BulkOutcome(answer.deleted, answer.kept)
    if parts.kept:
        sentence = f"{format_subject(resource)}: {action.label} done in part. {parts.sentence}"
        error = ConflictError(sentence, request_id=answer.request_id)
        return Outcome(resource, "partly", sentence, error, parts=parts)
    expected = action.expect_status(resource)
    becomes = f", it should become {shorten_status(expected)}" if expected else ""
    if status not in ("", resource.status):
        becomes = f", it is {shorten_status(status)} now"
    done = "done" if action.label == "accept" else "accepted"
    sentence = f"{format_subject(resource)}: {action.label} {done}{becomes}. {parts.sentence}".rstrip()
    return Outcome(resource, "done", sentence, parts=parts)


def report_dry_run(resource: Resource, action: Action) -> Outcome:
    """Return the outcome of a dry run."""
    return Outcome(
        resource,
        "dry-run",
        f"{format_subject(resource)}: {action.label} would be sent. "
        f"{action.describe_consequence((resource,))}",
    )


def report_rejected(resource: Resource, action: Action, error: MatuiError) -> Outcome:
    """Return the outcome where the cloud refused or was not reached, and nothing was done."""
    if isinstance(error, NotFoundError):
        return Outcome(resource, "gone", f"{format_subject(resource)}: it no longer exists. {error}", error)
    refused = isinstance(error, CloudError) and not isinstance(error, RateLimitedError)
    if refused:
        return Outcome(
            resource, "refused", f"{format_subject(resource)}: {action.label} refused. {error}", error
        )
    return Outcome(resource, "failed", f"{format_subject(resource)}: {action.label} not done. {error}", error)


def report_unknown(
    resource: Resource,
    action: Action,
    error: MatuiError,
    after: Resource | None,
    why_unread: MatuiError | None,
) -> Outcome:
    """Return the outcome where it is unknown whether the cloud did it; ``after`` is the resource re-read."""
    sentence = (
        f"{format_subject(resource)}: {action.label} was sent, but whether it was done is unknown."
        f" {error.fact} {_describe_reread(resource, action, after, why_unread)}"
    )
    vanished = isinstance(why_unread, NotFoundError)
    return Outcome(resource, "unknown", sentence, error, after, vanished)


def report_effect(resource: Resource, action: Action, error: MatuiError, effect: Effect) -> Outcome:
    """Return the outcome of an action whose answer was lost and whose effect no status shows."""
    look = f" {action.look}" if effect == "not stated" and action.look else ""
    sentence = (
        f"{format_subject(resource)}: {action.label} was sent, but its answer was lost. {error.fact}"
        f" {_EFFECTS[effect]}{look}"
    )
    return Outcome(resource, "unknown", sentence, error, effect=effect)


def report_bulk_unknown(resource: Resource, action: Action, error: MatuiError, parts: BulkOutcome) -> Outcome:
    """Return the outcome of a bulk deletion whose answer was lost, with the versions deleted so far."""
    sentence = (
        f"{format_subject(resource)}: {action.label} was sent, but whether it was done is unknown."
        f" {error.fact} Read again: {parts.sentence or 'it could not be seen.'}"
    )
    return Outcome(resource, "unknown", sentence, error, parts=parts)


def _describe_reread(
    resource: Resource, action: Action, after: Resource | None, why_unread: MatuiError | None
) -> str:
    if isinstance(why_unread, NotFoundError):
        return "Read again: it no longer exists."
    if after is None:
        return "It could not be read again: look at it before you repeat the action."
    now = shorten_status(after.status)
    if after.status == action.expect_status(after) != "":
        return f"Read again: it is {now}, so the action probably arrived."
    if after.status == resource.status:
        return f"Read again: it is still {now}. It was not repeated."
    return f"Read again: it is {now} now."


def is_unclear(error: MatuiError) -> bool:
    """Return whether the action may have been done although there is no valid answer."""
    if isinstance(error, UnreachableError):
        return error.sent
    return isinstance(error, ServerFaultError | BadAnswerError)


def find_error(acted: ActionResult) -> MatuiError | None:
    """Return the failure of one answer as a MatuiError, or None."""
    if acted.error is None or isinstance(acted.error, MatuiError):
        return acted.error
    return MatuiError(
        f"The cloud's answer could not be understood ({type(acted.error).__name__}).",
        remedy=REMEDY_LOOK,
    )


def report_unaudited(outcome: Outcome, error: MatuiError) -> Outcome:
    """Return the outcome where its result could not be written into the audit."""
    return outcome._replace(sentence=f"{outcome.sentence} This result is missing from the audit: {error}")


def as_audit_result(
    outcome: Outcome, status_after: str, request_id: str, sent_at: float | None
) -> AuditResult:
    """Return the outcome as the audit keeps it; ``request_id`` is that of the answer, ``""`` for none."""
    error = outcome.error
    failed = error.request_id if isinstance(error, CloudError) else ""
    return AuditResult(
        outcome=outcome.result,
        status_after=status_after,
        request_id=request_id or failed,
        error_code=get_error_code(error),
        parts=outcome.parts,
        sent_at=sent_at,
    )


def get_error_code(error: MatuiError | None) -> str:
    """Return the cloud's code of an error, its HTTP status or its name, ``""`` for None."""
    if isinstance(error, CloudError):
        return error.code or (f"HTTP {error.status}" if error.status else "")
    return type(error).__name__ if error is not None else ""


def summarize_outcomes(label: str, outcomes: Sequence[Outcome]) -> str:
    """Return for how many of several resources an action was done, and for how many that is unknown."""
    done = sum(outcome.result == "done" and outcome.error is None for outcome in outcomes)
    unknown = sum(outcome.result == "unknown" for outcome in outcomes)
    words = f"{label.capitalize()} requested for {done} of {len(outcomes)}"
    return f"{words}, unknown for {unknown}" if unknown else words

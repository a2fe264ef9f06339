"""The record of a draft that is sent: an intent before the sending, and its outcome."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from matui.clouds.protocols import Cloud
from matui.live.actions.outcome import Outcome, as_audit_result, report_unaudited
from matui.live.audit.trail import Audit, AuditError, AuditResult
from matui.live.forms.draft import Draft, SubmitResult
from matui.live.forms.outcome import find_target, report_not_sent
from matui.resources.forms.form import Form, Values, build_audit_parameters
from matui.resources.model import Resource


class DraftRecord:
    """Keeps the intent and the outcome of one draft, and writes them into the audit; of a dry run no line.

    ``action_id`` is that of its lines there, ``""`` before the intent; ``outcome`` is None before the answer.
    """

    def __init__(self, draft: Draft, cloud: Cloud, audit: Audit, *, dry_run: bool) -> None:
        self._draft = draft
        self._mode = draft.form.mode
        self._cloud = cloud
        self._audit = audit
        self._dry_run = dry_run
        self.action_id = ""
        self.outcome: Outcome | None = None

    def intend(self, fresh: Form, values: Values) -> None:
        """Write the intent, once for all attempts. Raises AuditError; then nothing may be sent."""
        if not self.action_id:
            parameters = build_audit_parameters(fresh, values, self._draft.changes)
            self.action_id = self._audit.record_intent(
                self._cloud, self._mode, self._choose_subject(), parameters
            )

    def record(self, sent: SubmitResult, sent_at: float | None) -> SubmitResult:
        """Write the outcome; return the result, which says so where that failed."""
        before = self._choose_subject()
        known = before.id if self._mode == "edit" else sent.made.resource_id or before.id
        result = as_audit_result(sent.outcome, sent.made.status, sent.made.request_id, sent_at)
        try:
            self._audit.write_result(
                self.action_id, self._cloud, self._mode, replace(before, id=known), result
            )
        except AuditError as unwritten:
            sent = replace(sent, outcome=report_unaudited(sent.outcome, unwritten))
        self.outcome = sent.outcome
        return sent

    def record_unknown(self, outcome: Outcome, sent_at: float | None) -> None:
        """Write that the draft was sent and its answer is not known."""
        self.outcome = outcome
        with suppress(AuditError):
            self._write(self.action_id, AuditResult(outcome="unknown", sent_at=sent_at))

    def record_not_sent(self) -> Outcome:
        """Write that the draft was cancelled or held back; return that outcome."""
        if not self._dry_run:
            with suppress(AuditError):  # nothing was sent
                action_id = self.action_id or self._audit.record_intent(
                    self._cloud, self._mode, self._choose_subject()
                )
                self._write(action_id, AuditResult(outcome="not sent"))
        return report_not_sent(self._draft, "not sent", "cancelled")

    def _write(self, action_id: str, result: AuditResult) -> None:
        self._audit.write_result(action_id, self._cloud, self._mode, self._choose_subject(), result)

    def _choose_subject(self) -> Resource:
        """Return what the audit names: for a rerun the version under the name of its job."""
        target = find_target(self._draft)
        job = target.get_text("job_name") if self._mode == "rerun" else ""
        return replace(target, name=job) if job else target

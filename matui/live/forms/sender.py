"""Sends drafts of forms once: re-read, write the intent, send, write the outcome, settle the unknown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from matui.base.calls.send_gate import (
    ANSWER,
    MAX_ATTEMPTS,
    STATE,
    TOO_SLOW,
    NotSentError,
    SendGate,
    WaitMonitor,
    await_answer,
)
from matui.base.clock import Clock
from matui.base.errors import ConnectionLostError, MatuiError, NotFoundError
from matui.clouds.protocols import Cloud, Forms, require
from matui.live.actions.outcome import Outcome, as_audit_result, is_unclear, report_unaudited
from matui.live.actions.reconcile import REREAD_DELAY_S
from matui.live.audit.trail import Audit, AuditError, AuditResult
from matui.live.forms.draft import Draft, SubmitResult, find_conflicts, format_conflicts, rebase_form
from matui.live.forms.outcome import (
    describe_finding,
    find_target,
    get_cloud_message,
    report_done,
    report_dry_run,
    report_failure,
    report_not_sent,
    report_reread_failure,
    report_unchanged,
)
from matui.live.forms.reconcile import FormReconciler, ReconcileResult
from matui.resources.forms.form import (
    Form,
    Problem,
    Values,
    build_audit_parameters,
    find_blamed_field,
    find_changes,
    merge_changes,
)
from matui.resources.model import Resource


class DraftRecord:
    """Keeps the intent and the outcome of one draft, and writes them into the audit; of a dry run no line.

    ``action_id`` is that of its lines there, ``""`` before the intent; ``outcome`` is None before the answer.
    """

    def __init__(self, draft: Draft, cloud: Cloud, audit: Audit, *, dry_run: bool) -> None:
        self.draft = draft
        self._mode = draft.form.mode
        self._cloud = cloud
        self._audit = audit
        self.dry_run = dry_run
        self.action_id = ""
        self.outcome: Outcome | None = None

    def intend(self, fresh: Form, values: Values) -> None:
        """Write the intent, once for all attempts. Raises AuditError; then nothing may be sent."""
        if not self.action_id:
            parameters = build_audit_parameters(fresh, values, self.draft.changes)
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
        if not self.dry_run:
            with suppress(AuditError):  # nothing was sent
                action_id = self.action_id or self._audit.record_intent(
                    self._cloud, self._mode, self._choose_subject()
                )
                self._write(action_id, AuditResult(outcome="not sent"))
        return report_not_sent(self.draft, "not sent", "cancelled")

    def _write(self, action_id: str, result: AuditResult) -> None:
        self._audit.write_result(action_id, self._cloud, self._mode, self._choose_subject(), result)

    def _choose_subject(self) -> Resource:
        """Return what the audit names: for a rerun the version under the name of its job."""
        target = find_target(self.draft)
        job = target.get_text("job_name") if self._mode == "rerun" else ""
        return replace(target, name=job) if job else target


class FormSender:
    """Sends drafts to one cloud. A draft is sent at most once, and never without an audit line.

    ``find_denial`` returns why a draft is not sent, or None; ``changed`` is called with the kind of what a
    draft that was sent may have changed.
    """

    def __init__(
        self,
        cloud: Cloud,
        *,
        clock: Clock,
        audit: Audit,
        find_denial: Callable[[Draft], str | None],
        changed: Callable[[str], None],
    ) -> None:
        self._cloud = cloud
        self._clock = clock
        self._audit = audit
        self._find_denial = find_denial
        self._changed = changed

    @property
    def _forms(self) -> Forms:
        return require(self._cloud, Forms)

    async def send(
        self,
        draft: Draft,
        *,
        dry_run: bool = False,
        on_wait: Callable[[str], None] = lambda _reason: None,
        on_cancel: Callable[[Sequence[Outcome]], None] = lambda _outcomes: None,
    ) -> SubmitResult:
        """Send a draft that has no problems; waits and cancellation are reported as by ``Executor.run``."""
        record = DraftRecord(draft, self._cloud, self._audit, dry_run=dry_run)
        gate = SendGate(self._clock, requests=_count_requests(draft), on_wait=WaitMonitor(on_wait).add())
        try:
            with gate.open():
                for _ in range(MAX_ATTEMPTS):
                    checked = await self._check(record, gate)
                    if isinstance(checked, SubmitResult):
                        if record.action_id:
                            record.record_not_sent()
                        return checked
                    sent = await self._send(record, *checked, gate)
                    if sent is not None:
                        return sent
                    gate.release()
        except asyncio.CancelledError:
            on_cancel([record.outcome or record.record_not_sent()])
            raise
        record.record_not_sent()
        return SubmitResult(report_not_sent(draft, "failed", TOO_SLOW), draft.form)

    async def _check(self, record: DraftRecord, gate: SendGate) -> tuple[Form, Values] | SubmitResult:
        """Return the form as re-read and the values to send, or the result that says why nothing is sent."""
        draft, form = record.draft, record.draft.form
        held = self._find_denial(draft)
        if held is not None:
            return SubmitResult(report_not_sent(draft, "refused", held), form)
        try:
            with gate.report_wait(STATE):
                fresh = form if form.mode == "create" else await self._fetch_form_again(form)
        except MatuiError as error:
            return SubmitResult(report_reread_failure(draft, error), form)
        if form.mode != "create":
            gate.confirm(self._clock.monotonic())
        if fresh.subject.key != form.subject.key:
            return SubmitResult(
                report_not_sent(draft, "changed", f"the cloud answered with {fresh.subject.id} instead"), form
            )
        against = find_conflicts(form, fresh, draft)
        if against:
            return SubmitResult(
                report_not_sent(draft, "changed", format_conflicts(against)),
                rebase_form(form, fresh, against),
                against,
            )
        values = merge_changes(fresh, fresh.values, draft.values or {}, draft.changes)
        if form.mode == "edit" and not find_changes(fresh, fresh.values, values):
            return SubmitResult(report_unchanged(draft), form)
        problems = self._forms.find_problems(fresh, values)
        if problems:
            return SubmitResult(report_not_sent(draft, "refused", problems[0].sentence), form, problems)
        if record.dry_run:
            return SubmitResult(report_dry_run(draft), form)
        return fresh, values

    async def _fetch_form_again(self, form: Form) -> Form:
        return await (self._forms.rerun_form if form.mode == "rerun" else self._forms.edit_form)(form.subject)

    async def _send(
        self, record: DraftRecord, fresh: Form, values: Values, gate: SendGate
    ) -> SubmitResult | None:
        """Send the form once and record it; None where it was held back and has to be re-read."""
        try:
            record.intend(fresh, values)
        except AuditError as unwritten:
            draft = record.draft
            return SubmitResult(report_failure(draft, f"not sent. {unwritten}", unwritten), draft.form)
        return await await_answer(self._send_and_record(record, fresh, values, gate), gate)

    async def _send_and_record(
        self, record: DraftRecord, fresh: Form, values: Values, gate: SendGate
    ) -> SubmitResult | None:
        draft, started = record.draft, self._clock.now()
        try:
            with gate.report_wait(ANSWER):
                made = await self._forms.send_form(fresh, values)
            sent = SubmitResult(report_done(draft, made), draft.form, made=made)
        except NotSentError as error:
            if gate.may_abort:
                return None
            lost = ConnectionLostError(f"Cancelled when a part of it had been sent. {error.fact}", sent=True)
            sent = _report_error(draft, lost, gate)
        except MatuiError as error:
            sent = _report_error(draft, error, gate)
        except BaseException:  # a cancellation too: what may have been sent is on record, then it goes on
            if not gate.may_abort:
                lost = ConnectionLostError("The wait for the answer was cancelled.", sent=True)
                record.record_unknown(_report_error(draft, lost, gate).outcome, gate.sent_at)
            raise
        self._changed(fresh.subject.kind)
        sent = record.record(sent, gate.sent_at if gate.is_watched else started)
        if gate.is_cancelled:
            return sent
        if sent.outcome.result == "done" and fresh.mode != "edit" and not sent.made.resource_id:
            return await self._add_found_id(record.action_id, draft, sent)
        return sent if sent.outcome.result != "unknown" else await self._look_into(record.action_id, sent)

    async def _add_found_id(self, action_id: str, draft: Draft, sent: SubmitResult) -> SubmitResult:
        """Return the result with the id of what was made, found by its name; unchanged without one."""
        await self._clock.sleep(REREAD_DELAY_S)
        found = None
        with suppress(MatuiError):
            found = await FormReconciler(self._cloud, self._audit, clock=self._clock).find_made(action_id)
        if found is None:
            return sent
        made = sent.made._replace(resource_id=found.id, status=sent.made.status or found.status)
        return replace(sent, outcome=report_done(draft, made), made=made)

    async def _look_into(self, action_id: str, sent: SubmitResult) -> SubmitResult:
        """Re-read the result after an unclear answer, and settle it in the audit."""
        await self._clock.sleep(REREAD_DELAY_S)
        finding = ReconcileResult()
        with suppress(MatuiError):
            finding = await FormReconciler(self._cloud, self._audit, clock=self._clock).reread_one(action_id)
        sentence = f"{sent.outcome.sentence} {describe_finding(sent.form.mode, finding)}"
        return replace(sent, outcome=sent.outcome._replace(sentence=sentence))


def _count_requests(draft: Draft) -> int:
    """Return the requests to reserve: a form is read with one or two requests, then sent."""
    return 1 if draft.form.mode == "create" else 3


def _report_error(draft: Draft, error: MatuiError, gate: SendGate) -> SubmitResult:
    """Return the result of an error: unknown where the form may have arrived, else refused or gone."""
    form = draft.form
    if is_unclear(error) and not gate.may_abort:
        text = f"was sent, but whether it was done is unknown. {error.fact}"
        return SubmitResult(report_failure(draft, text, error, "unknown"), form)
    gone = isinstance(error, NotFoundError) and form.mode != "create"
    outcome = report_failure(draft, f"refused. {error}", error, "gone" if gone else "refused")
    where = find_blamed_field(form, get_cloud_message(error))
    return SubmitResult(outcome, form, () if gone else (Problem(where, str(error)),))

"""Opens forms, validates drafts and sends them once, between an intent and a result in the audit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from matui.base.calls.send_gate import (
    MAX_ATTEMPTS,
    TOO_SLOW,
    NotSentError,
    SendGate,
    WaitMonitor,
    await_answer,
)
from matui.base.clock import Clock
from matui.base.errors import ConnectionLostError, MatuiError, NotFoundError, RefusedError
from matui.clouds.protocols import Cloud, Forms, require
from matui.live.actions.guard import Plan, Target
from matui.live.actions.outcome import Outcome, as_audit_result, is_unclear, report_unaudited
from matui.live.actions.policy import NO_POLICY, Policy
from matui.live.actions.reconcile import REREAD_DELAY_S
from matui.live.audit.trail import Audit, AuditError, AuditResult
from matui.live.forms.availability import explain_no_form
from matui.live.forms.draft import (
    Draft,
    SubmitResult,
    build_action,
    find_conflicts,
    format_conflicts,
    rebase_form,
)
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
from matui.resources.forms.document import parse_form
from matui.resources.forms.form import (
    Form,
    FormMode,
    Problem,
    Values,
    build_audit_parameters,
    find_blamed_field,
    find_changes,
    find_name,
    find_unknown_fields,
    merge_changes,
)
from matui.resources.kind import Kind
from matui.resources.model import Resource


@dataclass(slots=True)
class _Sending:
    """A draft on its way: the id of its audit lines and its outcome, as soon as there are any."""

    draft: Draft
    dry_run: bool
    action_id: str = ""
    outcome: Outcome | None = None


class FormService:
    """The forms of one cloud. A draft is sent at most once, and never without an audit line."""

    def __init__(
        self,
        cloud: Cloud,
        *,
        clock: Clock,
        audit: Audit,
        policy: Policy = NO_POLICY,
        changed: Callable[[str], None] = lambda _kind: None,
    ) -> None:
        self._cloud = cloud
        self._clock = clock
        self._audit = audit
        self._policy = policy
        self._changed = changed

    @property
    def _forms(self) -> Forms:
        return require(self._cloud, Forms)

    def explain_no_form(self, mode: FormMode, kind_id: str, resource: Resource | None = None) -> str | None:
        """Return why the form is not offered for the kind or the resource, or None."""
        return explain_no_form(self._cloud, self._policy, mode, kind_id, resource)

    def explain_never(self, mode: FormMode, kind: Kind | None) -> str | None:
        """Return why the form is not offered for any resource, or None; without ``kind`` only by rules."""
        return (
            self._policy.explain_denial(self._cloud.profile, mode)
            if kind is None
            else self.explain_no_form(mode, kind.id)
        )

    async def open(
        self, mode: FormMode, kind_id: str, resource: Resource | None = None, *, workspace: str = ""
    ) -> Form:
        """Return the form with current values. Raises RefusedError where a rule or the cloud forbids it."""
        reason = self.explain_no_form(mode, kind_id, resource)
        if reason is not None:
            raise RefusedError(f"{reason[:1].upper()}{reason[1:]}.")
        if resource is None:
            return await self._forms.create_form(kind_id, workspace)
        form = await (self._forms.rerun_form if mode == "rerun" else self._forms.edit_form)(resource)
        if not _is_about(form.subject, resource):
            raise RefusedError(
                f"The cloud answered with {form.subject.id} instead of {resource.id}.",
                remedy="Look at it in the cloud's own console, and report it to the cloud's support.",
            )
        return form

    def read_text(self, form: Form, text: str) -> Draft:
        """Return the draft of an edited text."""
        reading = parse_form(text)
        return Draft(form, None) if reading.values is None else self.check_values(form, reading.values)

    def check_values(self, form: Form, values: Values) -> Draft:
        """Return the draft of values, with unknown fields and limits of the cloud as problems."""
        unknown = find_unknown_fields(form, values)
        changes = find_changes(form, form.values, values)
        if unknown:
            return Draft(form, values, changes, unknown)
        draft = Draft(form, values, changes)
        if draft.idle:
            return draft
        return draft._replace(
            problems=self._forms.find_problems(form, merge_changes(form, form.values, values, changes))
        )

    def plan(self, draft: Draft) -> Plan:
        """Return the plan that a dialog confirms: the target, its protection and the countdown."""
        target = find_target(draft)
        protected = self._policy.match_pattern(target)
        held = self._find_denial(draft)
        target = target if target.id else replace(target, id="new")
        return Plan(
            build_action(draft.form),
            (Target(target, held, protected),),
            self._policy.get_countdown(draft.form.mode),
        )

    def _find_denial(self, draft: Draft) -> str | None:
        """Return why the draft is not sent: a rule for its subject, or for the name that it enters."""
        form = draft.form
        about = form.subject if form.mode != "create" else None
        reason = self.explain_no_form(form.mode, form.subject.kind, about)
        name = find_name(draft.values or {})
        if reason is None and name:
            facts = find_target(draft).facts if form.mode == "create" else {}
            named = replace(form.subject, id="", name=name, facts=facts)
            reason = self._policy.explain_denial_for(self._cloud.profile, named)
        return reason

    async def send(
        self,
        draft: Draft,
        *,
        dry_run: bool = False,
        on_wait: Callable[[str], None] = lambda _reason: None,
        on_cancel: Callable[[Sequence[Outcome]], None] = lambda _outcomes: None,
    ) -> SubmitResult:
        """Send a draft that has no problems; waits and cancellation are reported as by ``Executor.run``."""
        sending = _Sending(draft, dry_run)
        gate = SendGate(self._clock, requests=_count_requests(draft), on_wait=WaitMonitor(on_wait).add())
        try:
            with gate.open():
                for _ in range(MAX_ATTEMPTS):
                    checked = await self._check(sending, gate)
                    if isinstance(checked, SubmitResult):
                        if sending.action_id:
                            self._record_not_sent(sending)
                        return checked
                    sent = await self._send(sending, *checked, gate)
                    if sent is not None:
                        return sent
                    gate.release()
        except asyncio.CancelledError:
            on_cancel([sending.outcome or self._record_not_sent(sending)])
            raise
        self._record_not_sent(sending)
        return SubmitResult(report_not_sent(draft, "failed", TOO_SLOW), draft.form)

    async def _check(self, sending: _Sending, gate: SendGate) -> tuple[Form, Values] | SubmitResult:
        """Return the form as re-read and the values to send, or the result that says why nothing is sent."""
        draft = sending.draft
        form = draft.form
        held = self._find_denial(draft)
        if held is not None:
            return SubmitResult(report_not_sent(draft, "refused", held), form)
        try:
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
        if sending.dry_run:
            return SubmitResult(report_dry_run(draft), form)
        return fresh, values

    async def _fetch_form_again(self, form: Form) -> Form:
        return await (self._forms.rerun_form if form.mode == "rerun" else self._forms.edit_form)(form.subject)

    async def _send(
        self, sending: _Sending, fresh: Form, values: Values, gate: SendGate
    ) -> SubmitResult | None:
        """Send the form once and record it; None where it was held back and has to be re-read."""
        draft = sending.draft
        if not sending.action_id:
            parameters = build_audit_parameters(fresh, values, draft.changes)
            try:
                target = _choose_audit_subject(draft)
                sending.action_id = self._audit.record_intent(self._cloud, fresh.mode, target, parameters)
            except AuditError as unwritten:
                return SubmitResult(report_failure(draft, f"not sent. {unwritten}", unwritten), draft.form)
        return await await_answer(self._send_and_record(sending, fresh, values, gate), gate)

    async def _send_and_record(
        self, sending: _Sending, fresh: Form, values: Values, gate: SendGate
    ) -> SubmitResult | None:
        draft, started = sending.draft, self._clock.now()
        try:
            made = await self._forms.send_form(fresh, values)
            sent = SubmitResult(report_done(draft, made), draft.form, made=made)
        except NotSentError as error:
            if gate.may_abort:
                return None
            lost = ConnectionLostError(f"Cancelled when a part of it had been sent. {error}", sent=True)
            sent = self._report_error(draft, lost, gate)
        except MatuiError as error:
            sent = self._report_error(draft, error, gate)
        except BaseException:  # a cancellation too: what may have been sent is on record, then it goes on
            if not gate.may_abort:
                self._record_unknown(sending, gate)
            raise
        self._changed(fresh.subject.kind)
        sent = self._record_outcome(sending, sent, gate.sent_at if gate.is_watched else started)
        sending.outcome = sent.outcome
        if gate.is_cancelled:
            return sent
        if sent.outcome.result == "done" and fresh.mode != "edit" and not sent.made.resource_id:
            return await self._add_found_id(sending, sent)
        return sent if sent.outcome.result != "unknown" else await self._look_into(sending.action_id, sent)

    def _record_not_sent(self, sending: _Sending) -> Outcome:
        """Record that the draft was cancelled or held back; a dry run records nothing."""
        outcome = report_not_sent(sending.draft, "not sent", "cancelled")
        if not sending.dry_run:
            target, mode = _choose_audit_subject(sending.draft), sending.draft.form.mode
            with suppress(AuditError):  # nothing was sent
                action_id = sending.action_id or self._audit.record_intent(self._cloud, mode, target)
                self._audit.write_result(
                    action_id, self._cloud, mode, target, AuditResult(outcome="not sent")
                )
        return outcome

    def _record_unknown(self, sending: _Sending, gate: SendGate) -> None:
        draft = sending.draft
        lost = ConnectionLostError("The wait for the answer was cancelled.", sent=True)
        sending.outcome = self._report_error(draft, lost, gate).outcome
        with suppress(AuditError):
            self._audit.write_result(
                sending.action_id,
                self._cloud,
                draft.form.mode,
                _choose_audit_subject(draft),
                AuditResult(outcome="unknown", sent_at=gate.sent_at),
            )

    @staticmethod
    def _report_error(draft: Draft, error: MatuiError, gate: SendGate) -> SubmitResult:
        form = draft.form
        if is_unclear(error) and not gate.may_abort:
            text = f"was sent, but whether it was done is unknown. {error}"
            return SubmitResult(report_failure(draft, text, error, "unknown"), form)
        gone = isinstance(error, NotFoundError) and form.mode != "create"
        outcome = report_failure(draft, f"refused. {error}", error, "gone" if gone else "refused")
        where = find_blamed_field(form, get_cloud_message(error))
        return SubmitResult(outcome, form, () if gone else (Problem(where, str(error)),))

    async def _add_found_id(self, sending: _Sending, sent: SubmitResult) -> SubmitResult:
        """Return the result with the id of what was made, found by its name; unchanged without one."""
        await self._clock.sleep(REREAD_DELAY_S)
        found = None
        with suppress(MatuiError):
            found = await FormReconciler(self._cloud, self._audit, clock=self._clock).find_made(
                sending.action_id
            )
        if found is None:
            return sent
        made = sent.made._replace(resource_id=found.id, status=sent.made.status or found.status)
        return replace(sent, outcome=report_done(sending.draft, made), made=made)

    async def _look_into(self, action_id: str, sent: SubmitResult) -> SubmitResult:
        """Re-read the result after an unclear answer, and settle it in the audit."""
        await self._clock.sleep(REREAD_DELAY_S)
        finding = ReconcileResult()
        with suppress(MatuiError):
            finding = await FormReconciler(self._cloud, self._audit, clock=self._clock).reread_one(action_id)
        sentence = f"{sent.outcome.sentence} {describe_finding(sent.form.mode, finding)}"
        return replace(sent, outcome=sent.outcome._replace(sentence=sentence))

    def _record_outcome(self, sending: _Sending, sent: SubmitResult, sent_at: float | None) -> SubmitResult:
        before = _choose_audit_subject(sending.draft)
        known = before.id if sent.form.mode == "edit" else sent.made.resource_id or before.id
        try:
            self._audit.write_result(
                sending.action_id,
                self._cloud,
                sent.form.mode,
                replace(before, id=known),
                as_audit_result(sent.outcome, sent.made.status, sent.made.request_id, sent_at),
            )
        except AuditError as unwritten:
            return replace(sent, outcome=report_unaudited(sent.outcome, unwritten))
        return sent


def _count_requests(draft: Draft) -> int:
    """Return the requests to reserve: a form is read with one or two requests, then sent."""
    return 1 if draft.form.mode == "create" else 3


def _choose_audit_subject(draft: Draft) -> Resource:
    """Return what the audit names: for a rerun the version under the name of its job."""
    target = find_target(draft)
    job = target.get_text("job_name") if draft.form.mode == "rerun" else ""
    return replace(target, name=job) if job else target


def _is_about(subject: Resource, resource: Resource) -> bool:
    """Return whether a form belongs to the resource; for a version or its job, to the same job."""
    if subject.kind == resource.kind:
        return subject.id == resource.id
    related = {subject.kind, resource.kind} == {"jobs", "versions"}
    return related and subject.id.split("/")[0] == resource.id.split("/")[0]

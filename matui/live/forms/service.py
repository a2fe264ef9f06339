"""Opens the forms of a cloud, validates drafts, and says which may be sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from matui.base.clock import Clock
from matui.base.errors import RefusedError
from matui.clouds.protocols import Cloud, Forms, require
from matui.live.actions.guard import Plan, Target
from matui.live.actions.outcome import Outcome
from matui.live.actions.policy import NO_POLICY, Policy, explain_no_form
from matui.live.audit.trail import Audit
from matui.live.forms.draft import Draft, SubmitResult, build_action
from matui.live.forms.outcome import find_target
from matui.live.forms.sender import FormSender
from matui.resources.forms.document import parse_form
from matui.resources.forms.form import (
    Form,
    FormMode,
    Values,
    find_changes,
    find_name,
    find_unknown_fields,
    merge_changes,
)
from matui.resources.kind import Kind
from matui.resources.model import Resource


class FormService:
    """The forms of one cloud: what may be opened and sent; a ``FormSender`` sends."""

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
        self._policy = policy
        self._sender = FormSender(
            cloud, clock=clock, audit=audit, find_denial=self._find_denial, changed=changed
        )

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
        return await self._sender.send(draft, dry_run=dry_run, on_wait=on_wait, on_cancel=on_cancel)


def _is_about(subject: Resource, resource: Resource) -> bool:
    """Return whether a form belongs to the resource; for a version or its job, to the same job."""
    if subject.kind == resource.kind:
        return subject.id == resource.id
    related = {subject.kind, resource.kind} == {"jobs", "versions"}
    return related and subject.id.split("/")[0] == resource.id.split("/")[0]

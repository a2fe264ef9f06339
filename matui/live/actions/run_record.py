"""The record of a plan that is carried out: an intent before each sending, and an outcome for each target."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from matui.base.errors import ConnectionLostError
from matui.clouds.protocols import ActionResult, Cloud
from matui.live.actions.bulk_delete import NO_BULK, list_versions
from matui.live.actions.guard import Plan
from matui.live.actions.outcome import (
    Outcome,
    Result,
    as_audit_result,
    get_error_code,
    report_not_sent,
    report_unaudited,
    report_unknown,
    report_unrecorded,
)
from matui.live.actions.reconcile import Reconciler
from matui.live.audit.trail import Audit, AuditError, AuditResult
from matui.resources.model import Resource


class _Intent(NamedTuple):
    """An action in the audit: its id there, and the ids of the versions that are deleted with it."""

    action_id: str
    versions: tuple[str, ...] = ()


class RunRecord:
    """Keeps the intents and outcomes of one plan, and writes them into the audit; of a dry run no line.

    What is unknown or not yet seen after the answer is given to the reconciler.
    """

    def __init__(
        self, plan: Plan, cloud: Cloud, audit: Audit, reconciler: Reconciler, *, dry_run: bool
    ) -> None:
        self._plan = plan
        self._action = plan.action
        self._cloud = cloud
        self._audit = audit
        self._reconciler = reconciler
        self._dry_run = dry_run
        self._intents: dict[str, _Intent] = {}
        self._outcomes: dict[str, Outcome] = {}

    def set_outcome(self, outcome: Outcome) -> None:
        """Keep an outcome that the audit has no line for."""
        self._outcomes[outcome.resource.id] = outcome

    def has_outcome(self, resource: Resource) -> bool:
        """Return whether the outcome for a target is known."""
        return resource.id in self._outcomes

    def build_outcomes(self) -> tuple[Outcome, ...]:
        """Return one outcome a target, in the plan's order. Raises KeyError where one is not known."""
        return tuple(self._outcomes[target.resource.id] for target in self._plan.targets)

    def list_versions(self, resource: Resource) -> tuple[str, ...]:
        """Return the ids of the versions that the intended action deletes."""
        return self._intents[resource.id].versions

    async def intend(self, ready: Sequence[Resource]) -> list[Resource]:
        """Write the intents that are not written yet; return the resources that have one."""
        for resource in ready:
            if resource.id not in self._intents:
                try:
                    self._intents[resource.id] = await self._intend(resource, len(ready))
                except AuditError as error:
                    self.set_outcome(report_unrecorded(resource, self._action, error))
        return [resource for resource in ready if resource.id in self._intents]

    async def _intend(self, resource: Resource, at_once: int) -> _Intent:
        """Write the intent, with the options and the versions that are deleted too. Raises AuditError."""
        versions = await list_versions(self._cloud, self._action.id, resource)
        parameters: dict[str, Any] = {"in_one_request": at_once} if at_once > 1 else {}
        parameters |= self._plan.options
        parameters |= {"versions": list(versions)} if versions else {}
        return _Intent(
            self._audit.record_intent(self._cloud, self._action.id, resource, parameters), versions
        )

    def record(self, answer: ActionResult, one: Outcome, sent_at: float | None) -> None:
        """Record the outcome of an action that was answered, or whose answer was lost."""
        before = answer.resource
        status = one.after.status if one.after is not None else answer.status
        intent = self._intents[before.id]
        try:
            self._write(intent.action_id, before, as_audit_result(one, status, answer.request_id, sent_at))
        except AuditError as error:
            one = report_unaudited(one, error)
        self._settle(intent, before, one, status)
        self.set_outcome(one)

    def record_unknown(self, resource: Resource, sent_at: float | None) -> None:
        """Record that the wait for the answer was cancelled."""
        intent = self._intents[resource.id]
        lost = ConnectionLostError("The wait for the answer was cancelled.", sent=True)
        self.set_outcome(report_unknown(resource, self._action, lost, None, None))
        with suppress(AuditError):
            self._write(intent.action_id, resource, AuditResult(outcome="unknown", sent_at=sent_at))
        self._reconciler.track(intent.action_id, self._cloud, self._action.id, resource, intent.versions)

    def record_not_sent(
        self,
        resource: Resource,
        result: Result = "not sent",
        reason: str = "cancelled",
        *,
        found: Outcome | None = None,
    ) -> None:
        """Record that the action was not sent for the resource, and why; a dry run records nothing."""
        self.set_outcome(found or report_not_sent(resource, self._action, result, reason))
        if self._dry_run:
            return
        with suppress(AuditError):  # nothing was sent
            intent = self._intents.get(resource.id)
            action_id = (
                intent.action_id
                if intent
                else self._audit.record_intent(self._cloud, self._action.id, resource)
            )
            code = get_error_code(found.error if found else None)
            self._write(action_id, resource, AuditResult(outcome="not sent", error_code=code))

    def _write(self, action_id: str, resource: Resource, result: AuditResult) -> None:
        self._audit.write_result(action_id, self._cloud, self._action.id, resource, result)

    def _settle(self, intent: _Intent, before: Resource, one: Outcome, status: str) -> None:
        """Track the action until a read shows its end, unless the answer has shown it."""
        unseen = one.result == "done" and status in ("", before.status) and one.parts == NO_BULK
        if one.result == "unknown" or unseen:
            self._reconciler.track(intent.action_id, self._cloud, self._action.id, before, intent.versions)
        if one.effect in ("done", "not stated"):
            about = self._audit.describe_action_target(self._cloud, self._action.id, before)
            with suppress(AuditError):  # the outcome stays unknown
                self._audit.record_verdict(intent.action_id, about, verdict=one.effect, found="")
        if one.result == "unknown" and one.parts != NO_BULK:
            self._reconciler.observe_parts(before.kind, before.id, one.parts)
        elif one.result == "unknown" and one.after is not None:
            self._reconciler.observe(one.after)
        elif one.result == "unknown" and one.vanished:
            self._reconciler.observe_missing(before.kind, before.id)

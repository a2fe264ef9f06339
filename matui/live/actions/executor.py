"""Executes actions: check, re-read, write the intent, send once, write the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar, cast

from matui.base.clock import Clock
from matui.base.concurrency import gather_limited, run_to_end
from matui.base.errors import BadAnswerError, CloudError, MatuiError
from matui.clouds.protocols import ActionResult, Acts, Cloud, Reads
from matui.live.actions.bulk_delete import NO_BULK, list_versions, read_bulk_outcome
from matui.live.actions.guard import (
    Plan,
    Target,
    find_change,
    make_plan,
    offered_actions,
    refusal,
    refuse_all,
)
from matui.live.actions.outcome import (
    Outcome,
    find_error,
    is_unclear,
    report_accepted,
    report_bulk_unknown,
    report_dry_run,
    report_not_sent,
    report_rejected,
    report_reread_failure,
    report_unknown,
)
from matui.live.actions.policy import Policy
from matui.live.actions.reconcile import Reconciler
from matui.live.actions.target_text import format_subject
from matui.live.audit.trail import Audit, AuditError
from matui.resources.kind import Action, Kind
from matui.resources.model import Resource

MAX_CONCURRENT = 4
MAX_BATCH = 50
REREAD_DELAY_S = 1.0
NO_POLICY = Policy()
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Intent:
    """An action in the audit: its id there, and the ids of the versions that are deleted with it."""

    action_id: str
    versions: tuple[str, ...] = ()


class ActingCloud(Cloud, Reads, Acts, Protocol):
    """A cloud that can read resources and act on them."""


class Executor:
    """Executes plans on one cloud. An action is sent at most once, and never without an audit line."""

    def __init__(
        self,
        cloud: Cloud,
        *,
        clock: Clock,
        audit: Audit,
        policy: Policy = NO_POLICY,
        acted: Callable[[Resource, Action], None] = lambda _resource, _action: None,
    ) -> None:
        self._cloud = cast("ActingCloud", cloud)  # the guard refuses what it lacks
        self._clock = clock
        self._audit = audit
        self._policy = policy
        self._acted = acted
        self.reconciler = Reconciler(audit, clock=clock)

    def plan(self, kind: Kind, action_id: str, resources: Sequence[Resource], *, count: int = 0) -> Plan:
        """Return the plan of an action; ``count`` is the number acted on at once where it exceeds these.

        Raises UsageError when the kind has no such action.
        """
        return make_plan(self._cloud, kind, action_id, resources, policy=self._policy, count=count)

    def forbids(self, action_id: str) -> str | None:
        """Return the rule that forbids the action on every resource, or None."""
        return self._policy.denial(self._cloud.profile, action_id)

    def offered(self, kind: Kind) -> tuple[Action, ...]:
        """Return the actions of the kind that the cloud offers and no rule forbids."""
        return offered_actions(self._cloud, kind, policy=self._policy)

    async def run(self, plan: Plan, *, dry_run: bool = False) -> tuple[Outcome, ...]:
        """Carry the plan out and return one outcome a target, in the plan's order.

        When cancelled it sends nothing more; what was sent is waited for and recorded first.
        """
        too_many = self._policy.denial_for_count(self._cloud.profile, len(plan.ready))
        plan = plan if too_many is None else refuse_all(plan, too_many)
        ready = plan.ready
        action = plan.action
        batched = bool(ready) and self._cloud.batches(ready[0].resource.kind, action.id)
        size = MAX_BATCH if batched else 1
        groups = [ready[at : at + size] for at in range(0, len(ready), size)]

        async def run_group(group: Sequence[Target]) -> list[Outcome]:
            return await self._run_group(group, action, dry_run)

        done = await gather_limited(run_group, groups, 1 if batched else MAX_CONCURRENT)
        by_id = {outcome.resource.id: outcome for outcomes in done for outcome in outcomes}
        for target in plan.targets:
            if target.refusal is not None:
                held = report_not_sent(target.resource, action, "refused", target.refusal)
                by_id[target.resource.id] = held
        return tuple(by_id[target.resource.id] for target in plan.targets)

    async def _run_group(self, group: Sequence[Target], action: Action, dry_run: bool) -> list[Outcome]:
        checked = await gather_limited(lambda target: self._check(target, action), group, MAX_CONCURRENT)
        outcomes = [one for one in checked if isinstance(one, Outcome)]
        ready = [one for one in checked if isinstance(one, Resource)]
        if dry_run:
            return outcomes + [report_dry_run(resource, action) for resource in ready]
        if not ready:
            return outcomes
        return outcomes + await run_to_end(self._send(ready, action))

    async def _check(self, target: Target, action: Action) -> Resource | Outcome:
        """Return the resource as re-read, or the outcome that says why nothing is sent for it."""
        planned = target.resource
        try:
            now = await self._cloud.read(planned.kind, planned.id)
        except MatuiError as error:
            return report_reread_failure(planned, action, error)
        self.reconciler.observe(now)
        changed = find_change(planned, now, action)
        if changed is None:
            forbidden = refusal(self._cloud, action, now, policy=self._policy)
            if forbidden is not None:
                return report_not_sent(planned, action, "refused", forbidden)
            changed = self._protected_since(target, now)
        return now if changed is None else report_not_sent(planned, action, "changed", changed)

    def _protected_since(self, target: Target, now: Resource) -> str | None:
        """Return why the confirmation does not cover the resource as re-read, or None."""
        pattern = self._policy.matching_pattern(now)
        if not pattern or target.protected:
            return None
        return f'profile {self._cloud.profile} protects "{pattern}" (guard.protect)'

    async def _send(self, ready: Sequence[Resource], action: Action) -> list[Outcome]:
        recorded: dict[str, _Intent] = {}
        outcomes = []
        for resource in ready:
            try:
                recorded[resource.id] = await self._intend(resource, action, len(ready))
            except AuditError as error:
                outcomes.append(_unrecorded(resource, action, error))
        going = [resource for resource in ready if resource.id in recorded]
        if not going:
            return outcomes
        try:
            answers = await self._act(action, going)
            judged = await gather_limited(lambda a: self._judge(a, action, recorded), answers, MAX_CONCURRENT)
        except BaseException:  # a cancellation too: what may have been sent is on record, then it goes on
            self._record_unknown(going, action, recorded)
            raise
        for answer, one in zip(answers, judged, strict=True):
            outcomes.append(self._record(answer, one, action, recorded[answer.resource.id]))
            if one.result in ("done", "partly"):
                self._acted(answer.resource, action)
        return outcomes

    async def _intend(self, resource: Resource, action: Action, at_once: int) -> _Intent:
        """Write the intent, with the versions that are deleted too. Raises AuditError."""
        versions = await list_versions(self._cloud, action.id, resource)
        parameters: dict[str, Any] = {"in_one_request": at_once} if at_once > 1 else {}
        parameters |= {"versions": list(versions)} if versions else {}
        return _Intent(self._audit.intent(self._cloud, action.id, resource, parameters), versions)

    async def _act(self, action: Action, going: Sequence[Resource]) -> list[ActionResult]:
        """Return one answer a resource, in order, also where the cloud's client returned fewer."""
        try:
            answers = await self._cloud.act(action.id, going)
        except MatuiError as error:
            return [ActionResult(resource, error=error) for resource in going]
        by_id = {answer.resource.id: answer for answer in answers}
        silent = BadAnswerError("The cloud's answer does not mention it.")
        return [by_id.get(resource.id, ActionResult(resource, error=silent)) for resource in going]

    async def _judge(self, answer: ActionResult, action: Action, recorded: Mapping[str, _Intent]) -> Outcome:
        resource, error = answer.resource, find_error(answer)
        if error is None:
            return report_accepted(answer, action)
        if not is_unclear(error):
            return report_rejected(resource, action, error)
        await self._clock.sleep(REREAD_DELAY_S)
        versions = recorded[resource.id].versions
        try:
            if versions:
                about = self._audit.about(self._cloud, action.id, resource)
                parts = await read_bulk_outcome(self._cloud, about, versions)
                return report_bulk_unknown(resource, action, error, parts)
            after = await self._cloud.read(resource.kind, resource.id)
        except MatuiError as unread:
            return report_unknown(resource, action, error, None, unread)
        return report_unknown(resource, action, error, after, None)

    def _record(self, answer: ActionResult, one: Outcome, action: Action, intent: _Intent) -> Outcome:
        cloud_error = one.error if isinstance(one.error, CloudError) else None
        status = one.after.status if one.after is not None else answer.status
        try:
            self._audit.result(
                intent.action_id,
                self._cloud,
                action.id,
                answer.resource,
                outcome=one.result,
                status_after=status,
                request_id=answer.request_id or (cloud_error.request_id if cloud_error else ""),
                error_code=_code(one.error),
                parts=one.parts,
            )
        except AuditError as error:
            one = replace(one, sentence=f"{one.sentence} This result is missing from the audit: {error}")
        self._settle(intent, answer.resource, action, one, status)
        return one

    def _settle(self, intent: _Intent, before: Resource, action: Action, one: Outcome, status: str) -> None:
        """Track the action until a read shows its end, unless the answer has shown it."""
        unseen = one.result == "done" and status in ("", before.status) and one.parts == NO_BULK
        if one.result == "unknown" or unseen:
            self.reconciler.track(intent.action_id, self._cloud, action.id, before, intent.versions)
        if one.result == "unknown" and one.parts != NO_BULK:
            self.reconciler.observe_parts(before.kind, before.id, one.parts)
        elif one.result == "unknown" and one.after is not None:
            self.reconciler.observe(one.after)
        elif one.result == "unknown" and one.vanished:
            self.reconciler.observe_missing(before.kind, before.id)

    def _record_unknown(
        self, going: Sequence[Resource], action: Action, recorded: Mapping[str, _Intent]
    ) -> None:
        for resource in going:
            intent = recorded[resource.id]
            with suppress(AuditError):
                self._audit.result(intent.action_id, self._cloud, action.id, resource, outcome="unknown")
            self.reconciler.track(intent.action_id, self._cloud, action.id, resource, intent.versions)


def _unrecorded(resource: Resource, action: Action, error: AuditError) -> Outcome:
    sentence = f"{format_subject(resource)}: {action.label} not sent. {error}"
    return Outcome(resource, "failed", sentence, error)


def _code(error: MatuiError | None) -> str:
    if isinstance(error, CloudError):
        return error.code or (f"HTTP {error.status}" if error.status else "")
    return type(error).__name__ if error is not None else ""

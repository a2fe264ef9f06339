"""Executes actions: check, re-read, write the intent, send once, write the result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol, cast

from matui.base.calls.gather import gather_limited
from matui.base.calls.send_gate import (
    ANSWER,
    FRESH_S,
    MAX_ATTEMPTS,
    STATE,
    TOO_SLOW,
    NotSentError,
    SendGate,
    WaitMonitor,
    await_answer,
)
from matui.base.clock import Clock
from matui.base.errors import BadAnswerError, MatuiError
from matui.clouds.protocols import ActionResult, Acts, ActsWithOptions, Cloud, Reads, VerifiesEffects, require
from matui.live.actions.bulk_delete import CASCADES, read_bulk_outcome
from matui.live.actions.guard import (
    Plan,
    Target,
    explain_not_offered,
    explain_refusal,
    find_change,
    make_plan,
    protect_work,
    refuse_all,
)
from matui.live.actions.outcome import (
    REMEDY_LOOK,
    Outcome,
    find_error,
    is_unclear,
    report_accepted,
    report_bulk_unknown,
    report_dry_run,
    report_effect,
    report_not_sent,
    report_rejected,
    report_reread_failure,
    report_unknown,
)
from matui.live.actions.policy import NO_POLICY, Policy
from matui.live.actions.reconcile import REREAD_DELAY_S, Reconciler, wait_for_effect
from matui.live.actions.run_record import RunRecord
from matui.live.audit.trail import Audit
from matui.resources.kind import Action, Kind
from matui.resources.model import Resource

MAX_CONCURRENT = 4
MAX_BATCH = 50


class _Run(NamedTuple):
    """One plan being carried out."""

    plan: Plan
    dry_run: bool
    waits: WaitMonitor
    record: RunRecord

    @property
    def action(self) -> Action:
        """The action of the plan."""
        return self.plan.action


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
        acted: Callable[[Resource, Action, float | None], None] = lambda _resource, _action, _sent_at: None,
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

    def explain_forbidden(self, action_id: str) -> str | None:
        """Return the rule that forbids the action on every resource, or None."""
        return self._policy.explain_denial(self._cloud.profile, action_id)

    def explain_never(self, kind: Kind, action_id: str) -> str | None:
        """Return why no resource of the kind can be acted on: a rule, or the cloud lacks it; else None."""
        action = kind.find_action(action_id)
        unoffered = None if action is None else explain_not_offered(self._cloud, kind.id, action)
        return self.explain_forbidden(action_id) or unoffered

    async def run(
        self,
        plan: Plan,
        *,
        dry_run: bool = False,
        on_wait: Callable[[str], None] = lambda _reason: None,
        on_cancel: Callable[[Sequence[Outcome]], None] = lambda _outcomes: None,
    ) -> tuple[Outcome, ...]:
        """Carry the plan out and return one outcome a target, in the plan's order.

        ``on_wait`` is called with what holds an action back, and with ``""`` when nothing does any more. When
        cancelled, nothing more is sent: what was sent is awaited and recorded, the rest is recorded as
        ``not sent``, and ``on_cancel`` is called with all outcomes before the cancellation is raised.
        """
        too_many = self._policy.explain_denial_for_count(self._cloud.profile, len(plan.ready))
        plan = plan if too_many is None else refuse_all(plan, too_many)
        ready, action = plan.ready, plan.action
        record = RunRecord(plan, self._cloud, self._audit, self.reconciler, dry_run=dry_run)
        run = _Run(plan, dry_run, WaitMonitor(on_wait), record)
        for target in plan.targets:
            if target.refusal is not None:
                record.set_outcome(report_not_sent(target.resource, action, "refused", target.refusal))
        batched = bool(ready) and self._cloud.batches(ready[0].resource.kind, action.id)
        size = self._get_batch_size(ready[0].resource.kind, action.id) if batched else 1
        groups = [
            group[at : at + size] for group in _group_by_owner(ready) for at in range(0, len(group), size)
        ]
        try:
            await gather_limited(
                lambda group: self._run_group(group, run), groups, 1 if batched else MAX_CONCURRENT
            )
        except asyncio.CancelledError:
            for target in ready:
                if not record.has_outcome(target.resource):
                    record.record_not_sent(target.resource)
            on_cancel(record.build_outcomes())
            raise
        return record.build_outcomes()

    def _get_batch_size(self, kind_id: str, action_id: str) -> int:
        """Return how many are acted on by one request: re-reads and action must fit into the budget."""
        most = None
        if isinstance(self._cloud, ActsWithOptions):
            most = self._cloud.get_batch_limit(kind_id, action_id)
        return max(1, min(MAX_BATCH, most or MAX_BATCH, self._cloud.get_budget().limit // 2 - 1))

    async def brief(self, plan: Plan, options: Mapping[str, str]) -> Plan:
        """Return the plan with its options and with notes on what it will touch. Raises MatuiError.

        A target that would interrupt work that a rule protects is protected or refused as that work is.
        """
        ready = [target.resource for target in plan.ready]
        if not ready or not isinstance(self._cloud, ActsWithOptions):
            return replace(plan, options=options)
        read_at = self._clock.monotonic()
        briefing = await self._cloud.brief(plan.action.id, ready, options)
        return replace(
            protect_work(plan, self._cloud.profile, briefing.work, self._policy),
            options={**options, **briefing.options},
            notes=briefing.notes,
            touched=briefing.touched,
            briefed_at=read_at,
        )

    async def _run_group(self, group: Sequence[Target], run: _Run) -> None:
        """Re-read the resources and send the action, again where it could not leave soon enough."""
        requests = len(group) + (0 if run.dry_run else 1) + (run.action.id in CASCADES)
        gate = SendGate(self._clock, requests=requests, on_wait=run.waits.add())
        waiting = list(group)
        with gate.open():
            if await self._has_other_effects(group, run):
                return
            for _ in range(MAX_ATTEMPTS):
                with gate.report_wait(STATE):
                    ready = await self._check_all(waiting, run, gate)
                if not ready or run.dry_run:
                    return
                if gate.is_stale and len(waiting) > 1:
                    break
                held = await self._send(ready, run, gate)
                if not held:
                    return
                waiting = [target for target in waiting if target.resource.id in held]
                gate.release()
        if len(waiting) > 1:
            await self._run_group(waiting[: len(waiting) // 2], run)
            await self._run_group(waiting[len(waiting) // 2 :], run)
            return
        for target in waiting:
            run.record.record_not_sent(target.resource, "failed", TOO_SLOW)

    async def _has_other_effects(self, group: Sequence[Target], run: _Run) -> bool:
        """Whether the action touches what its dialog did not state; then each target gets its outcome.

        What was read within ``FRESH_S`` is not read again.
        """
        plan = run.plan
        is_fresh = plan.briefed_at is None or self._clock.monotonic() - plan.briefed_at <= FRESH_S
        if is_fresh or run.dry_run or not plan.notes or not isinstance(self._cloud, ActsWithOptions):
            return False
        resources = [target.resource for target in group]
        try:
            now = await self._cloud.brief(run.action.id, resources, plan.options)
        except MatuiError as error:
            for resource in resources:
                failed = report_reread_failure(resource, run.action, error)
                run.record.record_not_sent(resource, found=failed)
            return True
        added = [name for name in now.touched if name not in plan.touched]
        for resource in resources if added else ():
            run.record.record_not_sent(resource, "changed", f"it concerns {', '.join(added)} by now")
        return bool(added)

    async def _check_all(self, targets: Sequence[Target], run: _Run, gate: SendGate) -> list[Resource]:
        """Return the resources as re-read that may be acted on; the others get their outcome."""
        read_at: list[float] = []
        checked = await gather_limited(
            lambda target: self._check(target, run.action, read_at), targets, MAX_CONCURRENT
        )
        gate.confirm(min(read_at, default=0.0))
        ready = []
        for target, found in zip(targets, checked, strict=True):
            if isinstance(found, Outcome):
                run.record.record_not_sent(target.resource, found=found)
            elif run.dry_run:
                run.record.set_outcome(report_dry_run(found, run.action))
            else:
                ready.append(found)
        return ready

    async def _check(self, target: Target, action: Action, read_at: list[float]) -> Resource | Outcome:
        """Return the resource as re-read, or the outcome that says why nothing is sent for it."""
        planned = target.resource
        try:
            now = await self._cloud.read(planned.kind, planned.id)
        except MatuiError as error:
            return report_reread_failure(planned, action, error)
        read_at.append(self._clock.monotonic())
        self.reconciler.observe(now)
        changed = find_change(planned, now, action)
        if changed is None:
            forbidden = explain_refusal(self._cloud, action, now, policy=self._policy)
            if forbidden is not None:
                return report_not_sent(planned, action, "refused", forbidden)
            changed = self._find_new_protection(target, now)
        return now if changed is None else report_not_sent(planned, action, "changed", changed)

    def _find_new_protection(self, target: Target, now: Resource) -> str | None:
        """Return why the confirmation does not cover the resource as re-read, or None."""
        pattern = self._policy.match_pattern(now)
        if not pattern or target.protected:
            return None
        return f'profile {self._cloud.profile} protects "{pattern}" (guard.protect)'

    async def _send(self, ready: Sequence[Resource], run: _Run, gate: SendGate) -> set[str]:
        """Send the action once and record it; return the ids of those that were held back."""
        going = await run.record.intend(ready)
        if not going:
            return set()
        return await await_answer(self._act_and_record(going, run, gate), gate)

    async def _act_and_record(self, going: Sequence[Resource], run: _Run, gate: SendGate) -> set[str]:
        started = self._clock.now()
        try:
            with gate.report_wait(ANSWER):
                answers = await self._act(run, going)
            sent_at = gate.sent_at if gate.is_watched else started
            held = {answer.resource.id for answer in answers if isinstance(answer.error, NotSentError)}
            answers = [answer for answer in answers if answer.resource.id not in held]
            outcomes = await gather_limited(
                lambda answer: self._find_outcome(answer, run, gate), answers, MAX_CONCURRENT
            )
        except BaseException:  # a cancellation too: what may have been sent is on record, then it goes on
            for resource in going:
                if gate.may_abort:
                    run.record.record_not_sent(resource)
                else:
                    run.record.record_unknown(resource, gate.sent_at)
            raise
        for answer, one in zip(answers, outcomes, strict=True):
            run.record.record(answer, one, sent_at)
            if one.result in ("done", "partly"):
                self._acted(answer.resource, run.action, sent_at)
        if gate.is_cancelled:
            for resource in going:
                if resource.id in held:
                    run.record.record_not_sent(resource)
            return set()
        return held

    async def _act(self, run: _Run, going: Sequence[Resource]) -> list[ActionResult]:
        """Return one answer a resource, in order, also where the cloud's client returned fewer."""
        action, options = run.action, run.plan.options
        try:
            if options:
                answers = await require(self._cloud, ActsWithOptions).act_with(
                    action.id, going, run.plan.options
                )
            else:
                answers = await self._cloud.act(action.id, going)
        except MatuiError as error:
            return [ActionResult(resource, error=error) for resource in going]
        by_id = {answer.resource.id: answer for answer in answers}
        silent = BadAnswerError(
            "The cloud's answer does not mention it.",
            remedy=REMEDY_LOOK,
        )
        return [by_id.get(resource.id, ActionResult(resource, error=silent)) for resource in going]

    async def _find_outcome(self, answer: ActionResult, run: _Run, gate: SendGate) -> Outcome:
        resource, action, error = answer.resource, run.action, find_error(answer)
        if error is None:
            return report_accepted(answer, action)
        if gate.may_abort or not is_unclear(error):
            return report_rejected(resource, action, error)
        if gate.is_cancelled:
            return report_unknown(resource, action, error, None, None)
        with gate.report_wait(STATE):
            await self._clock.sleep(REREAD_DELAY_S)
            versions = run.record.list_versions(resource)
            try:
                if versions:
                    about = self._audit.describe_action_target(self._cloud, action.id, resource)
                    parts = await read_bulk_outcome(self._cloud, about, versions)
                    return report_bulk_unknown(resource, action, error, parts)
                if isinstance(self._cloud, VerifiesEffects):
                    effect = await wait_for_effect(
                        self._cloud,
                        self._clock,
                        action.id,
                        resource,
                        run.plan.options,
                        lambda: gate.is_cancelled,
                    )
                    if effect is not None:
                        return report_effect(resource, action, error, effect)
                after = await self._cloud.read(resource.kind, resource.id)
            except MatuiError as unread:
                return report_unknown(resource, action, error, None, unread)
            return report_unknown(resource, action, error, after, None)


def _group_by_owner(targets: Sequence[Target]) -> list[list[Target]]:
    """Return the targets by what they belong to: one request is about the nodes of one pool."""
    parts: dict[str, list[Target]] = {}
    for target in targets:
        parts.setdefault(target.resource.id.rpartition("/")[0], []).append(target)
    return list(parts.values())

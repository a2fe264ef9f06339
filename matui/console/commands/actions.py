"""Runs an action from a key or command: plan, dialog, execution, report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from matui.base.errors import MatuiError, RefusedError, UsageError
from matui.console.screens.confirm import ConfirmScreen
from matui.console.screens.confirm_text import ProfileBadge, format_action
from matui.console.screens.dialogs import run_cancellable
from matui.console.screens.outcomes import OutcomesScreen
from matui.live.actions.guard import Plan
from matui.live.actions.outcome import Outcome, summarize_outcomes
from matui.live.actions.policy import STAND_INS
from matui.live.actions.target_text import format_name, format_resource_count
from matui.resources.model import Resource
from matui.resources.registry import get_kind

if TYPE_CHECKING:
    from textual.app import App

    from matui.console.fleet import OpenProfiles

BRIEFED = frozenset(STAND_INS)  # the actions that say what they touch before they are confirmed
_TOAST = 400  # characters; more would be cut off at 80×24


class WantedAction(NamedTuple):
    """An action that was asked for, on resources of one kind.

    ``hidden`` is the number of resources that the filter of the table hides, ``options`` what the action
    needs beyond its targets.
    """

    id: str
    resources: Sequence[Resource]
    hidden: int = 0
    options: Mapping[str, str] = {}


async def run_action(
    app: App[int], fleet: OpenProfiles, wanted: WantedAction, on_dialog: Callable[[], object] = lambda: None
) -> bool:
    """Run an action if the user confirms. Returns whether anything was sent.

    ``on_dialog`` is called when the action is not refused, before the dialog opens.
    """
    try:
        plan = await _make_plan(fleet, wanted)
    except MatuiError as error:
        app.notify(str(error), severity="warning", timeout=10, markup=False)
        return False
    profiles = {target.resource.profile for target in plan.ready}
    fleet.trigger(plan.ready[0].resource.kind, profiles)  # the dialog shows changes since the last poll
    badges, clock = build_profile_badges(fleet, plan), fleet.primary.cloud_clock
    dialog = ConfirmScreen(plan, badges, clock=clock, hidden=wanted.hidden)
    on_dialog()
    if not await app.push_screen_wait(dialog):
        if dialog.agreed:
            app.notify("Cancelled: nothing was sent.")
        return False
    outcomes = await run_cancellable(app, format_action(plan), partial(fleet.executor.run, plan))
    _follow_up(app, fleet, plan, outcomes)
    show_outcomes(app, plan, outcomes, fleet.is_multi)
    return any(outcome.result != "not sent" for outcome in outcomes)


async def _make_plan(fleet: OpenProfiles, wanted: WantedAction) -> Plan:
    """Return the plan with what it will touch. Raises MatuiError where nothing can be acted on."""
    if not wanted.resources:
        raise UsageError("Nothing is selected.", remedy="Select a row, or mark some with space.")
    if len({resource.kind for resource in wanted.resources}) > 1:
        raise UsageError(
            "The marks are of several kinds; an action takes one kind at a time.",
            remedy="Clear the marks of all kinds but one.",
        )
    plan = fleet.executor.plan(get_kind(wanted.resources[0].kind), wanted.id, wanted.resources)
    if plan.ready and (plan.action.id in BRIEFED or wanted.options):
        plan = await fleet.executor.brief(plan, wanted.options)
    if not plan.ready:
        raise RefusedError(_format_refusals(plan))
    return plan


def _follow_up(app: App[int], fleet: OpenProfiles, plan: Plan, outcomes: Sequence[Outcome]) -> None:
    """Record the errors, and reconcile unknown outcomes."""
    for outcome in outcomes:
        if outcome.result == "not sent":
            continue
        about = plan.action.name_with(format_name(outcome.resource))
        fleet.errors.record(about, outcome.error, fleet.primary.clock.now())
    # What failed in part has changed something all the same.
    kind_id = plan.targets[0].resource.kind
    fleet.trigger(kind_id, {outcome.resource.profile for outcome in outcomes if outcome.error})
    unknown = {outcome.resource.profile for outcome in outcomes if outcome.result == "unknown"}
    for member in fleet.members:
        if member.cloud.profile in unknown:
            app.run_worker(member.look_again(looks=5), group=f"settle {member.cloud.profile}")


def build_profile_badges(fleet: OpenProfiles, plan: Plan) -> list[ProfileBadge]:
    """Return the profiles of a plan; a single one has a colour only where the config sets one."""
    named = dict.fromkeys(target.resource.profile for target in plan.targets)
    members = [member for profile in named if (member := fleet.find_by_name(profile)) is not None]
    return [
        ProfileBadge(
            member.cloud.profile,
            member.cloud.region,
            fleet.get_colour(member.cloud.profile) if fleet.is_multi else member.profile.color or "",
        )
        for member in members
    ]


def show_outcomes(
    app: App[int], plan: Plan, outcomes: Sequence[Outcome], names_profile: bool = False
) -> None:
    """Show the outcomes: one sentence when all succeeded, line by line when not."""
    profiles = ", ".join(dict.fromkeys(outcome.resource.profile for outcome in outcomes))
    whose = f"{profiles}: " if names_profile and profiles else ""
    bad = [outcome for outcome in outcomes if outcome.result not in ("done", "refused") or outcome.error]
    sent = [outcome for outcome in outcomes if outcome not in bad]
    label = plan.action.label.capitalize()
    if not bad:
        requested = f"{label} requested for {format_resource_count(sent[0].resource.kind, len(sent))}."
        one = sent[0].sentence if len(sent) == 1 else requested
        app.notify(f"{whose}{one}", markup=False)
    elif len(outcomes) == 1 and len(outcomes[0].sentence) <= _TOAST:
        severity = "warning" if outcomes[0].result in ("unknown", "partly", "not sent") else "error"
        words = f"{whose}{outcomes[0].sentence}"
        app.notify(words, severity=severity, timeout=15, markup=False)  # type: ignore[arg-type]
    else:
        app.push_screen(OutcomesScreen(summarize_outcomes(label, outcomes), outcomes))


def _format_refusals(plan: Plan) -> str:
    first = plan.targets[0]
    several = len({target.resource.profile for target in plan.targets}) > 1
    where = f" of {first.resource.profile}" if several else ""
    words = f"Cannot {plan.action.name_with(format_name(first.resource))}{where}: {first.refusal}."
    others = len(plan.targets) - 1
    return f"{words} Nor {others} more." if others else words

"""From a key to an action done: guard, dialog bound to ids, executor, report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matui.console.screens.confirm import ConfirmScreen
from matui.console.screens.outcomes import OutcomesScreen
from matui.console.session import ConsoleSession
from matui.errors import UsageError
from matui.live.guard import Plan
from matui.live.outcome import Outcome
from matui.live.target_words import shown_name
from matui.resources.model import Resource
from matui.resources.registry import kind_by_id

if TYPE_CHECKING:
    from textual.app import App


_TOAST = 400  # characters; more would be cut off at 80×24


async def act(app: App[int], session: ConsoleSession, action_id: str, resources: Sequence[Resource]) -> bool:
    """Do ``action_id`` to resources of one kind, if the user confirms. True when something was sent."""
    if not resources:
        app.notify("Nothing is selected.", severity="warning")
        return False
    if len({resource.kind for resource in resources}) > 1:
        app.notify("The marks are of several kinds; an action takes one kind at a time.", severity="warning")
        return False
    kind = kind_by_id(resources[0].kind)
    try:
        plan = session.executor.plan(kind, action_id, resources)
    except UsageError as error:
        app.notify(str(error), severity="warning", markup=False)
        return False
    if not plan.ready:
        app.notify(_refusals(plan), severity="warning", markup=False)
        return False
    if kind.id in session.cloud.kinds:
        session.watch.kick(kind.id)  # so that the dialog learns of what the last poll did not know
    cloud = session.cloud
    dialog = ConfirmScreen(plan, profile=cloud.profile, region=cloud.region, clock=session.clock)
    if not await app.push_screen_wait(dialog):
        if dialog.agreed:
            app.notify("Cancelled: nothing was sent.")
        return False
    outcomes = await session.executor.run(plan)
    _follow_up(app, session, plan, outcomes)
    report(app, plan, outcomes)
    return True


def _follow_up(app: App[int], session: ConsoleSession, plan: Plan, outcomes: Sequence[Outcome]) -> None:
    """Keep the errors, and look for what nobody has seen the end of."""
    kind_id = plan.targets[0].resource.kind
    for outcome in outcomes:
        about = plan.action.of(shown_name(outcome.resource))
        session.errors.note(about, outcome.error, session.clock.now())
    if kind_id in session.cloud.kinds and any(outcome.error for outcome in outcomes):
        session.watch.kick(kind_id)  # what failed in part has changed something all the same
    if any(outcome.result == "unknown" for outcome in outcomes):
        app.run_worker(session.look_again(looks=5), group="settle")


def report(app: App[int], plan: Plan, outcomes: Sequence[Outcome]) -> None:
    """Tell what became of an action: briefly when all went well, line by line when not."""
    bad = [outcome for outcome in outcomes if outcome.result not in ("done", "refused") or outcome.error]
    sent = [outcome for outcome in outcomes if outcome not in bad]
    if not bad:
        one = sent[0].sentence if len(sent) == 1 else f"{plan.action.label}: {len(sent)} accepted."
        app.notify(one, markup=False)
    elif len(outcomes) == 1 and len(outcomes[0].sentence) <= _TOAST:
        severity = "warning" if outcomes[0].result in ("unknown", "partly") else "error"
        app.notify(outcomes[0].sentence, severity=severity, timeout=15, markup=False)  # type: ignore[arg-type]
    else:
        app.push_screen(
            OutcomesScreen(f"{plan.action.label}: {len(sent)} accepted, {len(bad)} not", outcomes)
        )


def _refusals(plan: Plan) -> str:
    first = plan.targets[0]
    words = f"Cannot {plan.action.of(shown_name(first.resource))}: {first.refusal}."
    others = len(plan.targets) - 1
    return f"{words} Nor {others} more." if others else words

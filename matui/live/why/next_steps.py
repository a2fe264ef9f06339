"""The next steps that a why card offers, as commands. Pure."""

from __future__ import annotations

from matui.clouds.protocols import Cloud, Describes, ExplainsUnsupported
from matui.live.capabilities import explain_missing_pane
from matui.live.why.card import NO_METRICS, Next, WhyCard
from matui.resources.kind import PaneName
from matui.resources.kinds.triage import LISTS
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS, get_kind

_PANES: tuple[tuple[PaneName, str, str], ...] = (
    ("log", "logs", "the log"),
    ("events", "events", "all events"),
    ("metrics", "metrics", "the metrics"),
    ("versions", "versions", "the versions"),
)

_LIST_STEPS = (
    Next("errors", "the last errors, whole, with what to do", "matui doctor"),
    Next("refresh", "read the lists again"),
    Next("acknowledge", "acknowledge it, with a note"),
)
_HEADLESS = {"logs", "describe", "rerun", "start", "restart", "stop"}


def list_next_steps(card: WhyCard, cloud: Cloud) -> list[Next]:
    """Return the commands that help with the resource in its state."""
    resource = card.resource
    if resource.kind == LISTS.id:
        return list(_LIST_STEPS)
    kind = get_kind(resource.kind)
    # The metrics pane draws the numbers of a log too.
    has_log = explain_missing_pane(cloud, kind, "log") is None
    without_curves = card.get_part("metrics").missing == NO_METRICS and not has_log
    steps = [
        Next(command, words, _format_step(command, resource))
        for pane, command, words in _PANES
        if explain_missing_pane(cloud, kind, pane) is None and not (pane == "metrics" and without_curves)
    ]
    if not has_log and resource.kind == "jobs" and isinstance(cloud, Describes):
        steps.append(Next("detail", "the details", _format_step("describe", resource)))
    if resource.phase in (Phase.FAILED, Phase.STOPPED) and resource.kind in ("jobs", "versions"):
        steps.append(Next("rerun", "run it again, changed in the editor", _format_step("rerun", resource)))
    steps += [
        Next(action.id, action.label, _format_step(action.id, resource))
        for action in kind.actions
        if action.id in ("start", "restart", "stop") and action.why_not(resource) is None
    ]
    if resource.phase in (Phase.FAILED, Phase.DEGRADED):
        steps.append(Next("acknowledge", "acknowledge it, with a note"))
    return [step for step in steps if _is_offered(cloud, kind.id, step.command)]


def _is_offered(cloud: Cloud, kind_id: str, command: str) -> bool:
    """Return whether the cloud does not refuse a command: a capsule and a replay refuse all but panes."""
    pane = "log" if command == "logs" else command
    return not isinstance(cloud, ExplainsUnsupported) or cloud.explain_unsupported(kind_id, pane) is None


def _format_step(command: str, resource: Resource) -> str:
    """Return the step as a command line, ``""`` where there is none."""
    if command not in _HEADLESS:
        return ""
    if command in ("logs", "rerun"):
        return f"matui {command} {resource.id}"
    kind = KINDS.get(resource.kind)
    return f"matui {command} {kind.singular if kind is not None else 'job'} {resource.id}"

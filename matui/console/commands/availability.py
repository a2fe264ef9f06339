"""The reasons why a command is disabled, shared by the classes of commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from matui.console.fleet import OpenProfiles
    from matui.console.session import ConsoleSession
    from matui.resources.forms.form import FormMode
    from matui.resources.kind import Kind, PaneName
    from matui.resources.model import Resource


_MOST_JUDGED = 100  # marks; what more of them allow is said by the dialog


class Selected(Protocol):
    """The resources that a key applies to."""

    @property
    def kind(self) -> Kind | None:
        """The kind of the resources."""

    @property
    def has_pane(self) -> bool:
        """Whether a pane is open."""

    @property
    def in_lines(self) -> bool:
        """Whether the focus is in a pane of lines."""

    @property
    def line_scopes(self) -> tuple[str, ...]:
        """The scopes of the commands of the focused pane of lines, none without one."""

    def get_one(self) -> Resource | None:
        """Return the resource under the cursor, or None."""

    def get_many(self) -> list[Resource]:
        """Return the marked resources, else the one under the cursor."""


class Situation(NamedTuple):
    """The state of the console once a profile is open and a kind is shown."""

    fleet: OpenProfiles
    session: ConsoleSession
    kind: Kind
    selection: Selected

    def iterate_profiles(self) -> Iterator[Situation]:
        """Yield the situation with each open profile that has the kind, that of the selected row first."""
        yield self
        for member in self.fleet.find_with_kind(self.kind.id) if self.fleet.is_multi else ():
            if member is not self.session:
                yield self._replace(session=member)


def explain_no_kind(fleet: OpenProfiles, kind_id: str) -> str:
    """Return why no open profile lists the kind, or ``""``."""
    from matui.live.capabilities import explain_missing_kind
    from matui.resources.registry import KINDS

    if kind_id not in KINDS or kind_id in fleet.kinds:
        return ""
    return (
        "no open profile has any"
        if fleet.is_multi
        else explain_missing_kind(fleet.primary.cloud, kind_id) or ""
    )


def explain_no_pane(here: Situation, pane: PaneName) -> str:
    """Return why a pane cannot be opened for the kind, or ``""``."""
    from matui.live.capabilities import explain_missing_pane

    return explain_missing_pane(here.session.cloud, here.kind, pane) or ""


def explain_no_timeline(here: Situation) -> str:
    """Return why the events pane cannot be opened, or ``""``: without events it has the journal's changes."""
    if here.session.journal.is_on and here.kind.panes and here.kind.id in here.fleet.kinds:
        return ""
    return explain_no_pane(here, "events")


def explain_no_open_pane(here: Situation) -> str:
    """Return why what is about an open pane does nothing, or ``""``."""
    return "" if here.selection.has_pane else "no pane is open"


def acknowledge_reason(here: Situation) -> str:
    """Return why nothing that is selected can be acknowledged, or ``""``."""
    targets = here.selection.get_many()
    if not targets:
        return "nothing is selected"
    if any(target.key in here.fleet.triage.rows for target in targets):
        return ""
    from matui.resources.model import explain_unconfirmed

    return explain_unconfirmed(targets[0]) or "it is not in triage"


def notify_reason(here: Situation) -> str:
    """Return why no end of what is selected is seen, or ``""``: only lists of their own are always polled."""
    from matui.resources.registry import get_kind

    kind = here.kind
    if kind.id in here.fleet.kinds or kind.id == "versions":
        return ""
    instead = f": watch the {get_kind(kind.within).singular}" if kind.within else ""
    return f"{kind.label} are polled only while they are shown{instead}"


def replay_reason(here: Situation) -> str:
    """Return why the time cannot be moved, or ``""``."""
    from matui.live.recording.playback import ReplayClock

    return "" if isinstance(here.session.clock, ReplayClock) else "only in a replay"


def explain_no_action(here: Situation, action_id: str, what: str) -> str:
    """Return why the action cannot be done to what is selected, or ``""``; ``what`` is it in words."""
    if here.kind.find_action(action_id) is None:
        return f"cannot {what}"
    targets = here.selection.get_many()
    if not targets:
        return "nothing is selected"
    plan = here.fleet.executor.plan(here.kind, action_id, targets[:_MOST_JUDGED])
    return "" if plan.ready or len(targets) > _MOST_JUDGED else (plan.targets[0].refusal or "")


def explain_no_form(here: Situation, mode: FormMode) -> str:
    """Return why the form cannot be opened for the kind or for what is selected, or ``""``."""
    resource = here.selection.get_one() if mode != "create" else None
    if mode != "create" and resource is None:
        return "nothing is selected"
    from matui.resources.model import explain_unconfirmed

    if resource is not None and (reason := explain_unconfirmed(resource)):
        return reason
    from matui.live.actions.policy import explain_no_form
    from matui.resources.kinds.deployments import choose_form_kind_id

    session, kind_id = here.session, choose_form_kind_id(here.kind, mode)
    return explain_no_form(session.cloud, session.policy, mode, kind_id, resource) or ""


def offers_action(here: Situation, action_id: str) -> bool:
    """Whether the cloud has the action for the kind; a record, which has none, shows what the kind has."""
    from matui.clouds.protocols import Acts, has_capability

    cloud = here.session.cloud
    is_known = here.kind.find_action(action_id) is not None
    return is_known and (not has_capability(cloud, Acts) or cloud.offers(here.kind.id, action_id))


def offers_form(here: Situation, mode: FormMode) -> bool:
    """Whether the cloud has the form for the kind."""
    from matui.clouds.protocols import Forms, has_capability
    from matui.resources.kinds.deployments import choose_form_kind_id

    cloud = here.session.cloud
    return has_capability(cloud, Forms) and cloud.has_form(choose_form_kind_id(here.kind, mode), mode)

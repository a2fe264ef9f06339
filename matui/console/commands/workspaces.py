"""Sets the workspace of one profile, or of every profile that has workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matui.console.fleet import OpenProfiles
    from matui.console.profile_manager import ProfileManager
    from matui.console.session import ConsoleSession


class WorkspaceHost(Protocol):
    """The methods that the choice of a workspace calls."""

    def warn(self, words: str) -> None:
        """Show a warning."""
        ...

    async def choose(self, title: str, choices: Sequence[tuple[str, str]], chosen: str) -> str | None:
        """Ask for one of ``choices``, pairs of value and text; None when cancelled."""
        ...

    async def reload(self, fleet: OpenProfiles) -> None:
        """Show the open profiles again, from the kind that is shown."""
        ...


async def set_workspace(
    host: WorkspaceHost, manager: ProfileManager, workspace: str, profile: str = ""
) -> None:
    """Set the workspace of ``profile`` (``""``: of every profile with workspaces); ``""`` is the default."""
    members = [member for member in _with_workspaces(manager) if profile in ("", member.cloud.profile)]
    moved = [member for member in members if member.pollers.workspace != workspace]
    if not moved:
        return
    for member in moved:
        member.pollers.set_workspace(workspace)
        manager.remember_workspace(member.cloud.profile, workspace)
    await host.reload(manager.fleet)


async def choose_workspace(host: WorkspaceHost, manager: ProfileManager) -> None:
    """Ask for a workspace, and set it in its profile."""
    choices = [
        choice for member in _with_workspaces(manager) for choice in _choices(member, manager.fleet.is_multi)
    ]
    if not choices:
        host.warn("No open profile has workspaces.")
        return
    here = next(
        (str(at) for at, (member, value, _) in enumerate(choices) if member.pollers.workspace == value), ""
    )
    words = [(str(at), text) for at, (_, _, text) in enumerate(choices)]
    chosen = await host.choose("Workspace", words, here)
    if chosen is not None:
        member, value, _ = choices[int(chosen)]
        await set_workspace(host, manager, value, member.cloud.profile)


def _with_workspaces(manager: ProfileManager) -> list[ConsoleSession]:
    fleet = manager.fleet
    return list(fleet.with_kind("workspaces")) if fleet.is_multi else [fleet.primary]


def _choices(member: ConsoleSession, with_profile: bool) -> list[tuple[ConsoleSession, str, str]]:
    """Return the workspaces of a profile, the default first."""
    rows = member.pollers.poller("workspaces").snapshot.rows if "workspaces" in member.cloud.kinds else {}
    own = member.profile.workspace_id
    first = f"the profile's own  {own}" if own else "none named: the cloud's default"
    before = f"{member.cloud.profile}: " if with_profile else ""
    named = [(w.id, f"{w.name}  {w.id}") for w in rows.values()]
    return [(member, value, f"{before}{words}") for value, words in [("", first), *named]]

"""Switches between profiles, workspaces and capsules, as commands ask for it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from matui.console.browse_view import DEFAULT_KIND

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.worker import Worker

    from matui.console.browse_view import BrowseView
    from matui.console.capsules.visit import CapsuleVisit
    from matui.console.fleet import OpenProfiles
    from matui.console.profile_manager import ProfileManager
    from matui.console.session import ConsoleSession
    from matui.console.table.kind_tables import KindTables


class SwitcherHost(Protocol):
    """The methods that the switcher calls on the application."""

    def notify(self, message: str, *, severity: Any = "information", markup: bool = True) -> None:
        """Show a notification."""

    async def push_screen_wait(self, screen: Screen[Any]) -> Any:
        """Show a screen and return its result."""

    def start_worker(
        self, work: Coroutine[Any, Any, None], group: str, *, exclusive: bool = False
    ) -> Worker[None] | None:
        """Run ``work`` in a worker; an exclusive one replaces the others of its group. None at the end."""


class ProfileSwitcher:
    """Which profiles are open, by their ``manager``: None until the names of the profiles are known."""

    def __init__(
        self,
        host: SwitcherHost,
        browse: BrowseView,
        tables: KindTables,
        show: Callable[[OpenProfiles, str], Coroutine[Any, Any, None]],
    ) -> None:
        self._host = host
        self._browse = browse
        self._tables = tables
        self._show = show
        self._visit: CapsuleVisit | None = None
        self.manager: ProfileManager | None = None

    def start(self, manager: ProfileManager, names: Sequence[str], *, demo: bool) -> None:
        """Open the first profiles."""
        self.manager = manager
        manager.start(names, demo=demo)

    async def close(self) -> None:
        """Close the journals."""
        if self.manager is not None:
            await self.manager.journals.close()

    def switch(self, names: Sequence[str]) -> None:
        """Open just these profiles, side by side; asks which when none is named."""
        if self.manager is None:
            return
        if self._visit is not None:
            self._visit.forget()
        work = self.manager.set_profiles(names) if names else self._choose(self.manager)
        self._host.start_worker(work, "profiles", exclusive=True)

    async def _choose(self, manager: ProfileManager) -> None:
        from matui.console.screens.profiles import ProfilesScreen, list_choices

        chosen = await self._host.push_screen_wait(ProfilesScreen(list_choices(manager.fleet)))
        if chosen:
            await manager.set_profiles(chosen)

    def retry(self) -> None:
        """Retry at once to open the profiles that failed."""
        if self.manager is not None:
            self.manager.retry()

    def open_capsule(self, capsule_id: str) -> None:
        """Show a capsule alone, like a profile."""
        from matui.console.capsules.visit import CapsuleVisit

        if self.manager is not None:
            kind_id = self._tables.current or DEFAULT_KIND
            self._visit = self._visit or CapsuleVisit(self._browse, self.manager, self._tables)
            self._host.start_worker(self._visit.enter(capsule_id, kind_id), "profiles", exclusive=True)

    def leave_capsule(self) -> bool:
        """Open again what was open before the capsule; return whether a capsule was shown."""
        if self._visit is None or not self._visit.can_leave:
            return False
        self._host.start_worker(self._visit.leave(), "profiles", exclusive=True)
        return True

    def note_changes(self, kind: str, resource_ids: frozenset[str]) -> None:
        """Mark the tab of a kind: resources of it have changed."""
        if self._visit is None or not self._visit.is_entered:
            self._browse.unseen.add(kind, resource_ids)

    def switch_workspace(self, workspace: str) -> None:
        """Make a workspace the scope of every kind; asks which when none is named."""
        if self.manager is None or self._browse.fleet is None:
            return
        manager = self.manager
        chosen = self._set_workspace(manager, workspace) if workspace else self._choose_workspace(manager)
        self._host.start_worker(chosen, "scope", exclusive=True)

    async def _set_workspace(self, manager: ProfileManager, workspace: str, profile: str = "") -> None:
        """Set the workspace of a profile, ``""`` for each that has workspaces; ``""`` is the default one."""
        members = [
            member for member in _list_with_workspaces(manager) if profile in ("", member.cloud.profile)
        ]
        moved = [member for member in members if member.pollers.workspace != workspace]
        for member in moved:
            member.pollers.set_workspace(workspace)
            manager.remember_workspace(member.cloud.profile, workspace)
        if moved:
            await self._show(manager.fleet, self._tables.current or DEFAULT_KIND)

    async def _choose_workspace(self, manager: ProfileManager) -> None:
        """Prompt for a workspace, and set it in its profile."""
        from matui.console.screens.dialogs import ChooseScreen

        is_multi = manager.fleet.is_multi
        choices = [
            choice for member in _list_with_workspaces(manager) for choice in _list_choices(member, is_multi)
        ]
        if not choices:
            self._host.notify("No open profile has workspaces.", severity="warning")
            return
        here = (str(at) for at, (member, value, _) in enumerate(choices) if member.pollers.workspace == value)
        words = [(str(at), text) for at, (_, _, text) in enumerate(choices)]
        chosen = await self._host.push_screen_wait(ChooseScreen("Workspace", words, next(here, "")))
        if chosen is not None:
            member, value, _ = choices[int(chosen)]
            await self._set_workspace(manager, value, member.cloud.profile)


def _list_with_workspaces(manager: ProfileManager) -> list[ConsoleSession]:
    fleet = manager.fleet
    return list(fleet.find_with_kind("workspaces")) if fleet.is_multi else [fleet.primary]


def _list_choices(member: ConsoleSession, with_profile: bool) -> list[tuple[ConsoleSession, str, str]]:
    """Return the workspaces of a profile, the default first."""
    rows = member.pollers.get_poller("workspaces").rows if "workspaces" in member.cloud.kinds else {}
    own = member.profile.workspace_id
    first = f"the profile's own  {own}" if own else "none named: the cloud's default"
    before = f"{member.cloud.profile}: " if with_profile else ""
    named = [(w.id, f"{w.name}  {w.id}") for w in rows.values()]
    return [(member, value, f"{before}{words}") for value, words in [("", first), *named]]

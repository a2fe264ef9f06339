"""The set of profiles shown together: open, opening or failed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from matui.config.values import pick_colour
from matui.live.actions.router import RoutedExecutor
from matui.live.error_log import ErrorLog
from matui.live.poll.loop_controls import LoopControls
from matui.live.triage.board import TriageBoard
from matui.live.triage.health import PolledList
from matui.resources.kinds.triage import TRIAGE
from matui.resources.registry import KINDS

_FEW_PROFILES = 6

if TYPE_CHECKING:
    from matui.base.errors import MatuiError
    from matui.clouds.protocols import BudgetState
    from matui.console.session import ConsoleSession
    from matui.live.actions.executor import Executor
    from matui.live.journal.journal import Journal
    from matui.resources.model import Resource

ProfileState: TypeAlias = Literal["open", "opening", "failed"]


class Chip(NamedTuple):
    """A profile in the header: ``state`` says whether it is open, opening, or failed to open or to poll."""

    name: str
    colour: str
    state: ProfileState
    read_only: bool = False


class OpenProfiles:
    """Open profiles by name, in the order they were asked for; queries combine the profiles."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names: tuple[str, ...] = tuple(names)
        self.deferred: tuple[str, ...] = ()  # opened after the first rows
        self.failed: dict[str, MatuiError] = {}
        self.errors = ErrorLog()
        self.triage = TriageBoard()
        self.controls = LoopControls()
        self.executor = RoutedExecutor(self._get_executor)
        self._open: dict[str, ConsoleSession] = {}
        self._members: tuple[ConsoleSession, ...] = ()
        self._with_kind: dict[str, tuple[ConsoleSession, ...]] = {}
        self._colours: dict[str, str] = {}
        self._shown: tuple[str | None, bool] = (None, False)

    # Members

    @property
    def members(self) -> tuple[ConsoleSession, ...]:
        """The open profiles, in order."""
        return self._members

    def _collect_members(self) -> None:
        """Put the open profiles in the order of the names; of many profiles too slow for each query."""
        self._members = tuple(self._open[name] for name in self.names if name in self._open)
        self._with_kind = {}

    @property
    def primary(self) -> ConsoleSession:
        """The first open profile; used where no profile is meant in particular."""
        return self.members[0]

    @property
    def is_multi(self) -> bool:
        """Whether there is more than one profile, open or not."""
        return len(self.names) > 1

    def build_prefix(self, profile: str) -> str:
        """Return what stands before a notice about a profile: its name, ``""`` where there is only one."""
        return f"{profile}: " if self.is_multi and profile else ""

    @property
    def names_shown(self) -> tuple[str, ...]:
        """The names of the profiles that have rows, or may have them soon."""
        return (*(name for name in self.names if name not in self.failed), *self.deferred)

    @property
    def is_crowded(self) -> bool:
        """Whether so many profiles are open that polls without news are shown once a second only."""
        return len(self._open) > _FEW_PROFILES

    @property
    def is_opening(self) -> bool:
        """Whether some profile is neither open nor has failed."""
        return any(self.get_state(name) == "opening" for name in self.names)

    def get_state(self, name: str) -> ProfileState:
        """Return whether a profile is open, opening or failed."""
        if name in self._open:
            return "open"
        return "failed" if name in self.failed else "opening"

    def find_by_name(self, profile: str) -> ConsoleSession | None:
        """Return an open profile by name, or None."""
        return self._open.get(profile)

    def find_for_resource(self, resource: Resource | None) -> ConsoleSession | None:
        """Return the profile a resource is from, or None."""
        return self._open.get(resource.profile) if resource is not None else None

    def find_with_kind(self, kind_id: str) -> tuple[ConsoleSession, ...]:
        """Return the open profiles whose cloud has a kind."""
        found = self._with_kind.get(kind_id)
        if found is None:
            found = tuple(member for member in self._members if kind_id in member.cloud.kinds)
            self._with_kind[kind_id] = found
        return found

    @property
    def journals(self) -> tuple[Journal, ...]:
        """The journals that the open profiles write to, each once."""
        return tuple({id(member.journal): member.journal for member in self.members}.values())

    def set_order(self, names: Iterable[str]) -> None:
        """Set the names of the profiles and their order."""
        self.names = tuple(dict.fromkeys(names))
        self._collect_members()
        self._assign_colours()

    def add(self, asked_as: str, member: ConsoleSession) -> None:
        """Add a profile that has been opened; ``asked_as`` is ``""`` for the default profile."""
        name = member.cloud.profile
        self.names = tuple(name if known == asked_as else known for known in self.names)
        self.failed.pop(asked_as, None)
        self._open[name] = member
        self._collect_members()
        self.controls.profiles = len(self._open)
        self._assign_colours()
        if self._shown[1]:
            self._show_in(member)

    def remove(self, name: str) -> ConsoleSession | None:
        """Remove a profile; returns its session if it was open."""
        self.names = tuple(known for known in self.names if known != name)
        self.failed.pop(name, None)
        member = self._open.pop(name, None)
        self._collect_members()
        self.controls.profiles = len(self._open)
        return member

    # Combined queries

    @property
    def kinds(self) -> tuple[str, ...]:
        """The ids of the kinds that some open cloud has, in the order of their keys."""
        if len(self._open) == 1:
            return tuple(kind for kind in self.primary.cloud.kinds if kind in KINDS)
        return tuple(kind for kind in KINDS if self.find_with_kind(kind))

    def list_rows(self, kind_id: str) -> list[Resource]:
        """Return every row known of a kind."""
        return [
            row
            for member in self.find_with_kind(kind_id)
            for row in member.pollers.get_poller(kind_id).rows.values()
        ]

    def iterate_polled_lists(self) -> Iterator[PolledList]:
        """Yield the state of each list of the open profiles."""
        for member in self.members:
            for kind in member.cloud.kinds:
                if kind in KINDS:
                    freshness = member.pollers.get_poller(kind).freshness
                    yield PolledList(
                        member.cloud.profile, member.cloud.name, kind, freshness, member.get_cadence(kind)
                    )

    def show(self, kind_id: str | None) -> None:
        """Poll this kind at its cadence and the others slowly, in every profile."""
        self._shown = (kind_id, True)
        for member in self.members:
            self._show_in(member)

    def _show_in(self, member: ConsoleSession) -> None:
        kind_id = self._shown[0]
        if kind_id == TRIAGE.id:
            member.pollers.show_all()
            return
        member.pollers.show(kind_id if kind_id in member.cloud.kinds else None)

    def trigger(self, kind_id: str, profiles: Container[str] | None = None) -> None:
        """Poll a kind as soon as possible in every profile that has it, or only in some."""
        for member in self.find_with_kind(kind_id):
            if profiles is None or member.cloud.profile in profiles:
                member.pollers.trigger(kind_id)

    def get_budget(self) -> BudgetState:
        """Return the request budget of the profile that is nearest to its limit."""
        budgets = [member.cloud.get_budget() for member in self.members]
        return max(budgets, key=lambda budget: budget.used / max(1, budget.limit))

    def _get_executor(self, profile: str) -> Executor:
        return self._open[profile].executor

    # Display

    def get_colour(self, name: str) -> str:
        """Return the colour of a profile: the configured one, else one assigned from the palette."""
        return self._get_own_colour(name) or self._colours.get(name, "")

    def _get_own_colour(self, name: str) -> str:
        member = self._open.get(name)
        profile = member.profile if member is not None else self.primary.settings.profiles.get(name)
        return (profile.color if profile is not None else None) or ""

    def _assign_colours(self) -> None:
        for name in self.names if self._open else ():
            if not self.get_colour(name):
                others = [self.get_colour(other) for other in self.names]
                self._colours[name] = pick_colour([colour for colour in others if colour])

    def build_chips(self, kind_id: str | None) -> tuple[Chip, ...]:
        """Return the chip of each profile; polls of ``kind_id`` decide its state, None for all kinds."""
        return tuple(self._build_chip(name, kind_id) for name in self.names)

    def _build_chip(self, name: str, kind_id: str | None) -> Chip:
        member = self._open.get(name)
        state = "failed" if self.get_error(name, kind_id) is not None else self.get_state(name)
        return Chip(name, self.get_colour(name), state, member is not None and member.read_only)

    def get_error(self, name: str, kind_id: str | None = None) -> MatuiError | None:
        """Return why a profile could not be opened, or why polls of a kind (None: of any) fail."""
        member = self._open.get(name)
        if member is None:
            return self.failed.get(name)
        kinds = [kind for kind in member.cloud.kinds if kind in KINDS and kind_id in (None, kind)]
        errors = [member.pollers.get_poller(kind).error for kind in kinds]
        return next((error for error in errors if error is not None), None)

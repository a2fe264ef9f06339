"""The values of the journal: accounts, scopes, readings and changes. Times are ms since the epoch. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal, NamedTuple, TypeAlias

from matui.resources.model import Phase, Resource
from matui.resources.times import begins_at_creation

SPAN_EVERY_MS = 30_000  # between two writes of how long a list has been polled
_CLOCK_AHEAD_MS = 60_000  # a change cannot have happened after it was seen

Source: TypeAlias = Literal["poll", "event", "action"]


class Account(NamedTuple):
    """The account of resources, independent of the name of the profile."""

    cloud: str
    endpoint: str = ""
    project: str = ""
    region: str = ""


class ListScope(NamedTuple):
    """A list as one profile sees it: ``workspace`` is ``""`` for all of them."""

    account: Account
    profile: str
    kind: str
    workspace: str = ""


class Reading(NamedTuple):
    """The rows that one poll read; ``read_at`` is when its request was sent.

    ``rows`` are compared with the journal and may be a part of the list. ``missing`` are ids that the list no
    longer has. With ``is_complete``, ``rows`` are the whole list: what the journal knows of the scope beside
    them is gone. ``keep`` are the ids whose row is stored for the next start. ``ahead_ms`` is how far the
    clock that the rows' times are by is ahead of this machine's.
    """

    scope: ListScope
    read_at: int
    rows: Collection[Resource] = ()
    missing: Collection[str] = ()
    is_complete: bool = False
    keep: Collection[str] = ()
    ahead_ms: int = 0


class Change(NamedTuple):
    """One change of state. ``before`` is None for something new, ``after`` for something gone.

    ``happened_at`` is None when the cloud does not state it. Both times are by this machine's clock.
    ``number`` grows with each change.
    """

    number: int
    account: Account
    seen_at: int
    happened_at: int | None
    profile: str
    kind: str
    id: str
    name: str
    owner: str
    workspace: str
    before: str | None
    after: str | None
    before_phase: Phase | None
    after_phase: Phase | None
    reason: str = ""
    code: str = ""
    source: Source = "poll"

    @property
    def dated_at(self) -> int | None:
        """When it happened; None where nothing states it, or a cloud whose clock is ahead."""
        happened = self.happened_at
        return happened if happened is not None and happened <= self.seen_at + _CLOCK_AHEAD_MS else None

    @property
    def is_exact(self) -> bool:
        """Whether it happened at ``shown_at``; a resource is gone by then at the latest."""
        return self.dated_at is not None and self.after is not None

    @property
    def entered_at(self) -> int | None:
        """When the state began; None where nothing states it, as of what was new and had already ended."""
        is_first = self.before is not None or begins_at_creation(self.kind, self.after or "")
        return self.dated_at if is_first else None

    @property
    def shown_at(self) -> int:
        """When it happened, or when it was seen where that is not known."""
        dated = self.dated_at
        return dated if dated is not None else self.seen_at


class Span(NamedTuple):
    """A stretch of time in which a list was polled."""

    start: int
    end: int


class StoredAcknowledgement(NamedTuple):
    """An acknowledgement: who, when, and with which note; ``status`` is that of the resource then.

    ``about`` is the trouble that was acknowledged, ``""`` for any.
    """

    account: Account
    kind: str
    id: str
    about: str
    status: str
    by: str
    note: str
    at: int


class LastState(NamedTuple):
    """A resource as it was last read, without its raw record."""

    account: Account
    resource: Resource


class StoredReason(NamedTuple):
    """Why a resource is in its state, as it was found when it had ``status``; ``source`` as in triage."""

    account: Account
    kind: str
    id: str
    status: str
    words: str
    seen_at: int
    source: str = ""


class StoredEnd(NamedTuple):
    """When a resource ended, as its details state it; ``run`` is that of ``build_run_id`` then."""

    account: Account
    kind: str
    id: str
    status: str
    run: str
    ended_at: int
    seen_at: int


def build_run_id(row: Resource) -> str:
    """Return what distinguishes the runs of one job: its newest version and how long that ran."""
    return f"{row.get_text('version_id')}/{'' if row.duration_ms is None else row.duration_ms}"


class StoredUsage(NamedTuple):
    """What was read of a pool, of quotas or of flavors, as JSON, and when."""

    account: Account
    kind: str
    id: str
    profile: str
    content: str
    read_at: int


class StoredFinding(NamedTuple):
    """A finding of the signals of a log."""

    account: Account
    kind: str
    id: str
    finding: str
    since: int | None
    line: int | None
    words: str
    seen_at: int


class LastRows(NamedTuple):
    """The rows of a list as they were last read at ``read_at``; None where the list was never read."""

    rows: tuple[Resource, ...] = ()
    read_at: int | None = None


class Accounts:
    """Where the resources of each profile live."""

    def __init__(self) -> None:
        self._by_profile: dict[str, Callable[[], Account]] = {}
        self._ahead: dict[str, Callable[[], float]] = {}

    def add(
        self, profile: str, account: Callable[[], Account], ahead_ms: Callable[[], float] = lambda: 0.0
    ) -> None:
        """Add a profile; ``account`` is called at each use, because a project may be resolved later.

        ``ahead_ms`` returns how far the clock of its cloud is ahead of this machine's.
        """
        self._by_profile[profile] = account
        self._ahead[profile] = ahead_ms

    def get_ahead_ms(self, profile: str) -> int:
        """Return how far the clock of the cloud of a profile is ahead of this machine's."""
        found = self._ahead.get(profile)
        return int(found()) if found is not None else 0

    def get_account(self, profile: str) -> Account:
        """Return the account of a profile, an empty one for a profile that was not added."""
        found = self._by_profile.get(profile)
        return found() if found is not None else Account("")

    def list_profiles(self, account: Account) -> tuple[str, ...]:
        """Return the profiles added that have an account: it may have several names."""
        return tuple(name for name, known in self._by_profile.items() if known() == account)

    @property
    def all(self) -> tuple[Account, ...]:
        """The accounts of the profiles added."""
        return tuple(dict.fromkeys(account() for account in self._by_profile.values()))

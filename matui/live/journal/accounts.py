"""The accounts of the profiles whose changes are written and read."""

from __future__ import annotations

from collections.abc import Callable

from matui.live.journal.change import Account


class Accounts:
    """Where the resources of each profile live."""

    def __init__(self) -> None:
        self._by_profile: dict[str, Callable[[], Account]] = {}

    def add(self, profile: str, account: Callable[[], Account]) -> None:
        """Add a profile; ``account`` is called at each use, because a project may be resolved later."""
        self._by_profile[profile] = account

    def of(self, profile: str) -> Account:
        """Return the account of a profile, an empty one for a profile that was not added."""
        found = self._by_profile.get(profile)
        return found() if found is not None else Account("")

    def profiles_of(self, account: Account) -> tuple[str, ...]:
        """Return the profiles added that have an account: it may have several names."""
        return tuple(name for name, known in self._by_profile.items() if known() == account)

    @property
    def all(self) -> tuple[Account, ...]:
        """The accounts of the profiles added."""
        return tuple(dict.fromkeys(account() for account in self._by_profile.values()))

"""The keys of the commands: the defaults, and what the user's ``[keys]`` changes of them."""

from __future__ import annotations

from collections.abc import Mapping

from matui.config.keymap import (
    DEFAULT_KEYS,
    build_default_keys,
    find_alt_keys,
    find_displaced,
    resolve_keys,
    select_replay_keys,
)
from matui.console.commands.keys import format_keys
from matui.console.commands.registry import find_explained

_NO_KEY = "no-key"  # Textual would keep the default of a binding without keys


class CommandKeys:
    """The keys of each command.

    ``labels`` has them as people read them, ``displaced`` the bindings that lost a key to the user's
    ``[keys]``, with the reason, and ``bound`` the keys by their names in Textual, joined by commas.
    ``explained`` are the commands of panes whose key says on a table where it works.
    """

    def __init__(self, *, is_replay: bool) -> None:
        self._is_replay = is_replay
        self._is_default = True
        self.bound: Mapping[str, str] = DEFAULT_KEYS
        self.labels = _format_labels(DEFAULT_KEYS)
        self.displaced: dict[str, str] = {}
        self.explained = find_explained(self.bound, is_replay=is_replay)

    def load_kinds(self, kind_keys: Mapping[str, str]) -> None:
        """Add the labels of the keys that show the kinds, before any profile is open."""
        self.labels = _format_labels(build_default_keys(kind_keys))

    def apply(self, overrides: Mapping[str, str], kind_keys: Mapping[str, str]) -> None:
        """Apply the user's ``[keys]``."""
        keys = resolve_keys(overrides, kind_keys)
        self.bound = select_replay_keys(keys) if self._is_replay else keys
        self.explained = find_explained(self.bound, is_replay=self._is_replay)
        self._is_default = self.bound == build_default_keys(kind_keys)
        self.labels = _format_labels(self.bound)
        self.displaced = {
            name: f"{format_keys(','.join(sorted(lost)))} is set for {taker} in [keys]"
            for name, (lost, taker) in find_displaced(overrides, kind_keys).items()
        }

    def find_command(self, key: str) -> str:
        """Return the id of a command of a key, by the key's name in Textual; ``""`` without any."""
        return next((name for name, joined in self.bound.items() if key in joined.split(",")), "")

    def build_keymap(self) -> dict[str, str]:
        """Return the keymap for Textual, empty for the defaults.

        Textual lays it over every binding again at each key, which takes as long as all the rest.
        """
        if self._is_default:
            return {}
        return {name: joined or _NO_KEY for name, joined in self.bound.items()}

    def find_alt_names(self) -> dict[str, str]:
        """Return the names of the bound keys with alt, by their character."""
        return find_alt_keys(self.bound.values())


def _format_labels(keys: Mapping[str, str]) -> dict[str, str]:
    return {name: format_keys(joined) for name, joined in keys.items()}

"""The state that the console keeps from run to run: the size of the split, tables, the history of prompts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matui.console.bars.history import PromptHistory
from matui.console.state_file import StateFile

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory


class KeptState:
    """Values by name and the history of the prompts, in the state folder; a replay has a folder of its own.

    ``write_later`` runs what writes to the disk in a thread.
    """

    def __init__(self, write_later: Callable[[Callable[[], None]], object], *, is_replay: bool) -> None:
        self._write_later = write_later
        self._is_replay = is_replay
        self._replay_folder: TemporaryDirectory[str] | None = None
        self.file = StateFile()
        self.history = PromptHistory(lambda entries: self.keep("history", dict(entries)))

    def get_folder(self) -> Path:
        """Return the folder of the audit; of a replay one that is deleted at its end."""
        if self._is_replay:
            from tempfile import TemporaryDirectory

            self._replay_folder = self._replay_folder or TemporaryDirectory(prefix="matui-replay-")
            return Path(self._replay_folder.name)
        from matui.config.paths import get_state_path

        return get_state_path()

    def open(self) -> None:
        """Read the state of earlier runs, and keep it from now on."""
        self.file = StateFile(self.get_folder() / "console.json")

    def load_history(self) -> None:
        """Put the prompts of earlier runs before those of this one."""
        self.history.load(self.file.get("history"))

    def keep(self, name: str, value: Any) -> None:
        """Keep a value for the next run, where the settings allow it."""
        self.file.put(name, value)
        self._write_later(self.file.write)

    def write_later(self, write: Callable[[], None]) -> None:
        """Run what writes to the state folder in a thread."""
        self._write_later(write)

    def close(self) -> None:
        """Delete the folder of a replay."""
        if self._replay_folder is not None:
            self._replay_folder.cleanup()

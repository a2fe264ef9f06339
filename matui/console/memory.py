"""What the console keeps from run to run, such as the size of the split: a small file in the state folder."""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matui.console.bars.history import PromptHistory

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

_MOST_BYTES = 262_144


class Memory:
    """Values by name. Without a ``path`` they are kept until the console ends.

    A file that is missing, too big or not JSON counts as empty: losing it costs a preference.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._values = _read(path) if path is not None else {}
        self._writing = threading.Lock()

    def get(self, name: str) -> Any:
        """Return a value as JSON has it, None when there is none."""
        return self._values.get(name)

    def put(self, name: str, value: Any) -> None:
        """Keep a value; it is on disk after ``write``."""
        self._values[name] = value

    def write(self) -> None:
        """Write all values to the file with mode 0600; a disk that takes none is no reason to complain."""
        if self._path is None:
            return
        text = json.dumps(self._values)
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        with self._writing, suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "w") as file:
                    file.write(text)
                part.replace(self._path)
            finally:
                part.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError, RecursionError):
        if stat.S_ISREG(path.stat().st_mode):
            with path.open("rb") as file:
                values = json.loads(file.read(_MOST_BYTES))
            return values if isinstance(values, dict) else {}
    return {}


class KeptState:
    """The memory and the history of the prompts, in the state folder; a replay has a folder of its own.

    ``write_later`` runs what writes to the disk in a thread.
    """

    def __init__(self, write_later: Callable[[Callable[[], None]], object], *, is_replay: bool) -> None:
        self._write_later = write_later
        self._is_replay = is_replay
        self._replay_folder: TemporaryDirectory[str] | None = None
        self.memory = Memory()
        self.history = PromptHistory(lambda entries: self.keep("history", dict(entries)))

    def folder(self) -> Path:
        """Return the folder of the audit; of a replay one that is deleted at its end."""
        if self._is_replay:
            from tempfile import TemporaryDirectory

            self._replay_folder = self._replay_folder or TemporaryDirectory(prefix="matui-replay-")
            return Path(self._replay_folder.name)
        from matui.config.paths import state_path

        return state_path()

    def open(self) -> None:
        """Read the memory of earlier runs, and keep it from now on."""
        self.memory = Memory(self.folder() / "console.json")

    def load_history(self) -> None:
        """Put the prompts of earlier runs before those of this one."""
        self.history.load(self.memory.get("history"))

    def keep(self, name: str, value: Any) -> None:
        """Keep a value for the next run, where the settings allow it."""
        self.memory.put(name, value)
        self._write_later(self.memory.write)

    def write_later(self, write: Callable[[], None]) -> None:
        """Run what writes to the state folder in a thread."""
        self._write_later(write)

    def close(self) -> None:
        """Delete the folder of a replay."""
        if self._replay_folder is not None:
            self._replay_folder.cleanup()

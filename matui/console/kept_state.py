"""The state that the console keeps from run to run, in a small JSON file: split, tables, prompt history."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from matui.base.regular_files import read_regular_bytes

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

_MAX_ENTRIES = 100  # of a mode
_MAX_CHARACTERS = 500  # of an entry
_MOST_BYTES = 262_144


class PromptHistory:
    """Entries by mode, oldest first; an entry that is repeated moves to the end.

    ``on_change`` gets all entries whenever one is added.
    """

    def __init__(self, on_change: Callable[[Mapping[str, list[str]]], object] | None = None) -> None:
        self._entries: dict[str, list[str]] = {}
        self._on_change = on_change

    def load(self, kept: object) -> None:
        """Put the entries of earlier runs before those of this one; ignores what is not one."""
        for mode, entries in kept.items() if isinstance(kept, dict) else ():
            if isinstance(entries, list):
                old = [entry for entry in entries if isinstance(entry, str)]
                self._entries[mode] = [*old, *self._entries.get(mode, [])][-_MAX_ENTRIES:]

    def list_entries(self, mode: str) -> list[str]:
        """Return the entries of a mode, oldest first."""
        return list(self._entries.get(mode, ()))

    def add(self, mode: str, text: str) -> None:
        """Add an entry; blank and very long ones are not kept."""
        text = text.strip()
        if not text or len(text) > _MAX_CHARACTERS:
            return
        before = [entry for entry in self._entries.get(mode, ()) if entry != text]
        self._entries[mode] = [*before, text][-_MAX_ENTRIES:]
        if self._on_change is not None:
            self._on_change(self._entries)


@runtime_checkable
class HasHistory(Protocol):
    """An application that keeps the history of its prompts."""

    history: PromptHistory


class HistoryWalk:
    """A walk through entries with up and down; what was typed before it is where it ends."""

    def __init__(self, entries: list[str], draft: str) -> None:
        self._texts = [*(entry for entry in entries if entry != draft), draft]
        self._at = len(self._texts) - 1

    def step(self, step: int) -> str | None:
        """Return the text ``step`` further on, negative for earlier; None at either end."""
        at = self._at + step
        if not 0 <= at < len(self._texts):
            return None
        self._at = at
        return self._texts[at]


class StateFile:
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
        values = json.loads(read_regular_bytes(path, _MOST_BYTES))
        return values if isinstance(values, dict) else {}
    return {}


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

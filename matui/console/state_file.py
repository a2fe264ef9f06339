"""A small JSON file of values by name, in which the console keeps state from run to run."""

from __future__ import annotations

import json
import os
import stat
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

_MOST_BYTES = 262_144


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
        if stat.S_ISREG(path.stat().st_mode):
            with path.open("rb") as file:
                values = json.loads(file.read(_MOST_BYTES))
            return values if isinstance(values, dict) else {}
    return {}

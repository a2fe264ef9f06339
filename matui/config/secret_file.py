"""Reading files that may hold secrets: regular ones only, small, and their owner's alone."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from matui.errors import ConfigError

_LARGEST_BYTES = 1_000_000


def text_of(file: Path) -> str | None:
    """Return a file's text, None where there is no such file. Raises ConfigError.

    A pipe or a device is no such file: it is not even opened.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            return None
        with file.open("rb") as opened:
            return opened.read(_LARGEST_BYTES).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(f"The file cannot be read: {error.strerror}.", file=str(file)) from error
    except UnicodeDecodeError:
        raise ConfigError("The file is not UTF-8 text.", file=str(file)) from None


def home_of(environ: Mapping[str, str]) -> Path:
    """Return the user's home: ``HOME`` of the environment, else what the system says."""
    home = environ.get("HOME", "").strip()
    return Path(home) if home else Path.home()

"""Where matui keeps its files: the platform's folders, made readable by their owner alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

_APP = "matui"
_ON_LINUX = {"config": ".config", "state": ".local/state", "cache": ".cache"}


def get_config_dir() -> Path:
    """Return the folder of ``config.toml`` and of the user's themes; it is not created."""
    return _find_platform_folder("config")


def get_config_file() -> Path:
    """Return the place of the config file, whether it exists or not."""
    return get_config_dir() / "config.toml"


def find_config_file(path: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the config file to use: ``path`` (``--config``), then ``MATUI_CONFIG``, then the platform's."""
    if path is not None:
        return path.expanduser()
    named = environ.get("MATUI_CONFIG", "").strip()
    return Path(named).expanduser() if named else get_config_file()


def get_audit_dir(*, demo: bool) -> Path:
    """Return the folder of the audit trail; actions on the demo have one of their own."""
    return get_state_path() / "demo" if demo else get_state_path()


def get_capsules_dir(*, demo: bool) -> Path:
    """Return the folder of the capsules; those of the demo have one of their own. It is not created."""
    return get_audit_dir(demo=demo) / "capsules"


def make_state_dir() -> Path:
    """Return the folder of the audit trail and debug logs, created with mode 0700."""
    return ensure_private_dir(get_state_path())


def get_state_path() -> Path:
    """Return the state folder without creating it."""
    return _find_platform_folder("state")


def make_cache_dir() -> Path:
    """Return the folder of what can be fetched again, such as tokens, created with mode 0700 where possible.

    On a full or read-only disk nothing is cached, and no error is raised.
    """
    folder = _find_platform_folder("cache")
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def get_user_themes_dir() -> Path:
    """Return the folder of the user's own themes, whether it exists or not."""
    return get_config_dir() / "themes"


def _find_platform_folder(purpose: Literal["config", "state", "cache"]) -> Path:
    """Return the folder where the platform keeps files for a purpose."""
    if not sys.platform.startswith("linux"):
        import platformdirs

        folder: Path = getattr(platformdirs, f"user_{purpose}_path")(_APP, appauthor=False)
        return folder
    # The base directories of freedesktop.org as platformdirs reads them, without its 5 ms of import.
    named = os.environ.get(f"XDG_{purpose.upper()}_HOME", "")
    return (Path(named) if named.strip() else Path("~", _ON_LINUX[purpose]).expanduser()) / _APP


def ensure_private_dir(path: Path) -> Path:
    """Create ``path`` with mode 0700 where it is missing, and return it.

    Raises ConfigError when the folder cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        from matui.base.errors import ConfigError

        raise ConfigError(
            f"The folder {path} cannot be made: {error.strerror or error}.",
            remedy="Make it by hand, or point XDG_CONFIG_HOME, XDG_STATE_HOME and XDG_CACHE_HOME elsewhere.",
        ) from error
    return path

"""Where matui keeps its files: the platform's folders, made readable by their owner alone."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_APP = "matui"


def config_dir() -> Path:
    """Return the folder of ``config.toml`` and of the user's themes; it is not created."""
    from platformdirs import user_config_path

    return user_config_path(_APP, appauthor=False)


def config_file() -> Path:
    """Return the place of the config file, whether it exists or not."""
    return config_dir() / "config.toml"


def chosen_file(path: Path | None, environ: Mapping[str, str]) -> Path:
    """Return the config file to use: ``path`` (``--config``), then ``MATUI_CONFIG``, then the platform's."""
    if path is not None:
        return path.expanduser()
    named = environ.get("MATUI_CONFIG", "").strip()
    return Path(named).expanduser() if named else config_file()


def state_dir() -> Path:
    """Return the folder of the audit trail and debug logs, created with mode 0700."""
    return private_dir(state_path())


def state_path() -> Path:
    """Return the same folder, which is made by whoever writes to it first: looking needs no disk."""
    from platformdirs import user_state_path

    return user_state_path(_APP, appauthor=False)


def cache_dir() -> Path:
    """Return the folder of what can be fetched again, such as tokens, with mode 0700 where it can be made.

    A disk that is full or read-only keeps nobody from looking: nothing is cached then.
    """
    from platformdirs import user_cache_path

    folder = user_cache_path(_APP, appauthor=False)
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def user_themes_dir() -> Path:
    """Return the folder of the user's own themes, whether it exists or not."""
    return config_dir() / "themes"


def private_dir(path: Path) -> Path:
    """Create ``path`` with mode 0700 where it is missing, and return it.

    Raises ConfigError when the folder cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        from matui.errors import ConfigError

        raise ConfigError(
            f"The folder {path} cannot be made: {error.strerror or error}.",
            remedy="Make it by hand, or point XDG_CONFIG_HOME, XDG_STATE_HOME and XDG_CACHE_HOME elsewhere.",
        ) from error
    return path

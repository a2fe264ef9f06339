"""Reads the config file of a command, with the checks that need the kinds."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from matui.base.errors import IncompleteOutputError
from matui.cli.options import Options

if TYPE_CHECKING:
    from matui.config.settings import Settings


def read_settings(options: Options) -> Settings:
    """Return the settings. Raises ConfigError with file, line and key for anything wrong."""
    from matui.config.loading import load_settings
    from matui.resources.registry import KIND_KEYS, KIND_NAMES

    settings = load_settings(options.config, os.environ, KIND_KEYS, KIND_NAMES)
    if settings.notify:
        _check_notify(settings)
    return settings


def refuse_changeable_config(options: Options) -> None:
    """Raise ConfigError where others can change the config file, for a command that goes on without one."""
    from matui.config.paths import find_config_file
    from matui.config.private_files import refuse_if_changed_by_others

    if options.config is not None or not options.demo:
        refuse_if_changed_by_others(find_config_file(options.config, os.environ))


def read_demo_settings(options: Options) -> Settings:
    """Return the settings of the demo: those of a file that is named, else the defaults; no profiles.

    Raises ConfigError as :func:`read_settings`.
    """
    from matui.config.settings import Settings

    if options.config is None:
        return Settings.model_construct()  # the defaults, without the validator of settings
    own = read_settings(options)
    return own.model_copy(update={"profiles": {}, "default_profile": None})


def find_wrong_themes(settings: Settings) -> Iterator[str]:
    """Yield a sentence with file and line for each theme of the settings and the profiles that is not there.

    Theme files of the user that cannot be read are named too where a theme is set.
    """
    wanted = {settings.theme, *(profile.theme for profile in settings.profiles.values())} - {None}
    if not wanted:
        return
    from matui.config.paths import get_user_themes_dir
    from matui.config.theme_files import describe_unknown_theme, read_themes

    themes, notices = read_themes(get_user_themes_dir())
    names = [theme.name for theme in themes]
    for name in sorted(name for name in wanted if name and name not in names):
        yield f"{settings.locate_theme(name)}{describe_unknown_theme(name, names)}"
    yield from notices


def _check_notify(settings: Settings) -> None:
    from matui.base.errors import ConfigError
    from matui.live.notify.rules import RuleError, build_rule

    for number, rule in enumerate(settings.notify):
        try:
            build_rule(rule.kinds, rule.filter, rule.to, rule.before)
        except RuleError as error:
            source = settings.source
            raise ConfigError(
                error.sentence,
                file=str(source.file) if source is not None else "",
                line=source.find_line(("notify", number, error.field)) if source is not None else None,
                key=f"notify.{number}.{error.field}",
                remedy=error.remedy,
            ) from None


def check_state(folder: Path, *, files: Iterable[Path] = (), folders: Iterable[Path] = ()) -> None:
    """Return where the state folder and what is named in it can be read, or does not exist.

    Raises IncompleteOutputError.
    """
    try:
        for each in (folder, *folders):
            if _exists(each):
                os.scandir(each).close()
        for file in files:
            if _exists(file):
                _check_file(file)
    except OSError as error:
        raise IncompleteOutputError(
            f"The state folder cannot be read: {error.filename}: {error.strerror or error}.",
            remedy="Repair or remove it, or point XDG_STATE_HOME elsewhere.",
        ) from error


def _check_file(file: Path) -> None:
    """Raise OSError where a file cannot be read, or is a folder, a link or a pipe."""
    mode = file.lstat().st_mode
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a link" if stat.S_ISLNK(mode) else "no regular file"
        raise OSError(errno.EINVAL, f"it is {what}", str(file))
    os.close(os.open(file, os.O_RDONLY | os.O_CLOEXEC))


def _exists(path: Path) -> bool:
    """Return whether there is a path. Raises OSError, also where a folder of it is a file."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True

"""``matui config init|show|path``: write, show or locate the config file. Secrets are never printed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matui.base.errors import ConfigError, UsageError
from matui.cli.options import Options, SuggestingGroup

if TYPE_CHECKING:
    from matui.config.settings import Settings


@click.group("config", cls=SuggestingGroup)
def command() -> None:
    """Write a first config file, show what is in force, or print where the file is."""


@command.command("path")
@click.pass_obj
def path(options: Options) -> None:
    """Print where the config file is, or would be."""
    print(str(_find_file(options)))


@command.command("init")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@click.pass_obj
def init(options: Options, force: bool) -> None:
    """Write a commented config file that only you can read."""
    file = _find_file(options)
    write_first_file(file, force=force)
    print(f"Wrote {file}. Fill in the profile, then run: matui doctor")


@command.command("show")
@click.pass_obj
def show(options: Options) -> None:
    """Print the settings in force as TOML, without secrets.

    Of a secret only its source is shown.
    """
    from matui.cli.context.settings import find_wrong_themes, read_settings
    from matui.cli.output.streams import note
    from matui.config.rendering import format_settings

    settings = read_settings(options)
    source = settings.source
    if source is not None:
        print(f"# {source.file}{'' if source.exists else ' (does not exist)'}")
    print(format_settings(settings), end="")
    print(_describe_profile_in_use(settings, options), end="")
    for sentence in find_wrong_themes(settings):
        note(sentence)


def write_first_file(file: Path, *, force: bool) -> None:
    """Write the template with mode 0600. Raises UsageError when the file exists and ``force`` is off."""
    from matui.config.paths import ensure_private_dir
    from matui.config.rendering import TEMPLATE

    ensure_private_dir(file.parent)
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(TEMPLATE)
        _move(temporary, file, force=force)
    except FileExistsError:
        raise UsageError(f"{file} exists already.", remedy="Overwrite it with --force.") from None
    except OSError as error:
        raise ConfigError(
            f"The file cannot be written: {error.strerror or error}.",
            file=str(file),
            remedy="Check the folder and your rights there.",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def _move(temporary: Path, file: Path, *, force: bool) -> None:
    """Move the file to its place atomically; without ``force`` never over another."""
    if force:
        temporary.replace(file)
    else:
        os.link(temporary, file)


def _find_file(options: Options) -> Path:
    """Return the path of the config file, without importing the settings."""
    from matui.config.paths import find_config_file

    return find_config_file(options.config, os.environ)


def _describe_profile_in_use(settings: Settings, options: Options) -> str:
    """Return the profile in use as a comment, or the reason that there is none."""
    from matui.config.profiles import NoProfileError, choose_profile
    from matui.config.rendering import format_profile

    try:
        profile = choose_profile(settings, options.profile, os.environ)
    except NoProfileError as error:
        return "".join(f"# no profile: looked for {place}\n" for place in error.looked_for)
    except ConfigError as error:
        return f"# no profile can be used: {error}\n"
    if profile.name in settings.profiles:
        return f"# in use: {profile.name}\n"
    return f"# in use, from outside of the file:\n{format_profile(profile)}"

"""``matui capsule list|show|export``: what was saved when something failed. No network is needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matui.cli.completion.candidates import complete_capsules
from matui.cli.options import FilePath, Options, SuggestingGroup, output_option, refuse_ineffective

if TYPE_CHECKING:
    from matui.cli.context.session import Session
    from matui.live.capsules.archive import CapsuleStore
    from matui.resources.model import Resource


@click.group("capsule", cls=SuggestingGroup)
def command() -> None:
    """List, show and export capsules: the log, events, detail and metrics of what failed."""


@command.command("list", short_help="The capsules, newest first.")
@output_option("table", "json")
@click.pass_obj
def list_command(options: Options, output: str) -> None:
    """List the capsules in the state folder, newest first."""
    from matui.base.errors import IncompleteOutputError
    from matui.base.text.sanitize import clean
    from matui.cli.output.streams import measure_terminal_width, note, print_line, to_json
    from matui.live.capsules.text import format_capsules

    store = open_store(options)
    found = store.list_capsules()
    if output == "json":
        items = [one.manifest.as_json(one.size) for one in found]
        print_line(to_json({"items": items}, indent=2))
    elif not found:
        note("No capsule has been saved.")
    for line in format_capsules(found, measure_terminal_width()) if output == "table" and found else ():
        print_line(line)
    if broken := store.list_unreadable():
        newer = [f"The capsule {one.needs}." for one in broken if one.needs]
        damaged = ", ".join(clean(one.path.name) for one in broken if not one.needs)
        words = [*newer, f"These capsules cannot be read: {damaged}."] if damaged else newer
        raise IncompleteOutputError("\n".join(words), remedy="Update matui to open it." if newer else "")


@command.command("show", short_help="What is in a capsule.")
@click.argument("capsule_id", metavar="ID", shell_complete=complete_capsules)
@click.option("--log", "file", metavar="NAME", help="Print this log file of the capsule instead.")
@output_option("text", "json")
@click.pass_obj
def show_command(options: Options, capsule_id: str, file: str | None, output: str) -> None:
    """Show a capsule: its manifest, detail and events, and the end of each log.

    ID is the id of a capsule or the beginning of one.
    """
    from matui.cli.logs.output import format_for_terminal
    from matui.cli.output.streams import measure_terminal_width, print_line, to_json
    from matui.live.capsules.text import find_log, serialize_capsule, show_lines

    refuse_ineffective("-o json", file is not None and output == "json", "--log")
    capsule = open_store(options).find(capsule_id)
    if file is not None:
        text = capsule.read(find_log(capsule.manifest, file).entry).decode("utf-8", "replace")
        for line in text.split("\n")[:-1]:
            print_line(format_for_terminal(line) if sys.stdout.isatty() else line)
    elif output == "json":
        print_line(to_json(serialize_capsule(capsule), indent=2))
    else:
        for line in show_lines(capsule, measure_terminal_width()):
            print_line(line)


@command.command("export", short_help="Copy a capsule to a file.")
@click.argument("capsule_id", metavar="ID", shell_complete=complete_capsules)
@click.argument("file", metavar="[FILE]", required=False, type=FilePath())
@click.option("--redact", is_flag=True, help="Replace names, ids and owners by pseudonyms.")
@click.pass_obj
def export_command(options: Options, capsule_id: str, file: Path | None, redact: bool) -> None:
    """Copy a capsule to FILE, by default ID.zip in the current folder. An existing file is not replaced."""
    from matui.cli.output.streams import note
    from matui.live.capsules.archive import export_capsule, export_entries

    capsule = open_store(options).find(capsule_id)
    if redact:
        from matui.live.capsules.redacted import redact_capsule

        manifest, entries = redact_capsule(capsule, _read_identities(options))
        target = export_entries(manifest, entries, file or Path(f"{manifest.id}.zip"))
    else:
        target = export_capsule(capsule, file or Path(f"{capsule.manifest.id}.zip"))
    note(f"Saved to {target}.")
    names = "names and secrets" if redact else "secrets"
    note(f"The log may hold {names} that matui does not recognise: look at it before you share the file.")


def _read_identities(options: Options) -> tuple[Resource, ...]:
    """Return the resources that the journal of this user knows; the demo has none."""
    if options.demo:
        return ()
    from matui.base.clock import SystemClock
    from matui.cli.output.streams import note
    from matui.config.paths import get_state_path
    from matui.live.journal.journal import open_journal

    journal = open_journal(get_state_path(), clock=SystemClock(), on_problem=note)
    try:
        return journal.reader.read_identities()
    finally:
        journal.close()


def open_store(options: Options) -> CapsuleStore:
    """Return the store of the capsules of this user, or of the demo."""

    from matui.cli.context.settings import check_state, read_settings
    from matui.config.paths import get_capsules_dir
    from matui.config.settings import Settings
    from matui.live.capsules.archive import CapsuleStore

    folder = get_capsules_dir(demo=options.demo)
    check_state(folder.parent, folders=[folder])
    settings = Settings() if options.demo else read_settings(options)
    limit = int(settings.capsules.megabytes * 1_000_000)
    return CapsuleStore(folder, limit_bytes=limit)


def open_capsule_session(options: Options, name: str) -> Session:
    """Return the session of ``capsule:ID``. Raises NotFoundError, UsageError for an unknown ID."""
    from matui.base.clock import SystemClock
    from matui.cli.context.session import Session
    from matui.config.settings import Profile, Settings
    from matui.live.capsules import PROFILE_PREFIX
    from matui.live.capsules.cloud import CapsuleCloud

    cloud = CapsuleCloud(open_store(options).find(name.removeprefix(PROFILE_PREFIX)))
    profile = Profile.model_validate(
        {"name": name, "cloud": cloud.name, "read_only": True, "endpoint": "http://127.0.0.1:9"}
    )
    settings = Settings.model_validate({"journal": {"enabled": False}, "capsules": {"enabled": False}})
    return Session(cloud, profile, settings, SystemClock(), "", True)

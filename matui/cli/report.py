"""``matui report``: the hand-over of a shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matui.cli.completion.candidates import complete_times
from matui.cli.options import (
    Options,
    list_chosen_profiles,
    output_option,
    parse_moment_option,
    refuse_empty_range,
)

if TYPE_CHECKING:
    from matui.live.report.gather import ReportSources


@click.command("report")
@click.option(
    "--since",
    default="8h",
    show_default=True,
    metavar="TIME",
    shell_complete=complete_times,
    help="Such as 8h, 03:12 or 2025-11-02.",
)
@output_option("markdown", "json")
@click.pass_obj
def command(options: Options, since: str, output: str) -> int:
    """Report what failed and why, what recovered, what was done, and what is open.

    It is read from the journal, the audit trail and the capsules of this user; with -p for some profiles. It
    needs neither a config file nor a network. Exits 6 where the journal cannot be read or knows nothing of a
    profile.
    """
    from matui.base.clock import SystemClock
    from matui.cli.changes import note_unknown_profiles
    from matui.cli.context.settings import check_state, refuse_changeable_config
    from matui.cli.output.streams import note, print_line, to_json
    from matui.config.paths import get_audit_dir, get_state_path
    from matui.live.audit.trail import open_audit_file
    from matui.live.journal.journal import open_journal
    from matui.live.report.gather import read_report
    from matui.live.report.page import format_report, serialize_report

    refuse_changeable_config(options)
    clock = SystemClock()
    now_ms = int(clock.now() * 1000)
    start = parse_moment_option("--since", since, now_ms)
    refuse_empty_range(since, None, (start, None), now_ms)
    folder = get_audit_dir(demo=options.demo)
    check_state(
        folder, files=[open_audit_file(folder).file, folder / "watches.json"], folders=[folder / "capsules"]
    )
    if options.demo:
        note("The demo keeps no journal, and its lists are not read here; :report in the console reads them.")
    profiles = list_chosen_profiles(options)
    journal = open_journal(None if options.demo else get_state_path(), clock=clock, on_problem=note)
    try:
        unknown = note_unknown_profiles(journal, profiles)
        report = read_report(
            journal, folder, start or 0, now_ms, profiles=profiles, sources=_build_sources(options)
        )
    finally:
        journal.close()
    if output == "json":
        print_line(to_json(serialize_report(report), indent=2))
    else:
        print_line(format_report(report, demo=options.demo).rstrip("\n"))
    return 6 if journal.problem or unknown else 0


def _build_sources(options: Options) -> ReportSources:
    """Return what follows from the settings of logs and of triage; a wrong file is noted."""
    from functools import partial

    from matui.base.errors import ConfigError
    from matui.cli.context.settings import read_demo_settings, read_settings
    from matui.cli.output.streams import note
    from matui.config.section_settings import Logs
    from matui.live.capsules.cloud import explain_capsule
    from matui.live.report.gather import ReportSources
    from matui.live.triage.item import DEFAULT_LIMITS, Thresholds

    try:
        settings = (read_demo_settings if options.demo else read_settings)(options)
    except ConfigError as error:
        note(f"Reasons are read without [logs] of the config file, and without its [triage]: {error}")
        logs, limits = Logs(), DEFAULT_LIMITS
    else:
        logs, limits = settings.logs, Thresholds(**dict(settings.triage))
    find_why = partial(explain_capsule, rules=logs.compile_error_rules(), new_parser=logs.build_time_parser)
    return ReportSources(find_why, limits)

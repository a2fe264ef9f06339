"""``matui audit``: the recorded actions, who sent them, and their outcome."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import click

from matui.base.text.formatting import pluralize
from matui.cli.options import (
    Options,
    output_option,
    parse_moment_option,
    refuse_empty_range,
    since_option,
)
from matui.cli.output.streams import note, print_line, to_json
from matui.live.audit.entry import AuditEntry
from matui.live.audit.trail import AuditReading


@click.command("audit")
@since_option
@output_option("text", "json", "jsonl")
@click.pass_obj
def command(options: Options, since: str | None, output: str) -> None:
    """Show the actions recorded in this user's state folder, newest first; with -p those of some profiles.

    It needs neither a config file nor a network.
    """
    from matui.base.clock import SystemClock
    from matui.cli.context.settings import check_state
    from matui.config.paths import get_audit_dir
    from matui.live.audit.trail import open_audit_file, read_audit

    now_s = SystemClock().now()
    start = parse_moment_option("--since", since, now_s * 1000)
    refuse_empty_range(since, None, (start, None), now_s * 1000)
    start_s = None if start is None else start / 1000
    file = open_audit_file(get_audit_dir(demo=options.demo))
    check_state(file.file.parent, files=[file.file])
    reading = read_audit(file, now_s)
    wanted = None if options.all_profiles or not options.profile else _split_profiles(options.profile)
    entries = [entry for entry in reading.entries if _fits(entry, start_s, wanted)]
    _write(entries, reading, output, start_s)


def _split_profiles(typed: str) -> frozenset[str]:
    return frozenset((typed, *(name.strip() for name in typed.split(","))))


def _fits(entry: AuditEntry, start_s: float | None, profiles: Container[str] | None) -> bool:
    if profiles is not None and entry.get_text("profile") not in profiles:
        return False
    return start_s is None or entry.at_ms is None or entry.at_ms / 1000 >= start_s


def _write(entries: list[AuditEntry], reading: AuditReading, output: str, start_s: float | None) -> None:
    if output == "json":
        print_line(to_json(_build_document(entries, reading, start_s), indent=2))
        return
    if reading.skipped:
        note(f"{pluralize(reading.skipped, 'line')} of the audit could not be read.")
    if output == "jsonl":
        for entry in entries:
            print_line(to_json(entry.as_json()))
    elif not entries:
        note("No action is recorded." if start_s is None else "No action is recorded since then.")
    else:
        _write_table(entries)


def _build_document(
    entries: list[AuditEntry], reading: AuditReading, start_s: float | None
) -> dict[str, Any]:
    from matui.base.text.formatting import format_iso_utc

    return {
        "since": format_iso_utc(start_s * 1000) if start_s is not None else None,
        "skipped": reading.skipped,
        "total": len(entries),
        "items": [entry.as_json() for entry in entries],
    }


def _write_table(entries: list[AuditEntry]) -> None:
    from matui.cli.output.table import print_table
    from matui.live.audit.entry import build_audit_row
    from matui.resources.kinds.audit import AUDIT

    print_table(AUDIT, [build_audit_row(entry) for entry in entries])

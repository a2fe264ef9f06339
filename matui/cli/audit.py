"""``matui audit``: the recorded actions, who sent them, and their outcome."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import click

from matui.base.errors import UsageError
from matui.cli.options import Options
from matui.cli.output import note, print_line, terminal_width, to_json
from matui.live.audit.entry import AuditEntry
from matui.live.audit.trail import AuditReading


@click.command("audit", short_help="What was done from here, by whom, and what became of it.")
@click.option("--since", metavar="TIME", help="Such as 30m, 7d, 03:12, 2025-11-02 or 2025-11-02T14:30+08:00.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(("text", "json", "jsonl")),
    default="text",
    show_default=True,
    help="Format.",
)
@click.pass_obj
def command(options: Options, since: str | None, output: str) -> None:
    """Show the actions recorded in this user's state folder, newest first; with -p those of some profiles.

    It needs neither a config file nor a network.
    """
    from matui.base.clock import SystemClock
    from matui.cli.state_folder import check_state
    from matui.config.paths import audit_dir
    from matui.live.audit.trail import open_audit_file, read_audit

    now_s = SystemClock().now()
    start_s = _start(since, now_s)
    file = open_audit_file(audit_dir(demo=options.demo))
    check_state(file.file.parent, files=[file.file])
    reading = read_audit(file, now_s)
    wanted = None if options.all_profiles or not options.profile else _profiles(options.profile)
    entries = [entry for entry in reading.entries if _fits(entry, start_s, wanted)]
    _write(entries, reading, output, start_s)


def _start(since: str | None, now_s: float) -> float | None:
    """Return the value of ``--since`` in seconds since the epoch; None for no limit."""
    if since is None:
        return None
    from matui.live.logs.time_search import parse_moment

    try:
        return parse_moment(since, last_ms=now_s * 1000, zone=None) / 1000
    except ValueError as wrong:
        raise UsageError(f"--since {since!r} is {wrong}.") from None


def _profiles(typed: str) -> frozenset[str]:
    return frozenset((typed, *(name.strip() for name in typed.split(","))))


def _fits(entry: AuditEntry, start_s: float | None, profiles: Container[str] | None) -> bool:
    if profiles is not None and entry.text("profile") not in profiles:
        return False
    return start_s is None or entry.at_ms is None or entry.at_ms / 1000 >= start_s


def _write(entries: list[AuditEntry], reading: AuditReading, output: str, start_s: float | None) -> None:
    if output == "json":
        print_line(to_json(_document(entries, reading, start_s), indent=2))
        return
    if reading.skipped:
        note(f"{reading.skipped} lines of the audit could not be read and are left out.")
    if output == "jsonl":
        for entry in entries:
            print_line(to_json(entry.as_json()))
    elif not entries:
        note("No action is recorded." if start_s is None else "No action is recorded since then.")
    else:
        _write_table(entries)


def _document(entries: list[AuditEntry], reading: AuditReading, start_s: float | None) -> dict[str, Any]:
    from matui.base.formatting import format_iso_utc

    return {
        "since": format_iso_utc(start_s * 1000) if start_s is not None else None,
        "skipped": reading.skipped,
        "total": len(entries),
        "items": [entry.as_json() for entry in entries],
    }


def _write_table(entries: list[AuditEntry]) -> None:
    from matui.cli.table import Table
    from matui.live.audit.table import build_row
    from matui.resources.kinds.audit import AUDIT

    rows = [build_row(entry) for entry in entries]
    room = terminal_width()
    table = Table.fitted(AUDIT, rows, 0.0, wide=room is None, room=room)
    print_line("\n".join([table.header(), *(table.row(row, 0.0) for row in rows)]))

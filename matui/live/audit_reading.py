"""Reads the audit trail of this user, whoever wrote it and however broken it is."""

from __future__ import annotations

import os
from dataclasses import dataclass

from matui.live.audit_entry import Entry, entries_of, parse_lines
from matui.live.line_file import LineFile


@dataclass(frozen=True, slots=True)
class Reading:
    """The actions, newest first, and how many lines could not be read."""

    entries: tuple[Entry, ...]
    skipped: int


def read_audit(lines: LineFile, now_s: float, *, last_bytes: int | None = None) -> Reading:
    """Return the trail at ``now_s`` (seconds since the epoch); only its end when ``last_bytes`` is given."""
    parts = lines.parts(last_bytes)
    parsed, skipped = parse_lines(parts, cut=last_bytes is not None)
    entries = entries_of(parsed, now_s, os.uname().nodename, _is_alive)
    return Reading(tuple(reversed(entries)), skipped)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True

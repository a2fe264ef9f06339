"""Findings of a log as lines. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from matui.base.sanitize import clean
from matui.console.lines.view import Spans
from matui.console.panes.rendering import time_text
from matui.signals.findings import Finding


def finding_lines(findings: Iterable[Finding], *, utc: bool) -> list[Spans]:
    """Return a line for each finding: kind, sentence, its line in the log, and since when."""
    return [
        (
            (f"✗ {finding.kind.replace('_', ' ')}  ", "error"),
            (clean(finding.words), ""),
            (f"  {describe_place(finding, utc=utc)}".rstrip(), "muted"),
        )
        for finding in findings
    ]


def describe_place(finding: Finding, *, utc: bool) -> str:
    """Return where a finding is in the log and since when, ``""`` where neither is known."""
    parts = [] if finding.line is None else [f"line {finding.line + 1:,}"]
    if finding.since_ms is not None:
        parts.append(f"since {time_text(finding.since_ms, utc=utc)}")
    return ", ".join(parts)

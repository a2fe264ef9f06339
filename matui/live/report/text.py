"""The hand-over as Markdown and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from matui.base.formatting import format_iso_utc, format_local_time
from matui.live.journal.change import Change
from matui.live.journal.export import format_change, format_span
from matui.live.report.build import Failure, OpenItem, Report
from matui.resources.columns import short_status

_MOST_ROWS = 100
_CELL = 200  # characters


def report_json(report: Report) -> dict[str, Any]:
    """Return the document of ``matui report -o json``."""
    return {
        "since": format_iso_utc(report.since),
        "until": format_iso_utc(report.until),
        "failed": [
            format_change(one.change)
            | {
                "recovered_at": format_iso_utc(one.recovered.seen_at) if one.recovered else None,
                "capsule": one.capsule or None,
            }
            for one in report.failed
        ],
        "recovered": [format_change(change) for change in report.recovered],
        "actions": [entry.as_json() for entry in report.actions],
        "open": [_open_json(item) for item in report.open],
        "unwatched": [format_span(span) for span in report.unwatched],
        "capsules": [
            {"id": one.id, "saved_at": format_iso_utc(one.saved_at), "kind": one.kind, "name": one.name}
            for one in report.capsules
        ],
    }


def _open_json(item: OpenItem) -> dict[str, Any]:
    note = item.acknowledged
    return {
        "profile": item.profile,
        "kind": item.kind,
        "id": item.id,
        "name": item.name,
        "state": item.state,
        "since": format_iso_utc(item.since) if item.since is not None else None,
        "acknowledged": {"by": note.by, "at": format_iso_utc(note.at), "note": note.note} if note else None,
        "waiting": item.is_watched,
    }


def report_markdown(report: Report) -> str:
    """Return the hand-over as Markdown: what failed and why, what was done, what is open."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# Hand-over {_time(report.since)} to {_time(report.until)}"
    yield ""
    yield _summary(report)
    yield from _table("Open", ("what", "state", "since", "note"), report.open, _open_row)
    yield from _table("Failed", ("seen", "what", "from → to", "why", "ended"), report.failed, _failed_row)
    yield from _table("Recovered", ("seen", "what", "from → to"), report.recovered, _recovered_row)
    yield from _table("Done", ("when", "by", "action", "what", "outcome"), report.actions, _action_row)
    yield from _table(
        "Not watched", ("from", "to"), report.unwatched, lambda gap: (_time(gap.start), _time(gap.end))
    )
    yield from _table(
        "Capsules",
        ("saved", "what", "id"),
        report.capsules,
        lambda one: (_time(one.saved_at), f"{one.kind} {one.name}", f"`{one.id}`"),
    )


def _summary(report: Report) -> str:
    unwatched_min = sum(gap.end - gap.start for gap in report.unwatched) / 60_000
    total_min = max(1.0, (report.until - report.since) / 60_000)
    watched = max(0.0, 100 - 100 * unwatched_min / total_min)
    parts = [
        f"{len(report.open)} open",
        f"{len(report.failed)} failures",
        f"{len(report.recovered)} recovered",
        f"{len(report.actions)} actions",
        f"watched {watched:.0f} % of the time",
    ]
    return " · ".join(parts)


def _table(
    title: str, heads: tuple[str, ...], items: Any, row: Callable[[Any], tuple[str, ...]]
) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    if not items:
        yield "None."
        return
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for item in items[:_MOST_ROWS]:
        yield f"| {' | '.join(map(_cell, row(item)))} |"
    if len(items) > _MOST_ROWS:
        yield ""
        yield f"{len(items) - _MOST_ROWS} more are in the JSON form."


def _cell(text: str) -> str:
    cut = text if len(text) <= _CELL else text[: _CELL - 1] + "…"
    return cut.replace("\n", " ").replace("|", "\\|")


def _open_row(item: OpenItem) -> tuple[str, ...]:
    note = item.acknowledged
    words = [
        f"acknowledged by {note.by}: {note.note}" if note else "",
        "waited for" if item.is_watched else "",
    ]
    since = _time(item.since) if item.since is not None else "–"
    return (
        f"{item.kind} {item.name}",
        short_status(item.state),
        since,
        "; ".join(word for word in words if word) or "–",
    )


def _failed_row(failure: Failure) -> tuple[str, ...]:
    change = failure.change
    why = " ".join(part for part in (change.reason, f"({change.code})" if change.code else "") if part)
    ended = _time(failure.recovered.seen_at) if failure.recovered else "open"
    return _time(change.seen_at), f"{change.kind} {change.name}", _states(change), why or "–", ended


def _recovered_row(change: Change) -> tuple[str, ...]:
    return _time(change.seen_at), f"{change.kind} {change.name}", _states(change)


def _action_row(entry: Any) -> tuple[str, ...]:
    what = f"{entry.text('kind')} {entry.text('name') or entry.resource_id}"
    outcome = f"{entry.outcome}, {entry.verdict}" if entry.verdict else entry.outcome
    new = f" → {entry.resource_id}" if entry.text("action") in ("rerun", "create", "add") else ""
    moment = _time(int(entry.at_ms)) if entry.at_ms is not None else "–"
    return moment, entry.text("user"), entry.text("action"), what + new, outcome


def _states(change: Change) -> str:
    before, after = short_status(change.before or "new"), short_status(change.after or "deleted")
    return f"{before} → {after}"


def _time(at: int) -> str:
    return format_local_time(at)[:19]

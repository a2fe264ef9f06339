"""The hand-over as Markdown and as JSON. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from matui.base.formatting import format_iso_utc, format_local_time, format_percent
from matui.live.audit.entry import AuditEntry
from matui.live.capsules.manifest import Manifest
from matui.live.journal.change import Change
from matui.live.journal.change_views import change_as_json, span_as_json
from matui.live.report.build import Failure, OpenItem, Report
from matui.resources.columns import short_status
from matui.resources.registry import INNER_KINDS, KINDS

T = TypeVar("T")

_ID = re.compile(r"[0-9a-f]{32}")  # of a user whose name is not known
_MOST_ROWS = 100
_SHORT_WHY = 76  # characters: a line of a terminal of 80 columns
_DAY_MS = 86_400_000
_CELL = 200  # characters


def report_json(report: Report) -> dict[str, Any]:
    """Return the document of ``matui report -o json``."""
    return {
        "since": format_iso_utc(report.since),
        "until": format_iso_utc(report.until),
        "failed": [
            change_as_json(one.change)
            | {
                "recovered_at": format_iso_utc(one.recovered.seen_at) if one.recovered else None,
                "capsule": one.capsule or None,
                "why": one.why or None,
            }
            for one in report.failed
        ],
        "recovered": [change_as_json(change) for change in report.recovered],
        "actions": [entry.as_json() for entry in report.actions],
        "open": [_open_json(item) for item in report.open],
        "unwatched": [span_as_json(span) for span in report.unwatched],
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
        "owner": item.owner,
        "state": item.state,
        "since": format_iso_utc(item.since) if item.since is not None else None,
        "why": item.why or None,
        "acknowledged": {"by": note.by, "at": format_iso_utc(note.at), "note": note.note} if note else None,
        "waiting": item.is_watched,
    }


def report_markdown(report: Report, *, demo: bool = False) -> str:
    """Return the hand-over as Markdown: what failed and why, what was done, what is open.

    The commands in it are those of the demo with ``demo``.
    """
    return "\n".join(_Page(report, "matui --demo" if demo else "matui").lines()) + "\n"


class _Page:
    """The hand-over as a page; names have their profile where there is more than one."""

    def __init__(self, report: Report, program: str) -> None:
        self._report = report
        self._program = program
        changes = [*(one.change for one in report.failed), *report.recovered]
        profiles = {one.profile for one in changes} | {one.profile for one in report.open}
        profiles |= {one.profile for one in report.capsules}
        profiles |= {entry.text("profile") for entry in report.actions}
        self._is_multi = len(profiles - {""}) > 1
        self._failed = {(one.change.profile, one.change.kind, one.change.id) for one in report.failed}

    def lines(self) -> Iterator[str]:
        """Yield the page, line by line."""
        report, zone = self._report, format_local_time(self._report.until)[20:]
        title = f"# Hand-over {_moment(report.since)} to {_moment(report.until)}"
        yield f"{title} ({zone})" if zone else title
        yield ""
        yield _summary(report)
        if report.problem:
            yield ""
            yield f"{report.problem} This page may lack what happened."
        rows = [self._open_row(item) for item in report.open]
        size = 5 if any(row[-1] for row in rows) else 4  # without a column of notes that are all empty
        heads = ("what", "state", "since", "why", "note")[:size]
        yield from _table("Open", heads, rows, lambda row: tuple(cell or "–" for cell in row[:size]))
        if report.earlier:
            yield ""
            jobs = f"{report.earlier} older job{'s have' if report.earlier > 1 else ' has'}"
            remedy = f"`{self._program} get triage` reads it"
            yield f"{jobs} failed at a time that is not known: {remedy}."
        yield from _table("Failed", ("seen", "what", "state", "why", "now"), report.failed, self._failed_row)
        yield from _table("Recovered", ("seen", "what", "state"), report.recovered, self._recovered_row)
        yield from _table(
            "Done", ("when", "by", "action", "what", "outcome"), report.actions, self._action_row
        )
        note = "Nothing polled in these times. What happened in them is known only where it was seen later."
        gaps = lambda gap: (self._time(gap.start), self._time(gap.end))  # noqa: E731
        yield from _table("Not watched", ("from", "to"), report.unwatched, gaps, note)
        note = "What was saved at the failure; also `:capsules` in the console."
        yield from _table(
            "Capsules", ("saved", "what", "read it with"), report.capsules, self._capsule_row, note
        )
        empty = [title for title, items in self._sections() if not items]
        if empty:
            yield ""
            yield f"No entries: {', '.join(empty)}."

    def _sections(self) -> Iterator[tuple[str, Sequence[object]]]:
        report = self._report
        yield "Open", report.open
        yield "Failed", report.failed
        yield "Recovered", report.recovered
        yield "Done", report.actions
        yield "Not watched", report.unwatched
        yield "Capsules", report.capsules

    def _what(self, kind: str, name: str, profile: str, owner: str = "") -> str:
        known = KINDS.get(kind) or INNER_KINDS.get(kind)
        named = "" if _ID.fullmatch(owner) else owner
        whose = ", ".join(part for part in (named, profile if self._is_multi else "") if part)
        singular = known.singular if known is not None else kind
        return f"{singular} {name} ({whose})" if whose else f"{singular} {name}"

    def _open_row(self, item: OpenItem) -> tuple[str, ...]:
        note = item.acknowledged
        words = [
            f"acknowledged by {note.by}{f': {note.note}' if note.note else ''}" if note else "",
            "waited for" if item.is_watched else "",
        ]
        return (
            self._what(item.kind, item.name, item.profile, item.owner),
            short_status(item.state),
            self._time(item.since) if item.since is not None else "–",
            (_shorten(item.why) if (item.profile, item.kind, item.id) in self._failed else item.why) or "–",
            "; ".join(word for word in words if word),
        )

    def _failed_row(self, failure: Failure) -> tuple[str, ...]:
        change = failure.change
        code = f"({change.code})" if change.code and change.code not in failure.why else ""
        now = "deleted" if failure.is_deleted else "open"
        return (
            self._time(change.seen_at),
            self._what(change.kind, change.name, change.profile, change.owner),
            _states(change),
            " ".join(part for part in (failure.why, code) if part) or "–",
            f"recovered {self._time(failure.recovered.seen_at)}" if failure.recovered else now,
        )

    def _recovered_row(self, change: Change) -> tuple[str, ...]:
        what = self._what(change.kind, change.name, change.profile)
        return self._time(change.seen_at), what, _states(change)

    def _capsule_row(self, capsule: Manifest) -> tuple[str, ...]:
        what = self._what(capsule.kind, capsule.name, capsule.profile)
        return self._time(capsule.saved_at), what, f"`{self._program} capsule show {capsule.id}`"

    def _action_row(self, entry: AuditEntry) -> tuple[str, ...]:
        known = KINDS.get(entry.text("kind"))
        kind = known.singular if known is not None else entry.text("kind")
        whose = f" ({entry.text('profile')})" if self._is_multi and entry.text("profile") else ""
        what = f"{kind} {entry.text('name') or entry.resource_id}{whose}"
        outcome = f"{entry.outcome}, {entry.verdict}" if entry.verdict else entry.outcome
        new = f" → {entry.resource_id}" if entry.text("action") in ("rerun", "create", "add") else ""
        moment = self._time(int(entry.at_ms)) if entry.at_ms is not None else "–"
        return moment, entry.text("user"), entry.text("action"), what + new, outcome

    def _time(self, at: int) -> str:
        """Return hour and minute, with the date outside of the report's hours; of another year the date."""
        since, until = self._report.since, self._report.until
        if until - since <= _DAY_MS and since <= at <= until:
            return format_local_time(at)[11:16]
        if format_local_time(at)[:4] != format_local_time(until)[:4]:
            return format_local_time(at)[:10]
        return format_local_time(at)[5:16]


def _shorten(why: str) -> str:
    """Return the beginning of a reason: the table of failures has the whole of it."""
    return why if len(why) <= _SHORT_WHY else f"{why[: _SHORT_WHY - 1]}…"


def _summary(report: Report) -> str:
    unwatched_min = sum(gap.end - gap.start for gap in report.unwatched) / 60_000
    total_min = max(1.0, (report.until - report.since) / 60_000)
    watched = max(0.0, 100 - 100 * unwatched_min / total_min)
    if not (watched or report.open or report.failed or report.recovered or report.actions):
        return "Nothing was read: watched 0% of the time. What is open, failed or recovered is not known."
    parts = [
        f"{len(report.open)} open",
        f"{len(report.failed)} failure{'s' * (len(report.failed) != 1)}",
        f"{len(report.recovered)} recovered",
        f"{len(report.actions)} action{'s' * (len(report.actions) != 1)}",
        f"watched {format_percent(watched)} of the time",
    ]
    return " · ".join(parts)


def _table(
    title: str,
    heads: tuple[str, ...],
    items: Sequence[T],
    row: Callable[[T], tuple[str, ...]],
    note: str = "",
) -> Iterator[str]:
    if not items:
        return
    yield ""
    yield f"## {title}"
    yield ""
    if note:
        yield note
        yield ""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for item in items[:_MOST_ROWS]:
        yield f"| {' | '.join(map(_cell, row(item)))} |"
    if len(items) > _MOST_ROWS:
        yield ""
        yield f"The JSON form has {len(items) - _MOST_ROWS:,} more."


def _cell(text: str) -> str:
    cut = text if len(text) <= _CELL else text[: _CELL - 1] + "…"
    return cut.replace("\n", " ").replace("|", "\\|")


def _states(change: Change) -> str:
    before, after = short_status(change.before or "new"), short_status(change.after or "deleted")
    return f"{before} → {after}"


def _moment(at: int) -> str:
    return format_local_time(at)[:16]

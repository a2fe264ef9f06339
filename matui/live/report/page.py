"""The hand-over as a Markdown page and as JSON. Pure."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from matui.base.clock import format_clocks
from matui.base.text.cells import cut, measure_width, wrap_cells
from matui.base.text.formatting import format_iso_utc, format_local_time, format_percent
from matui.live.audit.entry import AuditEntry
from matui.live.capsules.manifest import Manifest
from matui.live.journal.change import Change
from matui.live.journal.change_views import serialize_change, serialize_span
from matui.live.report.build import Failure, OpenItem, Report
from matui.resources.columns import choose_state_word, shorten_status
from matui.resources.kinds.triage import TROUBLE
from matui.resources.registry import INNER_KINDS, KINDS

_ID = re.compile(r"[0-9a-f]{32}")  # of a user whose name is not known
_NUMBER = re.compile(r"\b0x[0-9a-f]+\b|\b[0-9a-f]{8,}\b|\d+", re.IGNORECASE)
_WIDTH = 78  # cells of a line: a terminal of 80 columns with a scroll bar
_LEAST_WHY = 40  # cells of a reason after a long name
_MOST_FAILED, _MOST_RECOVERED, _MOST_DONE, _MOST_OPEN, _MOST_GAPS, _MOST_CAPSULES = 8, 4, 8, 9, 3, 4
_LEAST_NOTED = 4  # of what is open that are shown however many others there are
_MOST_NAMES = _MOST_STATES = 3  # of entries that stand together
_DAY_MS = 86_400_000
_OF_PHASE = ("", *(phase.value for phase in TROUBLE))  # the status of the cloud says so, too


class _Line(NamedTuple):
    """A line: ``moment`` stands before ``what``, ``state`` and ``since`` after it; each may be ``""``."""

    kind: str
    name: str
    what: str
    moment: str
    state: str
    why: str
    ident: str = ""
    since: str = ""


def format_report(report: Report, *, demo: bool = False) -> str:
    """Return the hand-over as Markdown: what failed and why, what was done, what is open.

    The commands in it are those of the demo with ``demo``.
    """
    return "\n".join(_Page(report, "matui --demo" if demo else "matui").iterate_lines()) + "\n"


class _Page:
    """The hand-over as a page; names have their profile where there is more than one."""

    def __init__(self, report: Report, program: str) -> None:
        self._report = report
        self._program = program
        changes = [*(one.change for one in report.failed), *report.recovered]
        profiles = {one.profile for one in changes} | {one.profile for one in report.open}
        profiles |= {one.profile for one in report.capsules}
        profiles |= {entry.get_text("profile") for entry in report.actions}
        self._is_multi = len(profiles - {""}) > 1
        self._failed = {(one.change.profile, one.change.kind, one.change.id) for one in report.failed}
        self._since = _format_since(report.until - report.since)

    def iterate_lines(self) -> Iterator[str]:
        """Yield the page, line by line."""
        report, zone = self._report, format_local_time(self._report.until)[20:]
        title = f"# Hand-over {_format_moment(report.since)} to {_format_moment(report.until)}"
        yield f"{title} ({zone})" if zone else title
        yield ""
        yield from wrap_cells(_summarize(report), _WIDTH)
        if hint := format_clocks(report.ahead_ms / 1000):
            yield ""
            yield from wrap_cells(hint, _WIDTH)
        if report.problem:
            yield ""
            yield from wrap_cells(f"{report.problem} This page may lack what happened.", _WIDTH)
        changes = f"changes --since {self._since}"
        failed = _join_alike(map(self._build_failure_line, report.failed))
        yield from self._format_section("Failed", failed, _MOST_FAILED, changes)
        unwatched = _join_alike(self._open_entry(one) for one in report.open if one.is_unwatched)
        yield from self._format_section("Failed while not watched", unwatched, _MOST_FAILED, "get triage")
        recovered = [(entry, (entry,)) for entry in map(self._build_recovery_line, report.recovered)]
        yield from self._format_section("Recovered", recovered, _MOST_RECOVERED, changes)
        done = [(entry, (entry,)) for entry in map(self._build_action_line, report.actions)]
        yield from self._format_section("Done", done, _MOST_DONE, f"audit --since {self._since}")
        yield from self._format_open()
        yield from self._write_earlier()
        yield from self._write_unwatched()
        yield from self._format_capsules()

    def _format_section(
        self,
        title: str,
        groups: Sequence[tuple[_Line, Sequence[_Line]]],
        most: int,
        command: str,
        before: Iterable[str] = (),
    ) -> Iterator[str]:
        """Yield a section: its first entries, how many are left out, after the lines ``before`` them."""
        first_lines = list(before)
        if not groups and not first_lines:
            return
        yield from _build_heading(title)
        yield from first_lines
        for first, entries in groups[:most]:
            yield from _format_item(first) if len(entries) == 1 else _format_item_of_several(first, entries)
        left = sum(len(entries) for _first, entries in groups[most:])
        if left:
            yield f"- {left:,} more: `{self._program} {command}`"

    def _build_failure_line(self, failure: Failure) -> _Line:
        change = failure.change
        code = f"({change.code})" if change.code and change.code not in failure.why else ""
        now = "deleted" if failure.is_deleted else "open"
        now = f"recovered {self._format_change_time(failure.recovered)}" if failure.recovered else now
        why = " ".join(part for part in (failure.why, code) if part)
        return _Line(
            change.kind,
            change.name,
            self._describe_subject(change.kind, change.name, change.profile, change.owner),
            self._format_time(failure.at)
            if failure.at is not None
            else f"≤{self._format_time(change.seen_at)}",
            f"{_format_state_change(change)}, {now}",
            why,
            change.id,
        )

    def _build_recovery_line(self, change: Change) -> _Line:
        what = self._describe_subject(change.kind, change.name, change.profile)
        return _Line(
            change.kind, change.name, what, self._format_change_time(change), _format_state_change(change), ""
        )

    def _format_change_time(self, change: Change) -> str:
        """Return when a state began, or by when at the latest where its cloud states no time."""
        at = change.entered_at
        return self._format_time(at) if at is not None else f"≤{self._format_time(change.seen_at)}"

    def _build_action_line(self, entry: AuditEntry) -> _Line:
        whose = f" ({entry.get_text('profile')})" if self._is_multi and entry.get_text("profile") else ""
        name = entry.get_text("name") or entry.resource_id
        kind = _get_singular(entry.get_text("kind"))
        what = f"{entry.get_text('user')}: {entry.get_text('action')} {kind} {name}{whose}"
        new = f"→ {entry.resource_id}" if entry.get_text("action") in ("rerun", "create", "add") else ""
        moment = self._format_time(int(entry.at_ms)) if entry.at_ms is not None else "–"
        outcome = ", ".join(dict.fromkeys(filter(None, (entry.outcome, entry.verdict))))
        return _Line(entry.get_text("kind"), name, what, moment, new, outcome)

    def _format_open(self) -> Iterator[str]:
        """Yield what is open besides the failures, by reason; resources with a note come last."""
        noted, rest = [], []
        for item in self._report.open:
            if _is_noted(item):
                noted.append(self._open_entry(item))
            elif not self._is_above(item):
                rest.append(self._open_entry(item))
        alike, most = _join_alike(rest), max(_LEAST_NOTED, _MOST_OPEN - len(rest))
        groups: list[tuple[_Line, Sequence[_Line]]] = [(entry, (entry,)) for entry in noted]
        shown = [*alike[:_MOST_OPEN], *groups[:most]]
        left = [*alike[_MOST_OPEN:], *groups[most:]]
        yield from self._format_section(
            "Open", [*shown, *left], len(shown), "get triage", self._open_failures()
        )

    def _is_failure(self, item: OpenItem) -> bool:
        return (item.profile, item.kind, item.id) in self._failed

    def _is_above(self, item: OpenItem) -> bool:
        return item.is_unwatched or self._is_failure(item)

    def _open_entry(self, item: OpenItem) -> _Line:
        note = item.acknowledged
        words = [
            f"acknowledged by {note.by}{f': {note.note}' if note.note else ''}" if note else "",
            "waited for" if item.is_watched else "",
            "" if self._is_failure(item) else item.why,
        ]
        what = self._describe_subject(item.kind, item.name, item.profile, item.owner)
        since = f"since {self._format_time(item.since)}" if item.since is not None else ""
        why = "; ".join(word for word in words if word)
        state = shorten_status(item.state) if item.what in _OF_PHASE else item.what
        return _Line(item.kind, item.name, what, "", state, why, item.id, since)

    def _open_failures(self) -> Iterator[str]:
        """Yield a line for the failures above that are open."""
        above = [one for one in self._report.open if self._is_above(one) and not _is_noted(one)]
        if above:
            whats = [self._describe_subject(one.kind, one.name, one.profile) for one in above]
            yield from _list_item(f"{len(above):,} of the failures above: {_name_some(whats)}")

    def _write_earlier(self) -> Iterator[str]:
        if count := self._report.earlier:
            jobs = f"{count:,} older job{'s have' if count > 1 else ' has'}"
            yield ""
            yield f"{jobs} failed at a time not known: `{self._program} get triage`."

    def _write_unwatched(self) -> Iterator[str]:
        gaps = self._report.unwatched
        if not gaps:
            return
        yield from _build_heading("Not watched")
        times = [
            f"{self._format_time(gap.start)} to {self._format_time(gap.end)}" for gap in gaps[:_MOST_GAPS]
        ]
        more = f" and {len(gaps) - _MOST_GAPS} more times" if len(gaps) > _MOST_GAPS else ""
        yield from _list_item(f"{', '.join(times)}{more}: nothing polled; only what was seen later is known.")

    def _format_capsules(self) -> Iterator[str]:
        capsules = self._report.capsules
        if not capsules:
            return
        yield from _build_heading("Capsules")
        yield f"Saved at a failure; to read one: `{self._program} capsule show ID` or `:capsules`."
        yield ""
        for one in capsules[:_MOST_CAPSULES]:
            yield from _list_item(self._format_capsule(one))
        if len(capsules) > _MOST_CAPSULES:
            yield f"- {len(capsules) - _MOST_CAPSULES:,} more: `{self._program} capsule list`"

    def _format_capsule(self, capsule: Manifest) -> str:
        what = self._describe_subject(capsule.kind, capsule.name, capsule.profile)
        return f"{self._format_time(capsule.saved_at)} {what}: `{capsule.id}`"

    def _describe_subject(self, kind: str, name: str, profile: str, owner: str = "") -> str:
        named = "" if _ID.fullmatch(owner) else owner
        whose = ", ".join(part for part in (named, profile if self._is_multi else "") if part)
        return f"{_get_singular(kind)} {name} ({whose})" if whose else f"{_get_singular(kind)} {name}"

    def _format_time(self, at: int) -> str:
        """Return hour and minute, with the date outside of the report's hours; of another year the date."""
        since, until = self._report.since, self._report.until
        if until - since <= _DAY_MS and since <= at <= until:
            return format_local_time(at)[11:16]
        if format_local_time(at)[:4] != format_local_time(until)[:4]:
            return format_local_time(at)[:10]
        return format_local_time(at)[5:16]


def _join_alike(entries: Iterable[_Line]) -> list[tuple[_Line, Sequence[_Line]]]:
    """Return the entries, those of a kind with one reason together; numbers in it do not count."""
    groups: dict[object, list[_Line]] = {}
    for number, entry in enumerate(entries):
        groups.setdefault(_get_cause(entry) or number, []).append(entry)
    return [(group[0], group) for group in groups.values()]


def _get_cause(entry: _Line) -> tuple[str, str] | None:
    if not entry.why:
        return None
    words = entry.why
    for own in filter(None, (entry.name, entry.ident)):
        words = words.replace(own, "")
    return entry.kind, _NUMBER.sub("#", words)


def _format_item(entry: _Line) -> Iterator[str]:
    parts = (entry.moment, entry.what, entry.state, entry.since)
    yield from _fit(" ".join(part for part in parts if part), entry.why)


def _format_item_of_several(first: _Line, entries: Sequence[_Line]) -> Iterator[str]:
    """Yield the lines of entries that stand together: their number, states, names and one reason."""
    moments = sorted({entry.moment for entry in entries if entry.moment})
    span = " to ".join(dict.fromkeys((moments[0], moments[-1]))) if moments else ""
    number = f"{len(entries):,} {_get_plural(first.kind)}"
    head = " ".join(part for part in (span, number, _format_states(entries)) if part)
    is_same = len({entry.why for entry in entries}) == 1
    why = first.why if is_same else f"for example {first.why}"
    yield from _fit(f"{head}: {_name_some([entry.what for entry in entries])}", why, _WIDTH)


def _name_some(whats: Sequence[str]) -> str:
    more = f" and {len(whats) - _MOST_NAMES:,} more" if len(whats) > _MOST_NAMES else ""
    return f"{', '.join(whats[:_MOST_NAMES])}{more}"


def _format_states(entries: Sequence[_Line]) -> str:
    states = Counter(entry.state for entry in entries).most_common()
    if len(states) == 1:
        return states[0][0]
    shown = [f"{count:,} {state}" for state, count in states[:_MOST_STATES]]
    others = sum(count for _state, count in states[_MOST_STATES:])
    return f"({'; '.join([*shown, *([f'{others:,} otherwise'] if others else [])])})"


def _is_noted(item: OpenItem) -> bool:
    return item.acknowledged is not None or item.is_watched


def _fit(head: str, why: str, least: int = _LEAST_WHY) -> Iterator[str]:
    """Yield an entry in a line, or with its reason over the next; only the reason is cut."""
    if not why:
        yield from _list_item(head)
        return
    why = why.replace("\n", " ")
    room = max(least, 2 * (_WIDTH - 2) - measure_width(head) - 2)
    yield from _list_item(f"{head}: {why}" if measure_width(why) <= room else f"{head}: {cut(why, room - 8)}")


def _list_item(text: str) -> Iterator[str]:
    first, *others = _wrap(text.replace("\n", " "), _WIDTH - 2)
    yield f"- {first}"
    for line in others:
        yield f"  {line}"


def _wrap(text: str, width: int) -> list[str]:
    """Return the text in lines; no name or id is parted."""
    if measure_width(text) == len(text):
        return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
    return wrap_cells(text, width) or [""]


def _build_heading(title: str) -> tuple[str, str, str]:
    return "", f"## {title}", ""


def _summarize(report: Report) -> str:
    unwatched_min = sum(gap.end - gap.start for gap in report.unwatched) / 60_000
    total_min = max(1.0, (report.until - report.since) / 60_000)
    watched = max(0.0, 100 - 100 * unwatched_min / total_min)
    if not (watched or report.open or report.failed or report.recovered or report.actions):
        return "Nothing was read: watched 0% of the time. What is open, failed or recovered is not known."
    unwatched = sum(one.is_unwatched for one in report.open)
    failures = len(report.failed) + unwatched
    not_watched = f", {unwatched} of them not watched" if unwatched else ""
    parts = [
        f"{failures} failure{'s' * (failures != 1)}{not_watched}",
        f"{len(report.recovered)} recovered",
        f"{len(report.actions)} action{'s' * (len(report.actions) != 1)}",
        f"{len(report.open)} open",
        f"watched {format_percent(watched)} of the time",
    ]
    return " · ".join(parts)


def _get_singular(kind: str) -> str:
    known = KINDS.get(kind) or INNER_KINDS.get(kind)
    return known.singular if known is not None else kind


def _get_plural(kind: str) -> str:
    return kind if kind in KINDS else "resources"


def _format_since(span_ms: int) -> str:
    hours, minutes = divmod(round(span_ms / 60_000), 60)
    return f"{hours}h" if not minutes else f"{60 * hours + minutes}m"


def _format_state_change(change: Change) -> str:
    return f"{choose_state_word(change.before, 'new')} → {choose_state_word(change.after, 'deleted')}"


def _format_moment(at: int) -> str:
    return format_local_time(at)[:16]


def serialize_report(report: Report) -> dict[str, Any]:
    """Return the document of ``matui report -o json``."""
    return {
        "since": format_iso_utc(report.since),
        "until": format_iso_utc(report.until),
        "failed": [
            serialize_change(one.change)
            | {
                "recovered_at": format_iso_utc(one.recovered.seen_at) if one.recovered else None,
                "capsule": one.capsule or None,
                "why": one.why or None,
            }
            for one in report.failed
        ],
        "recovered": [serialize_change(change) for change in report.recovered],
        "actions": [entry.as_json() for entry in report.actions],
        "open": [_open_json(item) for item in report.open],
        "unwatched": [serialize_span(span) for span in report.unwatched],
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
        "what": item.what or None,
        "since": format_iso_utc(item.since) if item.since is not None else None,
        "why": item.why or None,
        "acknowledged": {"by": note.by, "at": format_iso_utc(note.at), "note": note.note} if note else None,
        "waiting": item.is_watched,
        "failed_unwatched": item.is_unwatched,
    }

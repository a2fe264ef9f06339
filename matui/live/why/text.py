"""A why card as lines of text, for the pane and for the command. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from matui.base.cells import cell_width, cut, wrap_cells
from matui.base.error_codes import Explanation
from matui.base.formatting import format_age, format_amount, format_share
from matui.live.actions.target_text import format_name
from matui.live.why.card import (
    EnteredState,
    MetricReading,
    Next,
    Part,
    PartName,
    PastAction,
    VersionDifference,
    WhyCard,
)
from matui.live.why.first_error import FirstError
from matui.resources.columns import shorten_status, state_word, status_with_symbol
from matui.resources.detail import Event
from matui.resources.times import find_earliest_since, state_since
from matui.signals.summary import number_as_json

TITLES: Mapping[PartName, str] = {
    "states": "States",
    "first_error": "First error",
    "events": "Events",
    "metrics": "Metrics",
    "code": "Code",
    "exit": "Exit code",
    "actions": "Done from here",
    "differs": "Differs from the last good version",
    "next": "Next",
}
# The order on the screen: what explains first.
ORDER: tuple[PartName, ...] = (
    *("first_error", "code", "exit", "events", "differs", "states", "actions", "metrics", "next"),
)
_MINUTE_S = 60.0
Time = Callable[[float | None], str]
"""Returns a time in ms since the epoch as text, ``–`` for None."""


class TextLine(NamedTuple):
    """A line of spans (text, style); styles are those of a pane of lines, ``""`` for none."""

    spans: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The line without styles."""
        return "".join(text for text, _style in self.spans)


def card_lines(
    card: WhyCard,
    *,
    now_ms: float,
    time: Time,
    keys: Mapping[str, str],
    width: int | None,
    ahead_ms: float = 0.0,
) -> list[TextLine]:
    """Return the card as lines; parts that are missing come last, in one line each.

    ``keys`` are the keys by command id: without one a next step is shown as its command line. Sentences are
    wrapped to ``width`` cells, None for no limit. ``ahead_ms`` is how far the clock of the cloud is ahead.
    """
    room = 10_000 if width is None else max(20, width)
    lines = list(_head(card, now_ms + ahead_ms, time, room))
    missing: list[TextLine] = []
    for name in ORDER:
        part = card.part(name)
        if part.missing:
            missing += [
                _line((("  " if number else f"  {TITLES[name]}: "), "label"), (text, "muted"))
                for number, text in enumerate(_wrap(part.missing, room - len(TITLES[name]) - 5))
            ]
            continue
        lines += [_line(), _title(name, part, now_ms, room)]
        if part.value is not None:
            lines += _body(name, part.value, _TextStyle(time, keys, room))
    if missing:
        lines += [_line(), _line(("Missing", "title")), *missing]
    return lines


def card_markdown(card: WhyCard, *, now_ms: float, time: Time, ahead_ms: float = 0.0) -> str:
    """Return the card as Markdown, for a ticket or a hand-over."""
    resource = card.resource
    out = [f"# {resource.kind} {format_name(resource)}: {shorten_status(resource.status)}", ""]
    out += [line.text.strip() for line in _head(card, now_ms + ahead_ms, time, 10_000)]
    for name in ORDER:
        part = card.part(name)
        out += ["", f"## {TITLES[name]}", ""]
        if part.value is None:
            out.append(f"_{part.missing or 'not read'}_")
            continue
        body = [line.text for line in _body(name, part.value, _TextStyle(time, {}, 10_000))]
        if name == "first_error":
            out += [body[0].strip(), "", "```", *(text[2:] for text in body[1:]), "```"]
        else:
            out += [f"- {text.strip()}" for text in body]
        out += ["", f"_Source: {part.source}, read {time(part.read_at)}_"]
    return "\n".join(out)


def _head(card: WhyCard, now_ms: float, time: Time, room: int) -> Iterator[TextLine]:
    resource = card.resource
    since = state_since(resource)
    lasted = f" for {format_age((now_ms - since) / 1000)}, since {time(since)}" if since is not None else ""
    if (earliest := find_earliest_since(resource)) is not None and earliest <= now_ms:
        lasted = f" for at most {format_age((now_ms - earliest) / 1000)}"
    status = status_with_symbol(resource)
    style = {"failed": "error", "degraded": "warning"}.get(resource.phase.value, "")
    title = f"{resource.kind} {format_name(resource)}  "
    if cell_width(title) + cell_width(status) + len(lasted) <= room:
        yield _line((title, "title"), (status, style), (lasted, ""))
    else:
        yield _line((title, "title"), (status, style))
        yield from (_line((text, "")) for text in (_wrap(lasted.strip(), room) if lasted else ()))
    who = "  ".join(
        part
        for part in (
            f"id {resource.id}",
            f"owner {resource.owner}" if resource.owner else "",
            f"profile {resource.profile}",
        )
        if part
    )
    yield from (_line((text, "muted")) for text in _wrap(who, room))
    for reason in card.reasons:
        for number, text in enumerate(_wrap(reason, room - 10)):
            yield _line(("Reason  " if not number else " " * 8, "label"), (text, "error"))


def _title(name: PartName, part: Part, now_ms: float, room: int) -> TextLine:
    if part.is_loading:
        return _line((TITLES[name], "title"), ("  loading …", "muted"))
    source = cut(f"  {_describe_source(part, now_ms)}", max(0, room - len(TITLES[name])))
    return _line((TITLES[name], "title"), (source, "muted"))


def _describe_source(part: Part, now_ms: float) -> str:
    """Return where a part is from and how old it is; below a minute the age is not counted up."""
    if part.read_at is None:
        return part.source
    age_s = (now_ms - part.read_at) / 1000
    return f"{part.source}, {format_age(age_s // _MINUTE_S * _MINUTE_S) if age_s >= _MINUTE_S else '<1m'} old"


class _TextStyle(NamedTuple):
    time: Time
    keys: Mapping[str, str]
    room: int


def _body(name: PartName, value: Any, look: _TextStyle) -> Iterator[TextLine]:
    if name == "first_error":
        yield from _error_lines(value, look)
        return
    write = _WRITERS[name]
    for one in value:
        yield from write(one, look)
    if name == "metrics":
        yield from _zero_lines(value, look)


def _error_lines(error: FirstError, look: _TextStyle) -> Iterator[TextLine]:
    where = error.file + (f", line {error.line}" if error.line is not None else "")
    yield _line((f"  {where}", "label"), (f"  {look.time(error.at)}" if error.at else "", "muted"))
    if error.summary != error.text:
        yield from _sentences(error.summary, "error", look.room)
    for number, text in enumerate(error.around):
        is_error = number == error.index
        yield _line((("› " if is_error else "  ") + text, "error" if is_error else "muted"))


def _code_lines(entry: Explanation, look: _TextStyle) -> Iterator[TextLine]:
    yield from _sentences(f"{entry.code}: {entry.meaning}", "", look.room)
    yield from _sentences(entry.remedy, "muted", look.room)


def _event_lines(event: Event, look: _TextStyle) -> Iterator[TextLine]:
    style = "error" if event.abnormal else ""
    source = f"  {event.source}" if event.source else ""
    when = f"  {look.time(event.at)}  "
    first, *rest = _wrap(f"{event.text}{source}", look.room - len(when) - 2)
    yield _line((when, "muted"), (("✗ " if event.abnormal else "  ") + first, style))
    for text in rest:
        yield _line((" " * (len(when) + 2) + text, style))


def _state_lines(state: EnteredState, look: _TextStyle) -> Iterator[TextLine]:
    at = look.time(state.at) if state.at is None or state.exact else f"≤ {look.time(state.at)}"
    before = f"{state_word(state.before, '')} → " if state.before is not None else ""
    reason = f"  {state.reason}" if state.reason else ""
    text = f"{before}{state_word(state.status, '')}{reason}"
    yield _line((f"  {at}  ", "muted"), (text, ""), (f"  {state.source}", "muted"))


def _metric_lines(reading: MetricReading, _look: _TextStyle) -> Iterator[TextLine]:
    if not _is_zero(reading):
        yield _line((f"  {reading.label:<22} ", "label"), (_describe_reading(reading), ""))


def _zero_lines(readings: Sequence[MetricReading], look: _TextStyle) -> Iterator[TextLine]:
    """Yield the names of the metrics that were 0 all along."""
    names = ", ".join(reading.label for reading in readings if _is_zero(reading))
    for number, text in enumerate(_wrap(names, look.room - 26) if names else ()):
        yield _line((f"  {'' if number else '0 throughout':<22} ", "label"), (text, ""))


def _is_zero(reading: MetricReading) -> bool:
    return not (reading.last or reading.most or reading.total)


def _action_lines(done: PastAction, look: _TextStyle) -> Iterator[TextLine]:
    after = f" → {shorten_status(done.status_after)}" if done.status_after else ""
    text = f"{done.action} by {done.by}: {done.outcome}{after}"
    yield _line((f"  {look.time(done.at)}  ", "muted"), (text, ""))


def _difference_lines(differs: VersionDifference, look: _TextStyle) -> Iterator[TextLine]:
    label, change = f"  {differs.path}", f"{differs.before or '–'} → {differs.now or '–'}"
    if len(label) + len(change) + 4 <= look.room:
        yield _line((f"{label:<26}  ", "label"), (change, ""))
    else:
        yield _line((label, "label"))
        yield from _sentences(f"  {change}", "", look.room)


def _render_next_step(step: Next, look: _TextStyle) -> Iterator[TextLine]:
    key = look.keys.get(step.command, "")
    how = f"{key.split()[0]:<3}" if key else step.line or f":{step.command}"
    yield _line((f"  {how}  ", "label"), (step.words, ""))


_WRITERS: Mapping[PartName, Callable[[Any, _TextStyle], Iterator[TextLine]]] = {
    "code": _code_lines,
    "exit": _code_lines,
    "events": _event_lines,
    "states": _state_lines,
    "metrics": _metric_lines,
    "actions": _action_lines,
    "differs": _difference_lines,
    "next": _render_next_step,
}


def _describe_reading(reading: MetricReading) -> str:
    if reading.total is not None:
        return format_share(reading.last, reading.total, reading.unit)
    last = "–"
    if reading.last is not None:
        is_finite = isfinite(reading.last)
        last = format_amount(reading.last, reading.unit) if is_finite else str(number_as_json(reading.last))
    return last if reading.most is None else f"{last}, at most {format_amount(reading.most, reading.unit)}"


def _sentences(text: str, style: str, room: int) -> Iterator[TextLine]:
    for line in _wrap(text, room - 2):
        yield _line((f"  {line}", style))


def _wrap(text: str, width: int) -> list[str]:
    return wrap_cells(text, max(20, width)) or [""]


def _line(*spans: tuple[str, str]) -> TextLine:
    return TextLine(spans)

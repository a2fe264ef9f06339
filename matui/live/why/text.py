"""A why card as lines of text, for the pane and for the command. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from matui.base.codes.error_codes import Explanation
from matui.base.text.cells import cut, measure_width, wrap_cells
from matui.base.text.formatting import format_age, format_amount, format_share
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
from matui.resources.columns import choose_state_word, format_status, shorten_status
from matui.resources.detail import Event
from matui.resources.times import find_earliest_since, get_state_since
from matui.signals.summary import serialize_number

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
# By the command of a step: a command of the pane that it opens, and what its key does there.
_KEYS_THERE: Mapping[str, tuple[str, str]] = {"logs": ("next_error", "goes to the next error")}
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


def render_card(
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
    lines = list(_render_head(card, now_ms + ahead_ms, time, room))
    missing: list[TextLine] = []
    for name in ORDER:
        part = card.get_part(name)
        if part.missing:
            missing += [
                _build_line((("  " if number else f"  {TITLES[name]}: "), "label"), (text, "muted"))
                for number, text in enumerate(_wrap(part.missing, room - len(TITLES[name]) - 5))
            ]
            continue
        lines += [_build_line(), _render_title(name, part, now_ms, room)]
        if part.value is not None:
            lines += _render_body(name, part.value, _TextStyle(time, keys, room))
    if missing:
        lines += [_build_line(), _build_line(("Missing", "title")), *missing]
    return lines


def format_card_markdown(card: WhyCard, *, now_ms: float, time: Time, ahead_ms: float = 0.0) -> str:
    """Return the card as Markdown, for a ticket or a hand-over."""
    resource = card.resource
    out = [f"# {resource.kind} {format_name(resource)}: {shorten_status(resource.status)}", ""]
    out += [line.text.strip() for line in _render_head(card, now_ms + ahead_ms, time, 10_000)]
    for name in ORDER:
        part = card.get_part(name)
        out += ["", f"## {TITLES[name]}", ""]
        if part.value is None:
            out.append(f"_{part.missing or 'not read'}_")
            continue
        body = [line.text for line in _render_body(name, part.value, _TextStyle(time, {}, 10_000))]
        if name == "first_error":
            out += [body[0].strip(), "", "```", *(text[2:] for text in body[1:]), "```"]
        else:
            out += [f"- {text.strip()}" for text in body]
        out += ["", f"_Source: {part.source}, read {time(part.read_at)}_"]
    return "\n".join(out)


def _render_head(card: WhyCard, now_ms: float, time: Time, room: int) -> Iterator[TextLine]:
    resource = card.resource
    since = get_state_since(resource)
    lasted = f" for {format_age((now_ms - since) / 1000)}, since {time(since)}" if since is not None else ""
    if (earliest := find_earliest_since(resource)) is not None and earliest <= now_ms:
        lasted = f" for at most {format_age((now_ms - earliest) / 1000)}"
    status = format_status(resource)
    style = {"failed": "error", "degraded": "warning"}.get(resource.phase.value, "")
    title = f"{resource.kind} {format_name(resource)}  "
    if measure_width(title) + measure_width(status) + len(lasted) <= room:
        yield _build_line((title, "title"), (status, style), (lasted, ""))
    else:
        yield _build_line((title, "title"), (status, style))
        yield from (_build_line((text, "")) for text in (_wrap(lasted.strip(), room) if lasted else ()))
    who = "  ".join(
        part
        for part in (
            f"id {resource.id}",
            f"owner {resource.owner}" if resource.owner else "",
            f"profile {resource.profile}",
        )
        if part
    )
    yield from (_build_line((text, "muted")) for text in _wrap(who, room))
    for reason in card.reasons:
        for number, text in enumerate(_wrap(reason, room - 10)):
            yield _build_line(("Reason  " if not number else " " * 8, "label"), (text, "error"))


def _render_title(name: PartName, part: Part, now_ms: float, room: int) -> TextLine:
    if part.is_loading:
        return _build_line((TITLES[name], "title"), ("  loading …", "muted"))
    source = cut(f"  {_describe_source(part, now_ms)}", max(0, room - len(TITLES[name])))
    return _build_line((TITLES[name], "title"), (source, "muted"))


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


def _render_body(name: PartName, value: Any, look: _TextStyle) -> Iterator[TextLine]:
    if name == "first_error":
        yield from _render_error(value, look)
        return
    write = _WRITERS[name]
    for one in value:
        yield from write(one, look)
    if name == "metrics":
        yield from _render_zeros(value, look)


def _render_error(error: FirstError, look: _TextStyle) -> Iterator[TextLine]:
    where = error.file + (f", line {error.line}" if error.line is not None else "")
    yield _build_line((f"  {where}", "label"), (f"  {look.time(error.at)}" if error.at else "", "muted"))
    if error.summary != error.text:
        yield from _render_sentences(error.summary, "error", look.room)
    for number, text in enumerate(error.around):
        is_error = number == error.index
        yield _build_line((("› " if is_error else "  ") + text, "error" if is_error else "muted"))


def _render_code(entry: Explanation, look: _TextStyle) -> Iterator[TextLine]:
    yield from _render_sentences(f"{entry.code}: {entry.meaning}", "", look.room)
    yield from _render_sentences(entry.remedy, "muted", look.room)


def _render_event(event: Event, look: _TextStyle) -> Iterator[TextLine]:
    style = "error" if event.abnormal else ""
    source = f"  {event.source}" if event.source else ""
    when = f"  {look.time(event.at)}  "
    first, *rest = _wrap(f"{event.text}{source}", look.room - len(when) - 2)
    yield _build_line((when, "muted"), (("✗ " if event.abnormal else "  ") + first, style))
    for text in rest:
        yield _build_line((" " * (len(when) + 2) + text, style))


def _render_state(state: EnteredState, look: _TextStyle) -> Iterator[TextLine]:
    at = look.time(state.at) if state.at is None or state.exact else f"≤ {look.time(state.at)}"
    before = f"{choose_state_word(state.before, '')} → " if state.before is not None else ""
    reason = f"  {state.reason}" if state.reason else ""
    text = f"{before}{choose_state_word(state.status, '')}{reason}"
    yield _build_line((f"  {at}  ", "muted"), (text, ""), (f"  {state.source}", "muted"))


def _render_metric(reading: MetricReading, _look: _TextStyle) -> Iterator[TextLine]:
    if not _is_zero(reading):
        yield _build_line((f"  {reading.label:<22} ", "label"), (_describe_reading(reading), ""))


def _render_zeros(readings: Sequence[MetricReading], look: _TextStyle) -> Iterator[TextLine]:
    """Yield the names of the metrics that were 0 all along."""
    names = ", ".join(reading.label for reading in readings if _is_zero(reading))
    for number, text in enumerate(_wrap(names, look.room - 26) if names else ()):
        yield _build_line((f"  {'' if number else '0 throughout':<22} ", "label"), (text, ""))


def _is_zero(reading: MetricReading) -> bool:
    return not (reading.last or reading.most or reading.total)


def _render_actions(done: PastAction, look: _TextStyle) -> Iterator[TextLine]:
    after = f" → {shorten_status(done.status_after)}" if done.status_after else ""
    text = f"{done.action} by {done.by}: {done.outcome}{after}"
    yield _build_line((f"  {look.time(done.at)}  ", "muted"), (text, ""))


def _render_difference(differs: VersionDifference, look: _TextStyle) -> Iterator[TextLine]:
    label, change = f"  {differs.path}", f"{differs.before or '–'} → {differs.now or '–'}"
    if len(label) + len(change) + 4 <= look.room:
        yield _build_line((f"{label:<26}  ", "label"), (change, ""))
    else:
        yield _build_line((label, "label"))
        yield from _render_sentences(f"  {change}", "", look.room)


def _render_next_step(step: Next, look: _TextStyle) -> Iterator[TextLine]:
    keys = look.keys.get(step.command, "").split()
    # The first key of details, enter, opens this card again on a row of triage.
    key = keys[-1 if step.command == "detail" else 0] if keys else ""
    how = f"{key:<3}" if key else step.line or f":{step.command}"
    yield _build_line((f"  {how}  ", "label"), (step.words + _format_key_there(step, look), ""))


def _format_key_there(step: Next, look: _TextStyle) -> str:
    """Return the key that helps in the pane which a step opens, ``""`` for none."""
    command, does = _KEYS_THERE.get(step.command, ("", ""))
    key = look.keys.get(command, "")
    return f", {key.split()[0]} {does}" if key else ""


_WRITERS: Mapping[PartName, Callable[[Any, _TextStyle], Iterator[TextLine]]] = {
    "code": _render_code,
    "exit": _render_code,
    "events": _render_event,
    "states": _render_state,
    "metrics": _render_metric,
    "actions": _render_actions,
    "differs": _render_difference,
    "next": _render_next_step,
}


def _describe_reading(reading: MetricReading) -> str:
    if reading.total is not None:
        return format_share(reading.last, reading.total, reading.unit)
    last = "–"
    if reading.last is not None:
        is_finite = isfinite(reading.last)
        last = format_amount(reading.last, reading.unit) if is_finite else str(serialize_number(reading.last))
    return last if reading.most is None else f"{last}, at most {format_amount(reading.most, reading.unit)}"


def _render_sentences(text: str, style: str, room: int) -> Iterator[TextLine]:
    for line in _wrap(text, room - 2):
        yield _build_line((f"  {line}", style))


def _wrap(text: str, width: int) -> list[str]:
    return wrap_cells(text, max(20, width)) or [""]


def _build_line(*spans: tuple[str, str]) -> TextLine:
    return TextLine(spans)

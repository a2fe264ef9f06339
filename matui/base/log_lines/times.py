"""Read the timestamps of one log. Place and neighbours decide which of the possible ones is believed.

A number or a date within a message may look like a timestamp. It is believed only where other timestamps of
the log are, or where nothing contradicts it: the leftmost one, in front of the message, close in time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import NamedTuple

from matui.base.log_lines.time_forms import DAY_MS, FORMS, MAY_HOLD, TimeForm, resolve
from matui.base.log_lines.writers import skip_lead

_HEAD = 160  # characters in which a timestamp may be
_LATEST_START = 80
_JSON_HEAD = 2000  # the same of a line of JSON
_CANDIDATES = 3  # from the left, that are tried
_CONFIRMED = 3  # consistent timestamps after which a new place is believed
_JUMP_MS = 2 * DAY_MS  # between two lines, that needs a confirmation
_AFTER_START_MS = 400 * DAY_MS  # that a log may last
# Its first time, where only a clock is stated: 9 h before to 15 h after.
_FIRST_AFTER_START_MS = 3 * 3_600_000.0
_LIKELY_AFTER_START_MS = 14 * DAY_MS  # the same, for a number or a date that may be part of a message
_CLOCK_NEAR_MS = 3_600_000.0  # between a clock without a date and the dated lines; else it may be a duration

_JSON_KEY = re.compile(
    r"\"(?:@?timestamp|time|ts|asctime|datetime|date|time_ms|eventTime|@t"
    r"|t|timeUnixNano|__REALTIME_TIMESTAMP)\"\s*:\s*\"?",
    re.IGNORECASE,
)
_KEY = re.compile(r"(?<!\w)(?:@?timestamp|time|ts|t|asctime|datetime)\"?\s?[=:]\s?\"?$", re.IGNORECASE)
# Text in front of a timestamp that is no message: brackets, levels, names with a separator or a digit.
_HEADER = re.compile(
    r"(?:\[\w{1,20} [IWEFDVC] $"
    r"|\[[^\[\]]*\]|\([^()]*\)|<[^<>]*>|[\s|:=>*#~.,;\"'/\\\[\](){}<-]|[A-Z][A-Z0-9_]*+\b"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) "
    r"|[\w.@/-]++(?=[\])}|:=>\"(])|(?=[\w.-]*\d)[\w.-]++)*+"
)
_NAME_BEFORE = re.compile(r"[/\\]$|[^\W\d]\w*[-_]$")
_NAME_AFTER = re.compile(r"/|\.[A-Za-z]")
_WIDE_COLON = "："
_WIDE_COLON_OF_CLOCK = re.compile(rf"(?<=\d){_WIDE_COLON}(?=\d)")
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_DATES = ("D", "J", "W", "a")  # groups of which each pattern with a date has one
_CLOCKS = frozenset(form for form in FORMS if form.pattern.groupindex.keys().isdisjoint((*_DATES, "e")))
_TAIL = 48  # characters in which a timestamp at the end of a line may begin
_OPENING = "[("
_CLOSING = ("]", ")")
_END = "end"  # the place of a timestamp after the message


class Timestamp(NamedTuple):
    """A time in a line: ms since the epoch, and the range of its characters."""

    ms: float
    start: int
    end: int


class _Candidate(NamedTuple):
    stamp: Timestamp
    form: TimeForm
    place: str
    in_header: bool
    prefix: str = ""  # the text in front of the match


class TimestampParser:
    """Reads the timestamps of one log, and learns where they are.

    ``reference_ms`` (ms since the epoch) completes timestamps without a year or a date; it follows the log.
    ``zone`` applies to those without one (None: the machine's). ``forms`` are the user's own, tried first.
    """

    def __init__(
        self, reference_ms: float | None = None, zone: tzinfo | None = UTC, forms: Sequence[TimeForm] = ()
    ) -> None:
        self.reference_ms = reference_ms
        self.zone = UTC if getattr(zone, "key", "") == "UTC" else zone
        self.forms = tuple(forms)
        self._origin_ms = reference_ms
        self._known: set[tuple[TimeForm, str]] = set()
        self._pending: dict[tuple[TimeForm, str], tuple[int, float]] = {}
        self._pending_clocks: dict[tuple[TimeForm, str], tuple[int, float]] = {}  # since the last dated line
        self._jumped_ms: float | None = None
        self._last: tuple[TimeForm, str] | None = None
        self._form: TimeForm | None = None  # that was believed last

    def copy_fresh(self) -> TimestampParser:
        """Return a parser of another log with the same settings, which has learned nothing."""
        return TimestampParser(self._origin_ms, self.zone, self.forms)

    @property
    def _near_ms(self) -> float | None:
        """Return the time that completes a timestamp. A log begins later than its job, often hours later."""
        if self._origin_ms is None or self._known or self.reference_ms != self._origin_ms:
            return self.reference_ms
        return self._origin_ms + _FIRST_AFTER_START_MS

    def read(self, text: str) -> Timestamp | None:
        """Return the timestamp of a line of plain text, or None. A full-width colon counts as a colon."""
        if _WIDE_COLON in text:
            text = _WIDE_COLON_OF_CLOCK.sub(":", text)
        lead = skip_lead(text)
        if not lead:
            return self._read(text)
        stamp = self._read(text[lead:])
        if stamp is None:
            return self._read(text)
        return Timestamp(stamp.ms, stamp.start + lead, stamp.end + lead)

    def _read(self, text: str) -> Timestamp | None:
        stamp = self._read_same_place(text)
        if stamp is not None:
            return stamp
        is_likely = MAY_HOLD.search(text, 0, _JSON_HEAD if text[:1] == "{" else _HEAD) is not None
        last = self._find_last(text) if is_likely or len(text) > _HEAD else None
        if not self.forms and not is_likely and last is None:
            return None
        if not self.forms and _has_times_of_bar_only(text):
            return None
        candidates = self._find_candidates(text)
        if last is not None:
            candidates = [one for one in candidates if one.stamp.start < last.stamp.start] + [last]
        for candidate in candidates:
            if self._believes(candidate):
                return candidate.stamp
        return None

    def _read_same_place(self, text: str) -> Timestamp | None:
        """Return the timestamp in the form and after the very text of the one before, or None."""
        if self._last is None:
            return None
        form, prefix = self._last
        if not text.startswith(prefix):
            return None
        match = form.pattern.match(text, len(prefix))
        ms = resolve(match, self._near_ms, self.zone) if match else None
        if match is None or ms is None or self._is_jump(ms):
            return None
        self.reference_ms = ms
        self._jumped_ms = None
        if self._pending_clocks and form not in _CLOCKS:
            self._pending_clocks.clear()
        return Timestamp(ms, *_find_extent(match))

    def _find_candidates(self, text: str) -> list[_Candidate]:
        """Return the possible timestamps of a line from the left; own forms and keys of JSON come first."""
        own = self._search(text[:_HEAD], self.forms)
        if own:
            return own[:1]
        if text.lstrip()[:1] == "{" and (key := _JSON_KEY.search(text, 0, _JSON_HEAD)):
            head = text[key.start() : key.start() + _HEAD]
            first = self._find_leftmost(head) or next(iter(self._search(head, FORMS)), None)
            if first is not None:
                return [_shift(first, key.start())]
        head = text[:_HEAD]
        first = self._find_leftmost(head)
        if first is not None and (first.form, first.place) in self._known:
            return [first]
        return self._search(head, FORMS)[:_CANDIDATES]

    def _find_last(self, text: str) -> _Candidate | None:
        """Return the timestamp with a date that stands in brackets at the end of a line."""
        bare = text.rstrip()
        if not bare.endswith(_CLOSING):
            return None
        end = len(bare) - 1
        begin = max(1, end - _TAIL)
        if not MAY_HOLD.search(text, begin, end):
            return None
        for form in (form for form in FORMS if not form.bare):
            for match in form.pattern.finditer(text, begin):
                start, stop = _find_extent(match)
                is_dated = not form.pattern.groupindex.keys().isdisjoint(_DATES)
                if not is_dated or stop != end or text[start - 1] not in _OPENING:
                    continue
                ms = resolve(match, self._near_ms, self.zone)
                if ms is not None:
                    return _Candidate(Timestamp(ms, start, stop), form, _END, in_header=False)
        return None

    def _find_leftmost(self, head: str) -> _Candidate | None:
        """Return the timestamp in the form that was believed last; None where another may be before it."""
        found = [] if self._form is None else self._search(head, (self._form,))
        if not found or MAY_HOLD.search(head, 0, found[0].stamp.start):
            return None
        return found[0]

    def _search(self, head: str, forms: Sequence[TimeForm]) -> list[_Candidate]:
        found: list[_Candidate] = []
        for form in forms:
            match = next((m for m in form.pattern.finditer(head) if not _is_in_name(head, m)), None)
            if match is None or match.start() > _LATEST_START:
                continue
            ms = resolve(match, self._near_ms, self.zone)
            if ms is not None:
                found.append(
                    self._build_candidate(form, head, Timestamp(ms, *_find_extent(match)), match.start())
                )
        return sorted(found, key=lambda candidate: candidate.stamp.start)

    @staticmethod
    def _build_candidate(form: TimeForm, head: str, stamp: Timestamp, begin: int) -> _Candidate:
        prefix = head[: min(begin, stamp.start)]
        if _KEY.search(head[: stamp.start]):
            return _Candidate(stamp, form, "key", in_header=True)
        place = _DIGITS.sub("0", _LETTERS.sub("a", prefix))
        return _Candidate(stamp, form, place, _HEADER.fullmatch(prefix) is not None, head[:begin])

    def _believes(self, candidate: _Candidate) -> bool:
        """Return whether a possible timestamp is one, and learn from it."""
        ms, key = candidate.stamp.ms, (candidate.form, candidate.place)
        if candidate.form.own or (key in self._known and not self._is_far_clock(candidate)):
            return self._follow(candidate)
        plausible = self._is_plausible(candidate)
        if plausible and candidate.in_header and not candidate.form.bare:
            self._known.add(key)
            return self._follow(candidate)
        pending = self._pending_clocks if candidate.form in _CLOCKS else self._pending
        count, last = pending.get(key, (0, ms))
        pending[key] = (count + 1 if 0 <= ms - last <= DAY_MS else 1, ms)
        if pending[key][0] >= _CONFIRMED:
            self._known.add(key)
            self._jumped_ms = ms
            return self._follow(candidate)
        return plausible and self._follow(candidate)

    def _is_plausible(self, candidate: _Candidate) -> bool:
        """Return whether a timestamp in a new place is believed at once."""
        ms, solid = candidate.stamp.ms, candidate.in_header and not candidate.form.bare
        if not self._known:
            return (solid and not self._is_beyond(ms)) or self._is_after_start(ms, _LIKELY_AFTER_START_MS)
        if not (candidate.in_header or candidate.form.bare or candidate.place == _END):
            return False
        if self._is_far_clock(candidate):
            return False
        near = self.reference_ms is not None and abs(ms - self.reference_ms) <= DAY_MS
        lost = self.reference_ms is not None and not self._is_after_start(self.reference_ms)
        return near or (lost and solid and self._is_after_start(ms))

    def _is_far_clock(self, candidate: _Candidate) -> bool:
        """Return whether a clock without a date is far from the lines of a log with dates: a duration is."""
        if candidate.form not in _CLOCKS or self.reference_ms is None:
            return False
        if abs(candidate.stamp.ms - self.reference_ms) <= _CLOCK_NEAR_MS:
            return False
        return any(form not in _CLOCKS for form, _ in self._known)

    def _is_after_start(self, ms: float, within_ms: float = _AFTER_START_MS) -> bool:
        if self._origin_ms is None:
            return True
        return -DAY_MS <= ms - self._origin_ms <= within_ms

    def _is_beyond(self, ms: float) -> bool:
        return self._origin_ms is not None and ms - self._origin_ms > _AFTER_START_MS

    def _follow(self, candidate: _Candidate) -> bool:
        """Move the reference to a timestamp unless it jumps; return False for a number that jumps."""
        ms = candidate.stamp.ms
        if self._is_jump(ms):
            self._jumped_ms = ms
            return not candidate.form.bare and candidate.in_header
        self.reference_ms, self._jumped_ms = ms, None
        if candidate.form not in _CLOCKS:
            self._pending_clocks.clear()
        known = (candidate.form, candidate.place) in self._known
        self._form = candidate.form if known else self._form
        self._last = (
            (candidate.form, candidate.prefix) if known and candidate.place not in ("key", _END) else None
        )
        return True

    def _is_jump(self, ms: float) -> bool:
        """Return whether a time is far from the log's so far, and not confirmed by the one before."""
        if not self._known or self.reference_ms is None or abs(ms - self.reference_ms) <= _JUMP_MS:
            return False
        return self._jumped_ms is None or abs(ms - self._jumped_ms) > DAY_MS


def _has_times_of_bar_only(text: str) -> bool:
    """Return whether the times of a line are the elapsed and the remaining time of a bar of tqdm."""
    begin = text.find("%|", 0, _HEAD)
    if begin < 0 or MAY_HOLD.search(text, 0, begin):
        return False
    end = text.find("]", begin, _HEAD)
    return end >= 0 and not MAY_HOLD.search(text, end, _HEAD)


def _shift(candidate: _Candidate, by: int) -> _Candidate:
    stamp = candidate.stamp
    moved = Timestamp(stamp.ms, stamp.start + by, stamp.end + by)
    return _Candidate(moved, candidate.form, "key", in_header=True)


def _is_in_name(head: str, match: re.Match[str]) -> bool:
    """Return whether a match is part of a path or of the name of a file."""
    start, end = _find_extent(match)
    return _NAME_BEFORE.search(head[:start]) is not None or (
        start > 0 and _NAME_AFTER.match(head, end) is not None
    )


def _find_extent(match: re.Match[str]) -> tuple[int, int]:
    """Return the characters of the timestamp, without what the pattern needs in front of it."""
    groups = match.re.groupindex
    for epoch, fraction in (("e", "f"), ("e2", "f2")):
        if epoch in groups and match[epoch]:
            return match.start(epoch), max(match.end(epoch), match.end(fraction) if fraction in groups else 0)
    if "lead" in groups or groups.keys().isdisjoint(_DATES):
        return match.start("h"), match.end()
    return match.span()

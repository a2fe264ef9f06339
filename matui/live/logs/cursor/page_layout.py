"""Normalize log pages read by line cursor: lines ordered from the base on, cursors by side. Pure.

A cursor is an opaque string of the cloud. It is compared, never calculated with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, NamedTuple, TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.cursor.cursor_order import CursorOrder

_PROVED_PAGES = 3  # short pages of one size that were proved, before others of that size are believed

LineSeparator: TypeAlias = Literal["", "single", "double"]
CursorMode: TypeAlias = Literal["", "exclusive", "inclusive"]


class PageContent(NamedTuple):
    """The lines of a page.

    ``separator`` is how the lines were joined where the page proves it, else ``""``. ``missing`` is the
    number of lines that the cloud counted and did not send.
    """

    lines: tuple[str, ...]
    separator: LineSeparator = ""
    missing: int = 0


def split_content(content: str, count: int | None, learned: LineSeparator = "") -> PageContent:
    """Return the lines of ``content``: joined by one newline or by a blank line, the last newline optional.

    ``count`` (the cloud's number of lines) decides. Without a count that fits, ``learned`` (the separator
    that earlier pages proved) decides, and without that the shape of the text. No text is ever dropped.
    """
    if not content:
        return PageContent(("",)) if count == 1 else PageContent((), missing=max(0, count or 0))
    exact = _split_by_count(content, count) if count else None
    return exact if exact is not None else _split_by_shape(content, count, learned)


def _split_by_count(content: str, count: int | None) -> PageContent | None:
    raw = content.split("\n")
    for parts in _try_last_newline(raw):
        if len(parts) == count:
            return PageContent(tuple(parts), "single" if len(parts) > 1 else "")
    for parts in _try_last_newline(raw):
        if count is not None and len(parts) == 2 * count - 1 and _is_every_other_empty(parts):
            return PageContent(tuple(parts[::2]), "double" if count > 1 else "")
    return None


def _try_last_newline(raw: list[str]) -> tuple[list[str], ...]:
    return (raw[:-1], raw) if raw[-1] == "" else (raw,)


def _split_by_shape(content: str, count: int | None, learned: LineSeparator) -> PageContent:
    raw = content.split("\n")
    parts = raw[:-1] if raw[-1] == "" and len(raw) > 1 else raw
    double = len(parts) % 2 == 1 and len(parts) >= 3 and _is_every_other_empty(parts)
    lines = tuple(parts[::2]) if double and learned != "single" else tuple(parts)
    return PageContent(lines, "", max(0, (count or 0) - len(lines)))


def _is_every_other_empty(parts: list[str]) -> bool:
    return not any(parts[1::2])


class PageRequest(NamedTuple):
    """One request for at most ``limit`` lines after the cursor ``base``, or before it when ``older``."""

    base: str
    older: bool
    limit: int


@dataclass(slots=True)
class ServerQuirks:
    """The behaviour of a log's server, as its pages have proved it; ``""`` and None while unknown.

    ``cursor_mode`` is whether a page begins with the base line (inclusive) or after it (exclusive).
    ``is_mode_assumed`` is whether only empty pages show the mode.
    ``largest`` is the longest page seen, in lines: a page of that length may have been cut there.
    ``is_largest_proved`` is whether a page shorter than those requested was proved to be whole.
    ``empty_pages`` counts pages without a line: a single one proves nothing. ``repeats_base`` is whether a
    page of newer lines has named its base as one of its cursors. ``names_lines`` is whether two
    pages had the same cursor for the same line. ``most_repeated`` is the most lines up to its base that a
    page had; ``repeats_lines`` is whether pages begin with lines before their base. ``gives_cursors`` is
    whether any page had a cursor, ``gives_lines`` whether any had a line, taken or not. ``proved_pages``
    counts pages of the longest size that were proved in turn.
    ``between_lines`` is whether a cursor is the place between two lines, not a line. ``keeps_limit`` is
    whether no page has more lines than were requested.
    """

    separator: LineSeparator = ""
    cursor_mode: CursorMode = ""
    is_mode_assumed: bool = False
    newest_first: bool | None = None
    largest: int = 0
    is_largest_proved: bool = False
    empty_pages: int = 0
    repeats_base: bool = False
    names_lines: bool | None = None
    most_repeated: int = 0
    repeats_lines: bool | None = None
    gives_cursors: bool = False
    gives_lines: bool = False
    proved_pages: int = 0
    between_lines: bool | None = None
    keeps_limit: bool | None = None
    order: CursorOrder = field(default_factory=CursorOrder)

    @property
    def starts_at_base(self) -> bool:
        """Whether each page of several lines has its base as the cursor of its first line."""
        is_inclusive = self.cursor_mode == "inclusive" and not self.between_lines
        return is_inclusive and self.names_lines is True and not self.may_repeat_lines

    def compare(self, a: str, b: str) -> int | None:
        """Return -1, 0 or 1 as cursor ``a`` is before, at or after ``b``; None where no order is proved."""
        return self.order.compare(a, b)

    @property
    def may_repeat_lines(self) -> bool:
        """Whether a page may begin with lines before its base; only clouds with ordered cursors do so."""
        return self.order.is_proved and self.repeats_lines is not False

    def count_proved_page(self, size: int, *, is_long: bool) -> None:
        """Record a page that was proved to be whole: a long one, or several of one size, are the longest."""
        self.proved_pages = self.proved_pages + 1 if size == self.largest else 0
        self.is_largest_proved |= is_long or self.proved_pages >= _PROVED_PAGES


class NormalizedPage(NamedTuple):
    """A page in the direction of reading: ``lines[0]`` is the line nearest to the base.

    ``near_cursor`` belongs to that line; ``far_cursor`` belongs to the last one and continues the reading. In
    a page of older lines the newest line is first. ``missing`` counts lines that the cloud did not send.
    """

    lines: tuple[str, ...]
    near_cursor: str
    far_cursor: str
    missing: int = 0

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The fingerprint of each line."""
        return tuple(map(compute_fingerprint, self.lines))


def observe_order(page: LogPage, request: PageRequest, quirks: ServerQuirks) -> None:
    """Record whether the cursors of a page, as it came, are in the order of its lines."""
    start, end = page.start.strip(), page.end.strip()
    if quirks.newest_first:
        start, end = end, start
    cursors = (start, end, request.base) if request.older else (request.base, start, end)
    lines = page.count or len(split_content(page.content, page.count, quirks.separator).lines)
    quirks.gives_cursors |= bool(start or end)
    observe_lines(page, quirks)
    if start and end and lines == request.limit == 1 and not request.base:
        quirks.between_lines = quirks.between_lines or start != end
    quirks.order.observe(cursors, lines)


def observe_lines(page: LogPage, quirks: ServerQuirks) -> None:
    """Record whether a page, as it came, has a line or counts one."""
    quirks.gives_lines |= bool(page.content) or (page.count or 0) > 0


def compute_fingerprint(line: str) -> str:
    """Return a string of at most 256 characters that identifies the line: the line itself or its digest."""
    if len(line) <= 256:
        return line
    return f"{len(line)} {blake2b(line.encode('utf-8', 'surrogatepass'), digest_size=24).hexdigest()}"


def normalize_page(
    page: LogPage, request: PageRequest, quirks: ServerQuirks, held: Sequence[str]
) -> NormalizedPage:
    """Return ``page`` in the direction of reading; record in ``quirks`` what it proves about the server.

    ``held`` has the fingerprints of the lines held at the base, nearest first.
    """
    observe_order(page, request, quirks)
    content = split_content(page.content, page.count, quirks.separator)
    quirks.separator = quirks.separator or content.separator
    lines, (start, end) = content.lines, _find_real_cursors(page, len(content.lines), request.base, quirks)
    if contradicts_count(page, request.base, quirks):
        start = end = ""
    if quirks.compare(start, end) == 1 and _end_echoes_base(lines, end, request, quirks, held):
        end = ""
    echo = not quirks.newest_first and request.base == (end if request.older else start)
    if quirks.compare(start, end) == 1 and not echo:
        start, end = end, start
        if _is_newest_first(lines, request, end, quirks, held):
            lines = lines[::-1]
    elif quirks.newest_first and quirks.compare(start, end) is None:
        lines, start, end = lines[::-1], end, start
    elif len(lines) > 1 and not (request.older and request.base) and quirks.compare(start, end) == -1:
        quirks.newest_first = False
    if request.older and request.base:
        return NormalizedPage(lines[::-1], end, start, content.missing)
    return NormalizedPage(lines, start, end, content.missing)


def _find_real_cursors(page: LogPage, size: int, base: str, quirks: ServerQuirks) -> tuple[str, str]:
    """Return start and end; a single line has one cursor, so the other one repeats the base or is empty."""
    start, end = page.start.strip(), page.end.strip()
    if quirks.between_lines:
        return start, end
    if size == 1 and (start or end) not in ("", base) and not (start and end):
        return start or end, start or end
    if size == 1 and start and end and base in (start, end):
        real = end if start == base else start
        return real, real
    return start, end


def contradicts_count(page: LogPage, base: str, quirks: ServerQuirks) -> bool:
    """Return whether several lines have one cursor for the first and the last, other than ``base``."""
    if page.start.strip() != page.end.strip() or page.end.strip() in ("", base):
        return False
    lines = page.count if page.count is not None else len(split_content(page.content, None).lines)
    return lines > (0 if quirks.between_lines else 1)


def lacks_lines(page: LogPage, base: str, quirks: ServerQuirks) -> bool:
    """Return whether one line has two cursors, none of them ``base``, although a cursor names a line."""
    cursors = {page.start.strip(), page.end.strip(), base, ""}
    return page.count == 1 and len(cursors) == 3 + bool(base) and quirks.between_lines is False


def lacks_text(page: LogPage) -> bool:
    """Return whether a page counts several lines and has no text: even empty lines have newlines between."""
    return not page.content and (page.count or 0) > 1


def _end_echoes_base(
    lines: Sequence[str], end: str, request: PageRequest, quirks: ServerQuirks, held: Sequence[str]
) -> bool:
    """Return whether ``end`` repeats the base: newer lines cannot end there unless the newest comes first."""
    if request.older or not lines or end != request.base or quirks.newest_first:
        return False
    is_base_last = bool(held) and compute_fingerprint(lines[-1]) == held[0]
    return quirks.newest_first is False or not is_base_last


def _is_newest_first(
    lines: Sequence[str], request: PageRequest, high: str, quirks: ServerQuirks, held: Sequence[str]
) -> bool:
    """Return whether a page whose start is after its end has its newest line first, not only its cursors."""
    if len(lines) < 2:
        return False
    if request.older and request.base == high:
        known = held[0] if held and quirks.cursor_mode == "inclusive" else None
        first_is_known = compute_fingerprint(lines[0]) == known != compute_fingerprint(lines[-1])
        return bool(quirks.newest_first) or (first_is_known and quirks.newest_first is None)
    if quirks.newest_first is False:
        return False  # other pages had their oldest line first: only the cursors are swapped
    quirks.newest_first = True
    return True

"""The bars around the table: header, tabs of the kinds, status bar and key bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from matui.base.clock import format_skew
from matui.base.text.cells import cut, fit, measure_width
from matui.base.text.sanitize import clean
from matui.console.bars.text_bar import TextBar, make_clickable
from matui.console.commands.keys import CommandHint, KeyHint, build_key_bar, build_prompt_hints
from matui.console.commands.registry import get_command
from matui.console.terminal.app import DiffApp

if TYPE_CHECKING:
    from matui.clouds.protocols import BudgetState
    from matui.console.bars.overview import Overview
    from matui.console.fleet import OpenProfiles
    from matui.console.messages import Mode
    from matui.console.table.kind_tables import KindTables
    from matui.resources.kind import Kind


_LEAST_FILTER = 12
_LEAST_STATE = 20  # cells that are kept for the state; up to them no key is added to an error


class HeaderBar(TextBar):
    """Profile, region, workspace, kind, counts by phase.

    ``_shown_for`` is what the header of several profiles was built from: it takes long with many of them.
    """

    _shown_for: object = None

    def show_opening(self, profile: str) -> None:
        """Show that a profile is being opened."""
        self._shown_for = None
        name = Content.styled(f" {profile or 'matui'} ", "bold $background on $accent")
        self.show(name + Content.styled(" opening …", "$text-muted"))

    def show_place(self, fleet: OpenProfiles, kind: Kind, now: Overview) -> None:
        """Show profile, region, workspace, kind and counts by phase."""
        from matui.console.bars.header import HeaderPlace, RowCounts, build_fleet_header, build_header
        from matui.console.bars.overview import get_workspace_name

        counts = RowCounts(now.counts, now.rows_read, now.total, now.acknowledged)
        if fleet.is_multi:
            chips = fleet.build_chips(None if kind.id == "triage" else kind.id)
            width = self.size.width
            shown_for = (chips, kind.id, tuple(now.counts.items()), counts[1:], width)
            if shown_for != self._shown_for:
                self._shown_for = shown_for
                self.show(build_fleet_header(chips, kind, counts, width))
            return
        self._shown_for = None
        session = fleet.primary
        place = HeaderPlace(
            profile=session.cloud.profile,
            region=session.cloud.region,
            workspace=get_workspace_name(session) if "workspaces" in session.cloud.kinds else None,
            read_only=session.read_only,
            colour=session.profile.color or "",
        )
        self.show(build_header(place, kind, counts, self.size.width))


class TabsBar(TextBar):
    """The kinds with their keys, and how many of each are in trouble."""

    _shown_for: object = None

    def show_kinds(
        self, fleet: OpenProfiles, here: Kind, keys: Mapping[str, str], unseen: Mapping[str, int]
    ) -> None:
        """Mark the kind shown and those with ``unseen`` changes, and count the rows in trouble of each."""
        from matui.console.bars.header import build_tabs
        from matui.console.bars.overview import count_troubles, list_kinds
        from matui.resources.kinds.triage import TRIAGE

        kinds = [TRIAGE, *list_kinds(fleet)]
        trouble = {kind.id: count_troubles(fleet, kind.id) for kind in kinds[1:]}
        tabs, width = [(keys.get(kind.id, ""), kind) for kind in kinds], self.size.width
        shown_for = (tabs, here.id, trouble, width, frozenset(unseen))
        if shown_for != self._shown_for:
            self._shown_for = shown_for
            self.show(build_tabs(tabs, here.id, trouble, width, frozenset(unseen)))


class StatusBar(Horizontal):
    """Age of the data and the reason cut in the table, filter and marks, output rate, and request budget."""

    DEFAULT_CSS = """
    StatusBar { height: 1; }
    StatusBar #unseen { width: auto; }
    StatusBar #narrowed { width: auto; }
    StatusBar #rate { width: auto; }
    StatusBar #budget { width: auto; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._freshness = TextBar(id="freshness")
        self._unseen = TextBar(id="unseen")
        self._narrowed = TextBar(id="narrowed")
        self._rate = TextBar(id="rate")
        self._budget = TextBar(id="budget")

    def compose(self) -> ComposeResult:
        """Lay out freshness, filter and marks, and the budget at the right."""
        yield self._freshness
        yield self._unseen
        yield self._narrowed
        yield self._rate
        yield self._budget

    def show_as_of(self, read_at: int, tables: KindTables) -> None:
        """Show when rows of the last run were read (ms since the epoch), and what filters them.

        For the time while the profiles are opened.
        """
        from matui.resources.model import format_moment

        words = Content.styled(f" as of {format_moment(read_at)}, asking", "$text-muted")
        self._freshness.show(words)
        self._show_narrowing(Content(""), tables)

    def _show_narrowing(self, before: Content, tables: KindTables) -> None:
        shown = before + _format_filter_and_marks(tables, self.size.width * 2 // 3)
        self._narrowed.show(shown)

    def show_state(
        self, fleet: OpenProfiles, now: Overview, tables: KindTables, errors_key: str, source: str = ""
    ) -> None:
        """Update freshness, filter, marks and budget; a part is repainted only if it has changed.

        ``source`` is the state of a replay, which stands for live data. An error that is too long is cut, and
        followed by the key that shows all of it.
        """
        from matui.live.poll.freshness import format_freshness

        budget, clock = fleet.get_budget(), fleet.primary.clock
        held = budget.holds_polls and not now.whose  # of several profiles the budget may be another's
        words = format_freshness(now.freshness, clock.now(), several=now.kind_id == "triage", held=held)
        if tables.as_of is not None:
            from matui.resources.model import format_moment

            asking = "asking" if words == "loading" else words.removeprefix("loading · ")
            words = f"as of {format_moment(tables.as_of)}, {asking}"
        if source:
            words = source if words in ("live", "loading") else f"{source} · {words}"
        style = "$text-warning" if now.freshness.error or now.freshness.paused else "$text-muted"
        if not now.complete and now.total:
            words = f"{words} · {now.known:,} of {now.total:,} read"
        if now.freshness.error is not None:
            error = now.freshness.error  # where there are no rows the error stands whole in their place
            message = error.sentence if now.freshness.fetched_at is None else str(error)
            words = f"{words} · {f'{now.whose}: ' if now.whose else ''}{clean(message)}"
        elif now.whose and "no answer yet" in words:
            words = f"{words} · {now.whose}"
        failed, more = now.freshness.error is not None, f" {errors_key or ':errors'}: all of it"
        whose = f"profile {tables.cut_profile} · " if tables.cut_profile else ""
        room = self._freshness.size.width - 1 - measure_width(whose)
        reason = "" if failed and tables.as_of is not None else tables.cut_reason
        words = whose + fit_state(words, reason, more, room, failed=failed)
        freshness = Content.styled(f" {words}", style)
        self._freshness.show(
            make_clickable(freshness, "errors") if now.freshness.error is not None else freshness
        )
        self._show_narrowing(_explain_stock(self.app) + _format_clock_skew(fleet), tables)
        self._budget.show(_format_budget_use(budget))

    def show_unseen(self, unseen: Mapping[str, int], key: str) -> None:
        """Show how many resources have changed unseen, in the room that the other parts leave."""
        from matui.console.changes.unseen import describe_unseen

        narrowed = self._narrowed.content.cell_length
        words = describe_unseen(unseen, key, compute_unseen_room(self.size.width, narrowed))
        shown = f" {words} " if words else ""
        self._unseen.show(make_clickable(Content.styled(shown, "$text-muted"), "changes"))

    def show_rate(self, words: str) -> None:
        """Show the output rate; ``""`` hides it."""
        self._rate.show(Content.styled(f" {words} " if words else "", "$text-muted"))


def compute_unseen_room(width: int, narrowed: int) -> int:
    """Return the cells for unseen changes in a bar of ``width``: at most half, without those of the state."""
    return min(width // 2, width - narrowed - _LEAST_STATE) - 2


def fit_state(words: str, reason: str, more: str, room: int, *, failed: bool) -> str:
    """Return the state of the data and the reason of the selected row in ``room`` cells.

    Where a list ``failed``, its error is in ``words``, and the reason comes first. ``more`` is the key that
    shows all of an error that is cut.
    """
    if reason and not failed:
        return f"{words} · {reason}"
    words = f"{reason} · {words}" if reason else words
    if measure_width(words) <= room or room <= _LEAST_STATE:
        return words
    if reason and measure_width(reason) + len(more) >= room:
        return reason
    return fit(words, room - len(more)) + more


def _explain_stock(app: App[object]) -> Content:
    """Return why the console runs on stock Textual, if it does."""
    reason = app.stock_reason if isinstance(app, DiffApp) else None
    return Content.styled(f" stock output: {reason} ", "$text-warning") if reason else Content("")


def _format_clock_skew(fleet: OpenProfiles) -> Content:
    from matui.clouds.protocols import get_clock_offset_s

    words = next((w for member in fleet.members if (w := format_skew(get_clock_offset_s(member.cloud)))), "")
    return Content.styled(f" {words} ", "bold $text-warning") if words else Content("")


def _format_filter_and_marks(tables: KindTables, room: int) -> Content:
    table = tables.table
    if table is None:
        return Content("")
    marks = ""
    if table.marks:
        hidden = f" ({table.marks.hidden} hidden)" if table.marks.hidden else ""
        marks = f"{len(table.marks)} marked{hidden}"
    count = f"{table.row_count:,} of {table.rows.total:,}" if tables.filter_text else ""
    return build_narrowing(marks, tables.filter_text, count, tables.left_out, room)


def build_narrowing(marks: str, expression: str, count: str, left_out: str, room: int) -> Content:
    """Return what narrows the table in ``room`` cells: marks and count are whole, the others cut."""
    parts: list[Content] = []
    if marks:
        parts.append(make_clickable(Content.styled(f" {marks} ", "bold $accent"), "back"))
    room -= sum(part.cell_length for part in parts)
    if expression:
        shown = cut(f"/{expression}", max(_LEAST_FILTER, room - measure_width(count) - 3))
        parts.append(make_clickable(Content.styled(f" {shown} ", "bold $accent"), "filter"))
        parts.append(Content.styled(f"{count} ", "$text-muted"))
        room -= measure_width(shown) + measure_width(count) + 3
    if left_out:
        shown = cut(left_out, room - 2)
        if measure_width(shown) >= min(_LEAST_FILTER, measure_width(left_out)):
            parts.append(Content.styled(f" {shown} ", "$text-warning"))
    return Content("").join(parts)


def _format_budget_use(budget: BudgetState) -> Content:
    """Return how much of the request budget is used, from 50 % on; in steps of ten, to repaint seldom."""
    if budget.used * 2 < budget.limit:
        return Content("")
    used = min(budget.limit, (budget.used + 9) // 10 * 10)
    style = "$text-warning" if budget.used * 5 > budget.limit * 4 else "$text-muted"
    return make_clickable(Content.styled(f" requests {used}/{budget.limit} a min ", style), "requests")


_build_key_bar = lru_cache(maxsize=32)(build_key_bar)  # rows of a state have the same bar


class KeyBar(TextBar):
    """The most useful keys of what has the focus; dimmed is what does nothing for what is selected."""

    _shown_for: object = None
    _hints: Sequence[KeyHint] = ()

    def show_prompt(self, mode: Mode, *, has_history: bool) -> None:
        """Show the keys of the prompt."""
        self._show(build_prompt_hints(mode, has_history=has_history, completes=mode in ("filter", "command")))

    def show_hints(self, commands: Sequence[CommandHint], keys: Mapping[str, str]) -> None:
        """Show the commands with the keys that the user's keymap gives them, or as they are typed."""
        hints = []
        for command_id, works, gives_way, own_words in commands:
            command = get_command(command_id)
            key = keys.get(command_id) or (f":{command_id}" if command.scope == "typed" else "")
            if key:
                words = own_words or command.hint or command_id
                hints.append(KeyHint(key.split()[0], words, command_id, works, gives_way))
        self._show(hints)

    def on_resize(self) -> None:
        """Show as many keys as fit now: before the first layout only the last one does."""
        self._show(self._hints)

    def _show(self, hints: Sequence[KeyHint]) -> None:
        self._hints = hints
        shown_for = (hints, self.size.width)
        if shown_for != self._shown_for:
            self._shown_for = shown_for
            self.show(_build_key_bar(tuple(hints), self.size.width))

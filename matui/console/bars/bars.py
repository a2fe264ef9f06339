"""The bars around the table: header, kind tabs, status and keys.

Says once that this machine's clock is wrong, also where the cloud does not mind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from matui.base.cells import cell_width, fit
from matui.base.clock import format_skew, format_skew_hint
from matui.base.errors import MatuiError
from matui.base.sanitize import clean
from matui.clouds.protocols import clock_offset_s
from matui.console.bars.text_bar import TextBar
from matui.console.commands.registry import command_by_id, key_bar
from matui.console.terminal.app import DiffApp

if TYPE_CHECKING:
    from matui.clouds.protocols import BudgetState
    from matui.console.bars.overview import Overview
    from matui.console.fleet import OpenProfiles
    from matui.console.session import ConsoleSession
    from matui.console.table.kind_tables import KindTables
    from matui.resources.kind import Kind


class HeaderBar(TextBar):
    """Profile, region, workspace, kind, counts by phase."""

    def show_opening(self, profile: str) -> None:
        """Say what is being opened, before anything is known of it."""
        name = Content.styled(f" {profile or 'matui'} ", "bold $background on $accent")
        self.show(name + Content.styled(" opening …", "$text-muted"))

    def show_place(self, fleet: OpenProfiles, kind: Kind, now: Overview) -> None:
        """Say where we are and how things stand."""
        from matui.console.bars.header import Place, fleet_header, header
        from matui.console.bars.overview import workspace_name

        if fleet.is_multi:
            chips = fleet.chips(None if kind.id == "triage" else kind.id)
            self.show(fleet_header(chips, kind, now.counts, now.known, now.total, self.size.width))
            return
        session = fleet.primary
        place = Place(
            profile=session.cloud.profile,
            region=session.cloud.region,
            workspace=workspace_name(session) if "workspaces" in session.cloud.kinds else None,
            read_only=session.read_only,
            colour=session.profile.color or "",
        )
        self.show(header(place, kind, now.counts, now.known, now.total))


class TabsBar(TextBar):
    """The kinds with their keys; trouble is counted beside each."""

    def show_kinds(self, fleet: OpenProfiles, here: Kind, keys: Mapping[str, str]) -> None:
        """Mark the kind shown and count what is in trouble elsewhere."""
        from matui.console.bars.header import tabs
        from matui.console.bars.overview import kinds_of, troubles
        from matui.resources.kinds.triage import TRIAGE

        kinds = [TRIAGE, *kinds_of(fleet)]
        trouble = {kind.id: troubles(fleet, kind.id) for kind in kinds[1:]}
        self.show(tabs([(keys.get(kind.id, ""), kind) for kind in kinds], here.id, trouble, self.size.width))


class StatusBar(Horizontal):
    """How fresh the data is, what narrows it, and what the polling costs."""

    DEFAULT_CSS = """
    StatusBar { height: 1; }
    StatusBar #narrowed { width: auto; }
    StatusBar #rate { width: auto; }
    StatusBar #budget { width: auto; }
    """

    def compose(self) -> ComposeResult:
        """Lay out freshness, filter and marks, and the budget at the right."""
        yield TextBar(id="freshness")
        yield TextBar(id="narrowed")
        yield TextBar(id="rate")
        yield TextBar(id="budget")

    def show_state(self, fleet: OpenProfiles, now: Overview, tables: KindTables, errors_key: str) -> None:
        """Bring the three parts up to date, each repainted only if it changed.

        An error too long for the line is cut, with the key that shows it whole.
        """
        from matui.live.poll.freshness import freshness_text

        words = freshness_text(now.freshness, fleet.primary.clock.now(), several=now.kind_id == "triage")
        style = "$text-warning" if now.freshness.error or now.freshness.paused else "$text-muted"
        if not now.complete and now.total:
            words = f"{words} · {now.known:,} of {now.total:,} read"
        if now.freshness.error is not None:
            error = now.freshness.error  # where there are no rows the error stands whole in their place
            told = error.sentence if now.freshness.fetched_at is None else str(error)
            words = f"{words} · {f'{now.whose}: ' if now.whose else ''}{clean(told)}"
        bar = self.query_one("#freshness", TextBar)
        room = bar.size.width - 1
        if cell_width(words) > room > 20:
            more = f" {errors_key}: all of it"
            words = fit(words, room - len(more)) + more
        bar.show(Content.styled(f" {words}", style))
        self.query_one("#narrowed", TextBar).show(_stock(self.app) + _skewed(fleet) + _narrowed(tables))
        self.query_one("#budget", TextBar).show(_budget(fleet.budget()))

    def show_rate(self, words: str) -> None:
        """Say how much goes to the terminal, ``""`` for nothing."""
        self.query_one("#rate", TextBar).show(Content.styled(f" {words} " if words else "", "$text-muted"))


def _stock(app: App[object]) -> Content:
    """Return why the console writes more bytes than it needs to, if it does."""
    reason = app.stock_reason if isinstance(app, DiffApp) else None
    return Content.styled(f" stock output: {reason} ", "$text-warning") if reason else Content("")


def _skewed(fleet: OpenProfiles) -> Content:
    words = next((w for member in fleet.members if (w := format_skew(clock_offset_s(member.cloud)))), "")
    return Content.styled(f" {words} ", "bold $text-warning") if words else Content("")


def _narrowed(tables: KindTables) -> Content:
    table = tables.table
    parts: list[Content] = []
    if table is not None and table.marks:
        parts.append(Content.styled(f" {len(table.marks.resources)} marked ", "bold $accent"))
    if table is not None and tables.filter_text:
        parts.append(Content.styled(f" /{tables.filter_text} ", "bold $accent"))
        parts.append(Content.styled(f"{table.row_count:,} of {table.total:,} ", "$text-muted"))
    return Content("").join(parts)


def _budget(budget: BudgetState) -> Content:
    """Return how much of the request budget is used, from 50 % on; in steps of ten, to repaint seldom."""
    if budget.used * 2 < budget.limit:
        return Content("")
    used = min(budget.limit, (budget.used + 9) // 10 * 10)
    style = "$text-warning" if budget.used * 5 > budget.limit * 4 else "$text-muted"
    return Content.styled(f" requests {used}/{budget.limit} a min ", style)


class KeyBar(TextBar):
    """The keys worth knowing here."""

    def show_hints(self, command_ids: Sequence[str], keys: Mapping[str, str]) -> None:
        """Show the commands with the keys that the user's keymap gives them."""
        shown = [command_by_id(command_id) for command_id in command_ids if command_id in keys]
        hints = [(keys[command.id].split()[0], command.hint or command.id) for command in shown]
        self.show(key_bar(hints, self.size.width))


class ClockNotice:
    """Remembers for which profiles it is among the errors; the status bar goes on showing it."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def look(self, session: ConsoleSession, say: Callable[[str], None]) -> None:
        """Say it, and keep it among the errors, when the last answers show it for the first time."""
        profile = session.cloud.profile
        hint = format_skew_hint(clock_offset_s(session.cloud))
        if hint and profile not in self._said:
            session.errors.note("clock", MatuiError(hint), session.clock.now())
            if not self._said:
                say(hint)
            self._said.add(profile)

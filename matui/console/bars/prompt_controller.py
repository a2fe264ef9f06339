"""Applies what is typed into the prompt: filters and searches at each key, a command on enter."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from matui.base.errors import UsageError
from matui.console.messages import LineChanged, Mode

if TYPE_CHECKING:
    from matui.console.bars.prompt import InputBar
    from matui.console.commands.command_line import CommandLine
    from matui.console.panes.split import PaneHost
    from matui.console.table.kind_tables import KindTables
    from matui.console.table.selection import Selection


class PromptHost(Protocol):
    """The methods that the controller calls on the screen of the prompt."""

    @property
    def is_attached(self) -> bool:
        """Whether the screen is part of a running application."""

    def mount(self, widget: InputBar, *, before: str) -> Awaitable[None]:
        """Mount the prompt above another widget."""

    def show_bars(self) -> None:
        """Update header, tabs, status and key bar."""

    def build_command_line(self) -> CommandLine:
        """Return the parser of commands, with the arguments known now."""

    async def run_command(self, command_id: str, argument: str = "") -> None:
        """Run a command."""


class PromptController:
    """Applies a filter or a search while it is typed; runs a command on enter."""

    def __init__(self, screen: PromptHost, tables: KindTables, panes: PaneHost, selection: Selection) -> None:
        self._screen = screen
        self._tables = tables
        self._panes = panes
        self._selection = selection
        self._mounting = asyncio.Lock()
        self._choices: list[str] = []
        self._choice = -1
        self._from_pane = False
        self._answer: Callable[[str], None] | None = None

    @cached_property
    def bar(self) -> InputBar:
        """The prompt, built when it is first used."""
        from matui.console.bars.prompt import InputBar

        return InputBar(id="input")

    @property
    def is_built(self) -> bool:
        """Whether the prompt has been used or mounted."""
        return "bar" in vars(self)

    def open_mode(self) -> Mode | None:
        """Return the mode of the prompt while it is open."""
        return self.bar.mode if self.is_open else None

    async def mount(self) -> None:
        """Mount the prompt, which the first rows need not wait for, unless the console is ending."""
        async with self._mounting:
            if self._screen.is_attached and not self.bar.is_attached:
                await self._screen.mount(self.bar, before="#status")

    def ask(self, mode: Mode, hint: str, answer: Callable[[str], None]) -> None:
        """Open the prompt for a line that is passed to ``answer``; not called when it is cancelled."""
        self._from_pane = self._selection.in_pane
        self._answer = answer
        self.bar.open(mode)
        self.bar.show_notice(hint)
        self._screen.show_bars()

    @property
    def is_open(self) -> bool:
        """Whether the prompt is open."""
        return self.is_built and self.bar.is_open

    def open_in_pane(self, mode: Mode, text: str, hint: str) -> None:
        """Open the prompt for the open pane."""
        self._from_pane = True
        self.bar.open(mode, text)
        self.bar.show_notice(hint)
        self._screen.show_bars()

    def open_filter(self) -> None:
        """Open the prompt for a filter, or in a pane of lines for a search, with the current one in it."""
        screen = self._screen
        self._from_pane = self._selection.in_pane
        if self._selection.in_lines and self._panes.pane is not None:
            self.bar.open("search", self._panes.pane.search_text)
            screen.show_bars()
        else:
            self.bar.open("filter", self._tables.filter_text)
            self._show_count()
            screen.show_bars()

    def open_command(self) -> None:
        """Open the prompt for a command."""
        self._from_pane = self._selection.in_pane
        self.bar.open("command")
        self.bar.show_notice("a kind with a filter, a command, profile NAME …")
        self._screen.show_bars()

    def change(self, mode: str, text: str) -> None:
        """Apply what is typed so far."""
        self._choices = []
        self.bar.suggest(())
        if mode == "filter":
            self.filter(text)
        elif mode == "search":
            self._search(text)
        elif self._answer is not None:
            self.bar.show_notice("")
        elif mode != "command":
            self._pass_to_pane(mode, text)
        else:
            self.bar.show_notice("")
            self.bar.suggest(self._complete(text))

    def filter(self, text: str) -> None:
        """Filter the table; a wrong term is named."""
        wrong = self._tables.set_filter(text)
        if wrong:
            self.bar.show_notice(wrong[0], wrong=True)
        else:
            self._show_count()
        self._screen.show_bars()

    def _show_count(self) -> None:
        table = self._tables.table
        if table is not None:
            count = f"{table.row_count:,} of {table.rows.total:,}"
            left_out = self._tables.left_out
            self.bar.show_notice(f"{count} · {left_out}" if left_out else count, wrong=bool(left_out))

    def _search(self, text: str) -> None:
        pane = self._panes.pane
        if pane is not None:
            said, wrong = pane.search(text)
            self.bar.show_notice(said, wrong=wrong)

    def _pass_to_pane(self, mode: str, text: str) -> None:
        pane = self._panes.pane
        if pane is not None:
            said, wrong = pane.check_typing(mode, text)
            self.bar.show_notice(said, wrong=wrong)

    async def submit(self, mode: str, text: str) -> None:
        """Keep a filter or a search, run a command, or pass on an answer."""
        if self._answer is not None:
            answer = self._answer
            self.leave()
            answer(text)
            return
        if mode != "command":
            pane = self._panes.pane
            wrong = pane.apply_input(mode, text) if pane is not None and mode != "filter" else ""
            if wrong:
                self.bar.show_notice(wrong, wrong=True)
            else:
                self.leave()
            return
        try:
            typed = self._screen.build_command_line().parse(text)
        except UsageError as error:
            self.bar.show_notice(str(error), wrong=True)
            return
        self.leave()
        await self._screen.run_command(typed.verb, typed.argument)

    def cancel(self) -> None:
        """Discard what was typed."""
        mode = self.bar.mode
        if mode == "filter":
            self.filter("")
        elif mode == "search":
            self._search("")
        self.leave()

    def complete(self) -> None:
        """Put the next completion into the prompt."""
        prompt = self.bar
        if prompt.mode not in ("command", "filter"):
            return
        if not self._choices:
            self._choices, self._choice = self._complete(prompt.text), -1
        if not self._choices:
            return
        self._choice = (self._choice + 1) % len(self._choices)
        choices, choice = self._choices, self._choice
        with prompt.prevent(LineChanged):
            prompt.replace(choices[choice])
        if prompt.mode == "filter":
            self.filter(prompt.text)
        prompt.suggest(choices, choice)

    def _complete(self, text: str) -> list[str]:
        if self.bar.mode == "command":
            return self._screen.build_command_line().complete(text)
        from matui.console.commands.command_line import complete_typed_filter

        return complete_typed_filter(text, self._tables.kind)

    def leave(self) -> None:
        """Close the prompt and restore the focus, at once: the next key may have been typed already."""
        screen = self._screen
        self._answer = None
        self.bar.close()
        if self._from_pane and self._panes.pane is not None:
            self._panes.pane.focus_body()
        elif self._tables.table is not None:
            self._tables.table.screen.set_focus(self._tables.table)
        screen.show_bars()

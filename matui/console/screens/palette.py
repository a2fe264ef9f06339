"""The command palette: every command by its title, above a prompt."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from matui.base.text.cells import fit, measure_width
from matui.console.bars.prompt import InputBar
from matui.console.commands.command_line import CommandLine, ParsedCommand
from matui.console.commands.palette import PaletteEntry, match_entries
from matui.console.messages import LineCancelled, LineChanged, LineCompletion, LineSubmitted
from matui.console.terminal.screen import DiffModal

_MAX_ROWS = 14
_OTHER_ROWS = 5  # header, tabs, the border, the prompt, and a row of the table
_MAX_TITLE = 60
_GAP = 2
_WIDE = 70  # cells, from which on the prompt has room for its keys


class PaletteScreen(DiffModal[ParsedCommand | None]):
    """Asks for a command. The result is the command, or None when cancelled.

    The surroundings are not dimmed, so that opening and closing write only the palette's own rows.
    """

    AUTO_FOCUS = ""
    DIMS = False
    DEFAULT_CSS = """
    #palette { width: 100%; height: auto; background: $panel; border-top: solid $accent; }
    #palette-entries { width: 100%; border: none; padding: 0; background: $panel; }
    #palette-entries { scrollbar-size-vertical: 1; }
    #palette-entries > .option-list--option-highlighted {
        background: $cursor;
        color: $cursor-text;
        text-style: bold;
    }
    """
    BINDINGS = [
        Binding("up,ctrl+k", "move(-1)", show=False, priority=True),
        Binding("down,ctrl+j", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("ctrl+p", "close", show=False, priority=True),
    ]

    def __init__(self, entries: Sequence[PaletteEntry], parser: CommandLine) -> None:
        super().__init__(classes="-undimmed")
        self._entries = entries
        self._parser = parser
        self._found: list[PaletteEntry] = []
        self._list = OptionList(id="palette-entries")
        self._list.can_focus = False
        self._input = InputBar()

    def compose(self) -> ComposeResult:
        """Lay out the entries above the prompt."""
        with Vertical(id="palette"):
            yield self._list
            yield self._input

    def on_mount(self) -> None:
        """Open the prompt; the entries are laid out when the size is known."""
        self._input.open("palette")

    def on_resize(self, event: events.Resize) -> None:
        """Lay the entries out for the size."""
        self._list.styles.height = max(1, min(_MAX_ROWS, event.size.height - _OTHER_ROWS))
        self._show()

    def _show(self) -> None:
        query = self._input.text
        self._found = match_entries(self._entries, query, self._parser)
        width = self.app.size.width - 3
        titles = min(_MAX_TITLE, max((measure_width(entry.title) for entry in self._entries), default=0))
        titles = min(titles, width * 2 // 3)
        self._list.clear_options()
        self._list.add_options(Option(_format_entry(entry, titles, width)) for entry in self._found)
        self._list.highlighted = 0 if self._found else None
        if self._found:
            keys = " · ↑ ↓ choose · enter run · esc close" if width >= _WIDE else ""
            self._input.show_notice(f"{len(self._found)}{keys}")
        else:
            self._input.show_notice("Nothing matches. esc closes.", wrong=True)

    def action_move(self, step: int) -> None:
        """Move the highlight."""
        if self._found:
            self._list.highlighted = ((self._list.highlighted or 0) + step) % len(self._found)

    def action_page(self, pages: int) -> None:
        """Move the highlight by pages."""
        if self._found:
            at = (self._list.highlighted or 0) + pages * max(1, self._list.size.height)
            self._list.highlighted = max(0, min(at, len(self._found) - 1))

    @on(LineChanged)
    def _filter(self, event: LineChanged) -> None:
        event.stop()
        self._show()

    @on(LineCompletion)
    def _complete(self, event: LineCompletion) -> None:
        event.stop()
        if self._list.highlighted is not None:
            self._input.replace(self._found[self._list.highlighted].typed)

    @on(LineCancelled)
    def _close_palette(self, event: LineCancelled) -> None:
        event.stop()
        self.dismiss(None)

    @on(LineSubmitted)
    def _choose_highlighted(self, event: LineSubmitted) -> None:
        event.stop()
        if self._list.highlighted is not None:
            self._choose(self._found[self._list.highlighted])

    @on(OptionList.OptionSelected)
    def _choose_option(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(self._found[event.option_index])

    def _choose(self, entry: PaletteEntry) -> None:
        if entry.needs_argument:
            self._input.replace(entry.typed)
        else:
            self.dismiss(entry.command)


def _format_entry(entry: PaletteEntry, titles: int, width: int) -> Content:
    room = max(0, width - titles - _GAP)
    keys = entry.keys if measure_width(entry.keys) <= room else fit(entry.keys, room)
    return Content.assemble(" ", fit(entry.title, titles), " " * _GAP, (keys, "$text-muted"))

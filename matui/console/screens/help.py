"""The help screen: the keys that work here, now, and why the others do not.

Builds the help screen from the commands and the reasons why some do nothing now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from matui.console.commands.registry import all_commands, key_of
from matui.console.terminal.screen import DiffModal


@dataclass(frozen=True, slots=True)
class HelpEntry:
    """A key, what it does, the group it stands in, and why it does nothing now (``""`` when it works)."""

    key: str
    does: str
    group: str
    why_not: str = ""


class HelpScreen(DiffModal[None]):
    """Lists the keys by group, in two columns where there is room."""

    BINDINGS = [
        Binding("escape,q,question_mark", "close", "close"),
        Binding("g", "guide", "guide"),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]

    def __init__(self, title: str, entries: Sequence[HelpEntry]) -> None:
        super().__init__()
        self._title = title
        self._entries = entries

    def compose(self) -> ComposeResult:
        """Lay out the title and the groups."""
        with Vertical(id="dialog", classes="help"):
            yield Static(
                Content.assemble((self._title, "bold"), ("   g guide · esc closes", "$text-muted")),
                id="question",
            )
            with VerticalScroll(id="keys", can_focus=False):
                yield Static(self._table())

    def _table(self) -> Content:
        lines: list[Content] = []
        group = ""
        width = max((len(entry.key) for entry in self._entries), default=0)
        for entry in self._entries:
            if entry.group != group:
                group = entry.group
                lines += [Content("")] if lines else []
                lines.append(Content.styled(group, "bold $accent"))
            lines.append(self._line(entry, width))
        return Content("\n").join(lines)

    @staticmethod
    def _line(entry: HelpEntry, width: int) -> Content:
        key = (f"  {entry.key:<{width}}  ", "bold $accent")
        if not entry.why_not:
            return Content.assemble(key, entry.does)
        return Content.assemble(
            key, (entry.does, "$text-muted"), (f"  – {entry.why_not}", "italic $text-muted")
        )

    def action_guide(self) -> None:
        """Choose a topic of the guide, and read it."""
        from matui.console.screens.guide import GuideScreen, choose_topic

        def show(topic: str | None) -> None:
            if topic is not None:
                self.app.push_screen(GuideScreen(topic))

        self.app.push_screen(choose_topic(), show)

    def action_close(self) -> None:
        """Close the help."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll by ``lines``."""
        self.query_one("#keys", VerticalScroll).scroll_relative(y=lines, animate=False)


def help_screen(keys: Mapping[str, str], why_not: Callable[[str], str]) -> HelpScreen:
    """Return the help for here and now; ``keys`` are as people read them."""
    entries = [
        HelpEntry(key_of(command, keys), command.title, command.group, why_not(command.id))
        for command in all_commands()
    ]
    return HelpScreen("Keys", entries)

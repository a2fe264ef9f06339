"""The view of the metrics pane: lines, and the keys of the chart above them."""

from __future__ import annotations

import locale
import os
from typing import ClassVar

from textual.actions import SkipAction
from textual.binding import BindingType
from textual.message import Message

from matui.console.commands.registry import build_bindings
from matui.console.lines.view import LineView


class CurveView(LineView):
    """Shows lines. With ``has_curves`` the keys of the curves are passed on as ``CurveKey``."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "curve-view--cursor",
        *(f"curve-view--series-{number}" for number in range(6)),
    }
    DEFAULT_CSS = """
    CurveView {
        & > .curve-view--cursor { color: $foreground; text-style: reverse; }
        & > .curve-view--series-0 { color: $success; }
        & > .curve-view--series-1 { color: $accent; }
        & > .curve-view--series-2 { color: $warning; }
        & > .curve-view--series-3 { color: $primary; }
        & > .curve-view--series-4 { color: $secondary; }
        & > .curve-view--series-5 { color: $error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*build_bindings("curves")]

    class CurveKey(Message):
        """A key of the curves was pressed."""

        def __init__(self, command_id: str) -> None:
            super().__init__()
            self.command_id = command_id

    def __init__(self) -> None:
        super().__init__()
        self.has_curves = False

    def action_run(self, command_id: str) -> None:
        """Pass a key of the curves on; without curves the key keeps its other meaning."""
        if not self.has_curves:
            raise SkipAction
        self.post_message(self.CurveKey(command_id))


def lacks_braille() -> bool:
    """Return whether the terminal is the Linux console, or does not show UTF-8."""
    if os.environ.get("TERM", "") in ("linux", "vt100", "vt220", "dumb"):
        return True
    named = next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "")
    encoding = named.partition(".")[2] or locale.getpreferredencoding(False)
    return encoding.lower().replace("-", "").partition("@")[0] != "utf8"

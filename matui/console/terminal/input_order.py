"""Parses what the terminal sends; passes keys, pastes and clicks on in order, a widget's own keys at once."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.dom import NoScreen
from textual.errors import NoWidget
from textual.message import Message
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.timer import Timer

_LEAST_TRIPS = 2  # behind the event itself, and behind the messages that it has set off
_MOST_TRIPS = 8
_CHECK_S = 0.05  # between two looks at a marker that does not come back
_MOST_CHECKS = 40
_START, _END = "\x1b[200~", "\x1b[201~"
_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC and other strings
    r"|\x1b[ -/]*[0-Z\\-~]?"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_ESCAPE = "\x1b"
_TYPED = "0-9a-zA-MQ-WYZ /:?!*&#|\r\t"  # what begins no control sequence of a terminal
_ESCAPES_AND_KEY = re.compile(f"({_ESCAPE}+)(?=([{_TYPED}]))")


class CaughtUp(Message):
    """Follows an input event through the same queues of widgets, up to the application."""


class InputOrder:
    """Holds input until what the event before it has set off was handled.

    An event goes from widget to widget through their queues, and what it opens takes the focus at the end of
    that way: later keys would be on their way to the wrong widget. A marker sent behind the event comes back
    to the application after it; the next event is passed on when a marker finds the focus where it started.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._waiting: deque[events.Event] = deque()
        self._marker: CaughtUp | None = None
        self._start: Widget | None = None
        self._trips = 0
        self._is_handled = False
        self._timer: Timer | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no event waits."""
        return not self._waiting

    def put(self, event: events.Event) -> None:
        """Add an event that was read."""
        self._waiting.append(event)
        if self._marker is not None and not self._is_coming:
            self.note_back(self._marker)
        if self._marker is not None and self._timer is None:
            self._check_later(self._marker, 1)

    def put_first(self, *inputs: events.Event) -> None:
        """Add events before those that wait."""
        self._waiting.extendleft(reversed(inputs))

    def take(self) -> events.Event | None:
        """Return the event whose turn it is; None where there is none, or one before it goes on."""
        return self._waiting.popleft() if self._waiting and self._marker is None else None

    def find_target(self, event: events.Event) -> Widget | None:
        """Return the widget that an event goes to first."""
        if isinstance(event, events.MouseEvent):
            try:
                return self._app.get_widget_at(event.x, event.y)[0]
            except (NoScreen, NoWidget):
                pass
        return self._focused

    def follow(self, event: events.Event, target: Widget | None) -> None:
        """Send a marker behind an event that was passed on to ``target``."""
        if not isinstance(event, events.MouseMove | events.MouseScrollDown | events.MouseScrollUp):
            self._trips = 1 if self._is_handled else 0
            self._is_handled = False
            self._send(target)

    def note_handled(self) -> None:
        """Take the event being passed on as handled: only the messages it has set off are on their way."""
        self._is_handled = True

    def note_back(self, marker: CaughtUp) -> None:
        """Send a marker that has come back out again, unless nothing goes on."""
        if marker is not self._marker:
            return  # taken as back before
        self._marker, self._trips = None, self._trips + 1
        is_settled = self._trips >= _LEAST_TRIPS and self._focused is self._start
        if not is_settled and self._trips < _MOST_TRIPS:
            self._send(self._focused)

    @property
    def _is_coming(self) -> bool:
        """Whether the way of the marker is whole: it is cut when a screen or a pane closes."""
        return self._start is not None and self._start.is_attached

    @property
    def _focused(self) -> Widget | None:
        stack = self._app.screen_stack
        return (stack[-1].focused or stack[-1]) if stack else None

    def _send(self, start: Widget | None) -> None:
        self._start = start
        marker = CaughtUp()
        if start is not None and start.post_message(marker):
            self._marker = marker

    def _check_later(self, marker: CaughtUp, count: int) -> None:
        async def check() -> None:
            """Take a marker as back whose way was cut, or that a busy widget holds up for long."""
            self._timer = None
            if marker is not self._marker:
                if self._marker is not None and self._waiting:
                    self._check_later(self._marker, 1)
            elif count >= _MOST_CHECKS or not self._is_coming:
                self._app.post_message(marker)
            else:
                self._check_later(marker, count + 1)

        self._timer = self._app.set_timer(_CHECK_S, check)


class RunsOwnKeys(Widget):
    """A widget that handles keys by its bindings alone: none of them needs to reach its ``on_key``.

    Textual sends every key through the queues of the focused widget and of all widgets above it. The
    application then looks for a binding, and begins with those of the focused widget.
    """


async def run_own_key(app: App[Any], key: str) -> bool:
    """Run the action that the focused widget binds to a key; return whether it has handled the key.

    The key is left to Textual where something above the widget has a priority binding, and where the widget
    has messages that came before it.
    """
    widget = app.focused
    if not isinstance(widget, RunsOwnKeys) or widget.message_queue_size or not app.app_focus:
        return False
    (_widget, own), *above = app.screen._binding_chain  # noqa: SLF001 - with what the user's keymap changes
    if any(binding.priority for _node, map_ in above for binding in map_.key_to_bindings.get(key, ())):
        return False
    for binding in own.key_to_bindings.get(key, ()):
        if await app.run_action(binding.action, widget):
            return True
    return False


class PasteFilter:
    """Filters what the terminal sends: a paste keeps its text, tabs and ends of lines only.

    A paste that holds the sequence that ends a paste goes to the last one that was read with it.
    """

    def __init__(self) -> None:
        self._is_paste = False
        self._held = ""  # within a paste: what may be the beginning of its end
        self._before = ""  # outside: the last characters, which may be the beginning of a start

    def feed(self, text: str) -> str:
        """Return what the parser may read of the characters that were read."""
        passed: list[str] = []
        while text:
            text = self._paste(text, passed) if self._is_paste else self._pass_typed(text, passed)
        return "".join(passed)

    def _pass_typed(self, text: str, passed: list[str]) -> str:
        """Pass what was typed, up to the start of a paste; return the rest."""
        seen = self._before + text
        at = seen.find(_START)
        if at < 0:
            self._before = seen[1 - len(_START) :]
            passed.append(text)
            return ""
        end = at + len(_START) - len(self._before)
        self._before, self._is_paste = "", True
        passed.append(text[:end])
        return text[end:]

    def _paste(self, text: str, passed: list[str]) -> str:
        """Pass the text of a paste, up to its end; return the rest."""
        text, self._held = self._held + text, ""
        following = text.find(_START)
        end = text.rfind(_END, 0, following if following >= 0 else None)
        if end < 0:
            sizes = range(len(_END) - 1, 0, -1)
            held = next((size for size in sizes if text.endswith(_END[:size])), 0)
            self._held = text[len(text) - held :]
            passed.append(_SEQUENCE.sub("", text[: len(text) - held]))
            return ""
        self._is_paste = False
        passed.append(_SEQUENCE.sub("", text[:end]) + _END)
        return text[end + len(_END) :]


class InputParser:
    """Parses characters in chunks of any size.

    Escape and a key behind it are two keys, unless ``find_alt_key`` returns the name of the one that alt is
    with that character: terminals send the same for both, and Textual drops the escape.
    """

    def __init__(self, find_alt_key: Callable[[str], str | None], *, debug: bool = False) -> None:
        self._find_alt_key = find_alt_key
        self._parser = XTermParser(debug)
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._pastes = PasteFilter()
        self._held = ""  # escapes, which may be the beginning of a sequence

    def feed(self, read: bytes) -> Iterator[Message]:
        """Yield what was read."""
        text = self._held + self._pastes.feed(self._decode(read))
        whole = text.rstrip(_ESCAPE)
        text, self._held = whole, text[len(whole) :]
        at = 0
        for match in _ESCAPES_AND_KEY.finditer(text):
            yield from self._parse(text[at : match.start()])
            at = match.end()
            if alt_key := self._find_alt_key(match[2]):
                yield from _build_escapes(match[1][1:])
                yield events.Key(alt_key, None)
                at += 1
            else:
                yield from _build_escapes(match[1])
        yield from self._parse(text[at:])

    def tick(self, *, is_quiet: bool) -> Iterator[Message]:
        """Yield what is complete when nothing follows; ``is_quiet``: nothing came for 0.1 s."""
        if is_quiet:
            held, self._held = self._held, ""
            yield from _build_escapes(held)
        yield from self._parser.tick()

    def close(self) -> None:
        """End; what is incomplete is dropped."""
        with suppress(EOFError, ParseError):
            for _message in self._parser.feed(""):
                pass

    def _parse(self, text: str) -> Iterator[Message]:
        if text:
            yield from self._parser.feed(text)


def _build_escapes(text: str) -> Iterator[Message]:
    return (events.Key("escape", escape) for escape in text)

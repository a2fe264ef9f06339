"""Parses what the terminal sends: keys, pastes, the mouse and replies."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from contextlib import suppress

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.message import Message

from matui.console.terminal.paste import PasteFilter

_ESCAPE = "\x1b"
_TYPED = "0-9a-zA-MQ-WYZ /:?!*&#|\r\t"  # what begins no control sequence of a terminal
_ESCAPES_AND_KEY = re.compile(f"({_ESCAPE}+)(?=([{_TYPED}]))")


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
                yield from _escapes(match[1][1:])
                yield events.Key(alt_key, None)
                at += 1
            else:
                yield from _escapes(match[1])
        yield from self._parse(text[at:])

    def tick(self, *, is_quiet: bool) -> Iterator[Message]:
        """Yield what is complete when nothing follows; ``is_quiet``: nothing came for 0.1 s."""
        if is_quiet:
            held, self._held = self._held, ""
            yield from _escapes(held)
        yield from self._parser.tick()

    def close(self) -> None:
        """End; what is incomplete is dropped."""
        with suppress(EOFError, ParseError):
            for _message in self._parser.feed(""):
                pass

    def _parse(self, text: str) -> Iterator[Message]:
        if text:
            yield from self._parser.feed(text)


def _escapes(text: str) -> Iterator[Message]:
    return (events.Key("escape", escape) for escape in text)

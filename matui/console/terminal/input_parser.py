"""Parses what the terminal sends: keys, the mouse, replies, and pastes without their control sequences."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from contextlib import suppress

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.message import Message

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

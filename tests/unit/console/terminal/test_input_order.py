"""A paste is text: nothing in it acts as a key."""

from __future__ import annotations

import pytest
from textual import events

from matui.console.terminal.input_order import InputParser


def read(*chunks: str) -> list[str]:
    """Return the pastes and keys that an application gets of what a terminal sends."""
    parser = InputParser({"p": "alt+p"}.get)
    messages = [message for chunk in chunks for message in parser.feed(chunk.encode())]
    messages += parser.tick(is_quiet=True)
    return [
        f"paste {message.text!r}" if isinstance(message, events.Paste) else f"key {message.key}"
        for message in messages
        if isinstance(message, (events.Paste, events.Key))
    ]


@pytest.mark.parametrize(
    ("chunks", "wanted"),
    [
        (["\x1b[200~pangu\nyolo\x1b[201~x"], ["paste 'pangu\\nyolo'", "key x"]),
        (["\x1b[200~pa\x1b[31mngu\x1b]0;title\x07\x1b[201~"], ["paste 'pangu'"]),
        (["\x1b[200~a\x1b[\x1bxy\x1b[201~"], ["paste 'a[y'"]),
        (["\x1b[200~a\x1b\x1b[201~"], ["paste 'a'"]),
        (["\x1b[200~a\x9b3\x03\x7f\tb\x1b[201~"], ["paste 'a3\\tb'"]),
        (["\x1b[200~pan\x1b[201~gu\r\x1b[201~"], ["paste 'pangu\\r'"]),
        (["\x1b[200~a\x1b[201~x\x1b[200~b\x1b[201~"], ["paste 'a'", "key x", "paste 'b'"]),
        (["\x1b[20", "0~a", "b\x1b[2", "01", "~x"], ["paste 'ab'", "key x"]),
        (["\x1b[A", "x"], ["key up", "key x"]),
    ],
)
def test_a_paste_holds_no_key(chunks: list[str], wanted: list[str]) -> None:
    assert read(*chunks) == wanted


@pytest.mark.parametrize(
    ("chunks", "wanted"),
    [
        (["\x1bl"], ["escape", "l"]),
        (["\x1b", "/x"], ["escape", "slash", "x"]),
        (["d\x1b3\x1b\x1b:"], ["d", "escape", "3", "escape", "escape", "colon"]),
        (["\x1b\x1b", "l\x1b"], ["escape", "escape", "l", "escape"]),
        (["\x1b", "[A\x1b[", "B"], ["up", "down"]),
        (["\x1bOP\x1b\x1b[A"], ["f1", "escape", "up"]),
        (["\x1bp\x1bq"], ["alt+p", "escape", "q"]),  # alt+p is bound
    ],
)
def test_escape_and_the_key_behind_it_are_two_keys(chunks: list[str], wanted: list[str]) -> None:
    assert read(*chunks) == [f"key {key}" for key in wanted]

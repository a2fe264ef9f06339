"""Matching of the palette."""

from __future__ import annotations

from matui.console.commands.palette import score_match


def test_beginnings_of_words_come_before_parts_of_words() -> None:
    texts = ["unstoppable things", "stop  (x) stop", "bulk stopping"]
    ranked = sorted(texts, key=lambda text: score_match("stop", text), reverse=True)
    assert ranked == ["stop  (x) stop", "bulk stopping", "unstoppable things"]


def test_scattered_letters_are_no_match() -> None:
    assert score_match("sp", "switch workspace  (w) workspace") > 0
    assert score_match("stp", "start the pause") == 0
    assert score_match("stop zebra", "stop  (x) stop") == 0
    assert score_match("", "stop") == 0


def test_a_typed_command_is_found_by_its_colon() -> None:
    assert score_match(":flav", "flavors of training jobs  (:flavors) flavors") > 0.5

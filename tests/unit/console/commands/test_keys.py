"""Keys as users read them, and the key bar."""

from __future__ import annotations

from matui.console.commands.keys import KeyHint, build_key_bar, fit_hints, format_keys


def test_names_of_keys_become_their_signs() -> None:
    assert format_keys("enter,d") == "enter d"
    assert format_keys("colon") == ":"
    assert format_keys("escape,left_square_bracket") == "esc ["


def test_the_key_bar_drops_hints_before_the_last_one_where_there_is_no_room() -> None:
    hints = [KeyHint("a", "first"), KeyHint("b", "second"), KeyHint("?", "help", "help")]
    assert build_key_bar(hints, 40).plain == " a first  b second  ? help "
    assert build_key_bar(hints, 20).plain == " a first  ? help "
    assert build_key_bar(hints, 3).plain == " ? help "
    assert build_key_bar([], 40).plain == ""


def test_hints_that_do_not_fit_are_left_out_and_the_last_one_never_is() -> None:
    hints = ("enter open", "/ filter", "o sort", "esc back")
    assert fit_hints(hints, 80) == " enter open  / filter  o sort  esc back"
    assert fit_hints(hints, 33) == " enter open  / filter  esc back"
    assert fit_hints(hints, 9) == " esc back"

"""Keys as users read them, and the key bar."""

from __future__ import annotations

from matui.console.commands.keys import KeyHint, build_key_bar, build_prompt_hints, fit_hints, format_keys


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


def test_a_hint_that_does_nothing_is_dimmed_in_its_place() -> None:
    works, fails = ([KeyHint("x", "stop", works=works), KeyHint("?", "help")] for works in (True, False))
    assert build_key_bar(works, 40).plain == build_key_bar(fails, 40).plain
    assert "$text-disabled" in [span.style for span in build_key_bar(fails, 40).spans]
    assert "$text-disabled" not in [span.style for span in build_key_bar(works, 40).spans]


def test_a_hint_that_never_works_gives_way_to_those_that_do() -> None:
    never = KeyHint("x", "stop", works=False, gives_way=True)
    hints = [KeyHint("a", "first"), never, KeyHint("/", "filter"), KeyHint("?", "help")]
    assert build_key_bar(hints, 40).plain == " a first  x stop  / filter  ? help "
    assert build_key_bar(hints, 30).plain == " a first  / filter  ? help "
    assert build_key_bar(hints, 20).plain == " a first  ? help "


def test_the_keys_of_a_prompt() -> None:
    bar = build_key_bar(build_prompt_hints("filter", has_history=False, completes=True), 80)
    assert bar.plain == " enter keep  esc clear  ↑ history  tab complete "
    assert "$text-disabled" in [span.style for span in bar.spans]
    assert build_key_bar(build_prompt_hints("save", has_history=True, completes=False), 80).plain == (
        " enter save  esc cancel  ↑ history "
    )


def test_hints_that_do_not_fit_are_left_out_and_the_last_one_never_is() -> None:
    hints = ("enter open", "/ filter", "o sort", "esc back")
    assert fit_hints(hints, 80) == " enter open  / filter  o sort  esc back"
    assert fit_hints(hints, 33) == " enter open  / filter  esc back"
    assert fit_hints(hints, 9) == " esc back"

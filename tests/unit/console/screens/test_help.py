"""The text of the help."""

from __future__ import annotations

from typing import Any

import pytest

from matui.base.text.cells import measure_width
from matui.config.keymap import DEFAULT_KEYS
from matui.console.commands.keys import format_keys
from matui.console.commands.registry import list_commands
from matui.console.lines.view import Spans
from matui.console.screens.help import Focus, HelpEntry, filter_entries, format_entries, list_entries

KEYS = {name: format_keys(keys) for name, keys in DEFAULT_KEYS.items()}


def list_help(focus: Focus = "table", **options: Any) -> list[HelpEntry]:
    return list_entries(KEYS, options.get("why_not", lambda _id: ""), options.get("displaced", {}), focus)


def list_texts(lines: list[Spans]) -> list[str]:
    return ["".join(text for text, _style in line) for line in lines]


@pytest.mark.parametrize(
    ("focus", "first"),
    [("log", "follow"), ("lines", "next_match"), ("curves", "curve_left"), ("table", "triage")],
)
def test_the_part_of_the_focused_pane_comes_first(focus: Focus, first: str) -> None:
    found = list_help(focus)
    kinds = {command.id for command in list_commands()} - set(DEFAULT_KEYS)
    assert next(entry.binding for entry in found if entry.binding not in kinds) == first


@pytest.mark.parametrize(
    ("focus", "binding", "key", "why_not"),
    [
        ("log", "detail", "d", ""),
        ("log", "add", "a", "a is merge here"),
        ("log", "merge", "a", ""),
        ("curves", "stop", "x", "x is curve_axis here"),
        ("table", "stop", "x", ""),
    ],
)
def test_a_key_stands_only_beside_what_it_does_in_the_focused_pane(
    focus: Focus, binding: str, key: str, why_not: str
) -> None:
    """In a log help said of enter that it opens the detail, and of a that it creates a job."""
    entry = next(entry for entry in list_help(focus) if entry.binding == binding)
    assert (entry.key, entry.why_not) == (key, why_not)


def test_every_command_stands_there_once_with_its_binding_id() -> None:
    named = [entry.binding for entry in list_help("log") if entry.binding]
    assert sorted(named) == sorted(command.id for command in list_commands())


def test_what_the_keys_of_a_group_do_begins_in_one_column() -> None:
    for width in (50, 110):
        shown = "\n".join(list_texts(format_entries(list_help(), width)))
        lines = shown.split("\n")
        at = {
            line.rindex(f"{does} (")
            for does in ("notebooks", "maintenance")
            for line in lines
            if f"{does} (" in line
        }
        assert len(at) == 1


def test_typed_commands_and_keys_of_prompts_and_dialogs_stand_there() -> None:
    shown = "\n".join(list_texts(format_entries(list_help(), 100)))
    for words in (":theme THEME", ":jobs status:failed", ":flavors", "In a prompt", "In a dialog"):
        assert words in shown


def test_a_key_that_the_user_gave_to_another_is_explained() -> None:
    reason = "s is set for stop in [keys]"
    shown = "\n".join(list_texts(format_entries(list_help(displaced={"start": reason}), 100)))
    assert f"start – {reason}" in shown


@pytest.mark.parametrize("reason", ["", "only in a pane of lines"])
@pytest.mark.parametrize("width", [34, 40, 50, 72, 100, 110, 150, 190])
def test_no_line_is_wider_than_there_is_room(width: int, reason: str) -> None:
    lines = list_texts(format_entries(list_help(why_not=lambda _id: reason), width))
    assert [line for line in lines if measure_width(line) > width] == []


def test_binding_ids_stand_behind_the_words_where_it_is_narrow() -> None:
    shown = list_texts(format_entries(filter_entries(list_help(), "split_grow"), 34))
    assert " ".join(" ".join(shown).split()) == "View ctrl+↑ more room for the pane (split_grow)"


def test_two_columns_are_used_where_there_is_room_and_are_about_equal() -> None:
    one, two = format_entries(list_help(), 80), format_entries(list_help(), 160)
    assert len(one) / 2 <= len(two) < len(one) * 0.65


def test_filtering_finds_keys_ids_and_words() -> None:
    found = filter_entries(list_help(), "delete every")
    assert [entry.binding for entry in found] == ["delete-versions"]
    assert "pause" in [entry.binding for entry in filter_entries(list_help(), "POLL")]
    assert filter_entries(list_help(), "no such thing") == []


def test_a_long_key_does_not_move_the_words_behind_it() -> None:
    lines = list_texts(
        format_entries([HelpEntry(key, "does it", "Go", key) for key in ("1", ":maintenance")], 80)
    )
    assert len({line.index("does it") for line in lines[1:]}) == 1


def test_long_keys_stay_in_their_column() -> None:
    entries = [
        HelpEntry("x", "stop", "Actions", "stop"),
        HelpEntry(":save-image", "keep as an image", "Actions", "save-image"),
    ]
    lines = ["".join(text for text, _style in line) for line in format_entries(entries, 76)]
    assert lines[1].index("stop") == lines[2].index("save-image", 10) == 15
    assert lines[1].rindex("stop") == lines[2].index("keep")


@pytest.mark.parametrize("width", range(-2, 24))
def test_no_width_is_too_small(width: int) -> None:
    reason = "no open profile has any of these"
    assert format_entries(list_help(why_not=lambda _id: reason), width)

"""Entries of the palette, and their matching."""

from __future__ import annotations

from matui.console.commands.command_line import CommandLine, ParsedCommand
from matui.console.commands.palette import PaletteEntry, list_palette_entries, match_entries, score_match
from matui.console.commands.registry import list_commands

ARGUMENTS = {"theme": ["matui-dark", "matui-light"], "sort": [], "profile": ["prod"]}
PARSER = CommandLine([command.id for command in list_commands()], ARGUMENTS)


def list_entries(denied: str = "") -> list[PaletteEntry]:
    return list_palette_entries(
        {"stop": "x"}, lambda command_id: "denied" if command_id == denied else "", ARGUMENTS
    )


def find_titles(query: str) -> list[str]:
    return [entry.title for entry in match_entries(list_entries(), query, PARSER)]


def test_a_command_that_does_not_work_here_is_left_out() -> None:
    assert "stop" in [entry.title for entry in list_entries()]
    assert "stop" not in [entry.title for entry in list_entries(denied="stop")]


def test_a_verb_is_offered_and_its_arguments_once_they_match() -> None:
    assert "change the theme" in find_titles("")
    assert "theme: matui-light" not in find_titles("")
    assert find_titles("theme")[0] == "change the theme"
    assert find_titles("light") == ["theme: matui-light"]
    assert "sort by a column" not in find_titles("sort")  # no column is known
    prod = next(entry for entry in list_entries() if entry.keys == ":profile prod")
    assert prod.command == ParsedCommand("profile", "prod")


def test_a_typed_command_with_an_argument_comes_first() -> None:
    typed = match_entries(list_entries(), "jobs status:failed", PARSER)[0]
    assert (typed.title, typed.command) == ("run :jobs status:failed", ParsedCommand("jobs", "status:failed"))
    assert [entry.command for entry in match_entries(list_entries(), "theme matui-light", PARSER)] == [
        ParsedCommand("theme", "matui-light")
    ]


def test_letters_of_one_word_match_when_nothing_better_does() -> None:
    assert find_titles("ntbks") == ["notebooks"]
    assert "switch workspace" in find_titles("wksp")
    assert all("st" in title or "job" in title for title in find_titles("st"))


def test_beginnings_of_words_come_before_parts_of_words() -> None:
    texts = ["unstoppable things", "stop  (x) stop", "bulk stopping"]
    ranked = sorted(texts, key=lambda text: score_match("stop", text), reverse=True)
    assert ranked == ["stop  (x) stop", "bulk stopping", "unstoppable things"]


def test_a_command_comes_before_one_whose_title_ends_with_the_word() -> None:
    texts = ["filter filter the table, search in a log", "logs logs in the split pane"]
    assert max(texts, key=lambda text: score_match("log", text)) == texts[1]


def test_scattered_letters_are_no_match() -> None:
    assert score_match("sp", "switch workspace  (w) workspace") > 0
    assert score_match("stp", "start the pause") == 0
    assert score_match("stop zebra", "stop  (x) stop") == 0
    assert score_match("", "stop") == 0


def test_a_typed_command_is_found_by_its_colon() -> None:
    assert score_match(":flav", "flavors of training jobs  (:flavors) flavors") > 0.5

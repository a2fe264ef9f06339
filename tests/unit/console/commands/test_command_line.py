"""Parsing and completing typed commands."""

from __future__ import annotations

import re

import pytest

from matui.base.errors import UsageError
from matui.console.commands.command_line import (
    CommandLine,
    ParsedCommand,
    complete_typed_filter,
    is_subsequence,
    rank_words,
)
from matui.console.commands.registry import list_commands, refuse_argument


def test_profiles_are_completed_one_after_the_other() -> None:
    line = CommandLine(["profiles"], {"profile": ["prod", "lab", "qf"], "profiles": ["prod", "lab", "qf"]})
    assert line.complete("profiles prod,") == ["profiles prod,lab", "profiles prod,qf"]
    assert line.complete("profiles prod,q") == ["profiles prod,qf"]
    assert line.parse("profiles pr, l").argument == "prod,lab"
    assert line.parse("profiles").argument == ""
    with pytest.raises(UsageError, match="There is no profile 'zz'"):
        line.parse("profiles prod,zz")


def test_kinds_are_known_by_every_name_and_take_a_filter() -> None:
    line = CommandLine(["pause"], {})
    assert line.parse("job") == line.parse(":jobs") == ParsedCommand("jobs")
    assert line.parse("svc phase:failed") == ParsedCommand("services", "phase:failed")


def test_a_verb_without_its_argument_says_what_it_needs() -> None:
    with pytest.raises(UsageError, match="theme needs a THEME"):
        CommandLine([], {}).parse("theme")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("quit now", "quit takes no argument"),
        ("pause foo", "pause takes no argument"),
        ("paus foo", "pause takes no argument"),
        ("capsules 3", "capsules takes no argument"),
        ("logs train-resnet", "logs is for what is selected or marked, and takes no name"),
        ("edit train-resnet", "edit is for what is selected or marked, and takes no name"),
        ("help nonsense", "There is no topic 'nonsense'. Known: keys, logs"),
        ("sort nonsense", "There is no column 'nonsense'"),
    ],
)
def test_an_argument_that_a_command_does_not_take_is_refused(text: str, words: str) -> None:
    line = CommandLine(
        [command.id for command in list_commands()],
        {"help": ["keys", "logs"], "sort": ["name"]},
        refuse_argument,
    )
    with pytest.raises(UsageError, match=re.escape(words)):
        line.parse(text)


def test_commands_with_an_argument_keep_it() -> None:
    line = CommandLine(
        [command.id for command in list_commands()], {"help": ["keys", "logs"]}, refuse_argument
    )
    typed = ["help logs", "scale 3", "report 12", "changes since<1h", "acknowledge a note", "goto_time 03:12"]
    assert [line.parse(text) for text in typed] == [ParsedCommand(*text.split(" ", 1)) for text in typed]
    assert line.parse("help") == ParsedCommand("help")


def test_exact_words_rank_before_prefixes_and_scattered_letters() -> None:
    assert rank_words("log", ["catalog", "log", "logs", "leg-of-g"]) == ["log", "logs", "catalog", "leg-of-g"]
    assert is_subsequence("tsk", "tasks")
    assert not is_subsequence("kst", "tasks")


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("stat", ["status:"]),
        ("bert !ow", ["bert !owner:"]),
        ("phase:fa", ["phase:failed"]),
        ("x phase:failed,un", ["x phase:failed,unknown"]),
        ("", []),
        ("bert ", []),
        ("status:RUN", ["status:running"]),
        ("/sta", []),
        ("ag", ["age<"]),
        ("kind:pool", ["kind:pools"]),
        ("stalled:y", ["stalled:yes"]),
        ("phase:failed", []),
    ],
)
def test_fields_and_phases_are_completed(text: str, completed: list[str]) -> None:
    assert complete_typed_filter(text, None) == completed

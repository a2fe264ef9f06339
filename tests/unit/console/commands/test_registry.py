"""The table of commands."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from matui.config.keymap import DEFAULT_KEYS
from matui.console.commands.availability import Situation
from matui.console.commands.registry import (
    KindCommand,
    build_bindings,
    format_keys,
    get_command,
    list_commands,
)
from matui.resources.registry import KINDS


def test_every_default_key_belongs_to_one_command() -> None:
    ids = [command.id for command in list_commands()]
    assert len(ids) == len(set(ids))
    assert set(DEFAULT_KEYS) <= set(ids)


def test_each_kind_has_one_command() -> None:
    """Commands of kinds were a list of their own, filtered by one that left out nothing."""
    ids = [command.id for command in list_commands() if isinstance(command, KindCommand)]
    assert sorted(ids) == sorted(["triage", *KINDS])


def test_a_command_with_a_key_has_a_binding_and_a_typed_one_has_none() -> None:
    bound = {binding.id for binding in build_bindings("replay", "browse", "log", "lines", "curves", "app")}
    for command in list_commands():
        assert (command.id in bound) == (command.id in DEFAULT_KEYS)


def test_a_command_without_a_key_is_named_by_what_is_typed() -> None:
    assert format_keys(get_command("profiles"), {}) == ":profiles"
    assert format_keys(get_command("stop"), {"stop": "x"}) == "x"


@pytest.mark.parametrize(
    ("scopes", "command_id", "reason"),
    [
        (("lines",), "save", "only in a log"),
        (("lines",), "curve_axis", "only in metrics"),
        (("lines",), "wrap", ""),
        (("log", "lines"), "save", ""),
        (("log", "lines"), "curve_axis", "only in metrics"),
        (("curves", "lines"), "follow", "only in a log"),
        ((), "wrap", "only in a pane of lines"),
    ],
)
def test_a_command_of_another_pane_says_where_it_works(
    scopes: tuple[str, ...], command_id: str, reason: str
) -> None:
    """In the metrics, help said that f follows and S saves: they did nothing."""
    selection: Any = SimpleNamespace(in_lines=bool(scopes), line_scopes=scopes)
    nothing: Any = None
    here = Situation(nothing, nothing, nothing, selection)
    assert get_command(command_id).explain_disabled(here) == reason


@pytest.mark.parametrize("command_id", ["zoom", "next_pane", "split_grow", "split_shrink"])
@pytest.mark.parametrize(("has_pane", "reason"), [(True, ""), (False, "no pane is open")])
def test_a_command_about_the_pane_says_when_none_is_open(
    command_id: str, has_pane: bool, reason: str
) -> None:
    selection: Any = SimpleNamespace(in_lines=False, line_scopes=(), has_pane=has_pane)
    nothing: Any = None
    here = Situation(nothing, nothing, nothing, selection)
    assert get_command(command_id).explain_disabled(here) == reason

"""The table of commands."""

from __future__ import annotations

from matui.config.keymap import DEFAULT_KEYS
from matui.console.commands.registry import all_commands, bindings, command_by_id, key_of


def test_every_default_key_belongs_to_one_command() -> None:
    ids = [command.id for command in all_commands()]
    assert len(ids) == len(set(ids))
    assert set(DEFAULT_KEYS) <= set(ids)


def test_a_command_with_a_key_has_a_binding_and_a_typed_one_has_none() -> None:
    bound = {binding.id for binding in bindings("replay", "browse", "log", "lines", "curves", "app")}
    for command in all_commands():
        assert (command.id in bound) == (command.id in DEFAULT_KEYS)


def test_a_command_without_a_key_is_named_by_what_is_typed() -> None:
    assert key_of(command_by_id("profiles"), {}) == ":profiles"
    assert key_of(command_by_id("stop"), {"stop": "x"}) == "x"

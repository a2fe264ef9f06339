"""The keys of the commands, with those of the kinds and of the user's settings."""

from __future__ import annotations

from matui.console.commands.keys import CommandKeys
from matui.resources.registry import KIND_KEYS


def test_the_defaults_need_no_keymap() -> None:
    keys = CommandKeys(is_replay=False)
    assert "jobs" not in keys.labels
    keys.load_kinds(KIND_KEYS)
    assert keys.labels["jobs"] == KIND_KEYS["jobs"]
    keys.apply({}, KIND_KEYS)
    assert (keys.build_keymap(), keys.displaced) == ({}, {})


def test_a_key_of_the_user_takes_it_from_another_binding() -> None:
    keys = CommandKeys(is_replay=False)
    keys.apply({"jobs": "x"}, KIND_KEYS)
    assert keys.labels["jobs"] == "x"
    assert keys.build_keymap()["jobs"] == "x"
    (taken,) = [name for name, reason in keys.displaced.items() if "x is set for jobs" in reason]
    assert keys.build_keymap()[taken] == "no-key"


def test_a_replay_has_other_keys() -> None:
    live, replay = CommandKeys(is_replay=False), CommandKeys(is_replay=True)
    for keys in (live, replay):
        keys.apply({}, KIND_KEYS)
    assert live.bound != replay.bound


def test_a_key_of_a_pane_is_not_explained_where_the_screen_has_a_command_for_it() -> None:
    live, replay = CommandKeys(is_replay=False), CommandKeys(is_replay=True)
    for keys in (live, replay):
        keys.apply({}, KIND_KEYS)
    assert {"goto_time", "select"} <= live.explained
    assert not {"goto_time", "curve_series"} & replay.explained

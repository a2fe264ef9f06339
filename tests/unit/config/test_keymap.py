"""Keys: defaults without clashes, and overrides that are checked."""

from __future__ import annotations

import pytest

from matui.config.keymap import (
    KeyBindingError,
    build_default_keys,
    find_alt_keys,
    find_displaced,
    resolve_keys,
)
from matui.resources.registry import KIND_KEYS


def test_the_defaults_are_good() -> None:
    assert resolve_keys({}, KIND_KEYS) == build_default_keys(KIND_KEYS)


def test_names_are_those_textual_knows() -> None:
    from textual.keys import _character_to_key

    for character in ":/?[],;!\"#$%&'()*-.<=>@\\^_`{|}~":
        assert resolve_keys(
            {
                "stop": character,
                "filter": "f1",
                "help": "f2",
                "command": "f3",
                "previous_file": "f4",
                "next_file": "f5",
                "only": "f6",
                "pipe": "f7",
                "alert": "f8",
                "errors": "f11",
                "next_marked": "f9",
                "line_numbers": "f10",
                "mark_all": "f12",
            },
            KIND_KEYS,
        )["stop"] == _character_to_key(character)


def test_an_override_may_name_several_keys_and_swap_two() -> None:
    keys = resolve_keys({"start": "x", "stop": "s, ctrl+x"}, KIND_KEYS)
    assert (keys["start"], keys["stop"]) == ("x", "s,ctrl+x")


def test_a_key_may_mean_one_thing_on_a_table_and_another_in_a_log() -> None:
    assert resolve_keys({"save": "o"}, KIND_KEYS)["save"] == "o"
    assert resolve_keys({"sort": "f"}, KIND_KEYS)["sort"] == "f"
    assert resolve_keys({"save": "f9", "sort": "f9"}, KIND_KEYS)["sort"] == "f9"


def test_a_key_that_is_set_is_taken_from_a_default_and_two_that_are_set_clash() -> None:
    keys = resolve_keys({"stop": "s", "refresh": "d,f5"}, KIND_KEYS)
    assert (keys["stop"], keys["start"], keys["detail"]) == ("s", "", "enter")
    displaced = find_displaced({"stop": "s", "refresh": "d,f5"}, KIND_KEYS)
    assert displaced == {"start": (frozenset("s"), "stop"), "detail": (frozenset("d"), "refresh")}
    assert find_displaced({"save": "o"}, KIND_KEYS) == {}
    with pytest.raises(KeyBindingError, match="which save has") as caught:
        resolve_keys({"save": "q", "quit": "q"}, KIND_KEYS)
    assert caught.value.binding == "quit"


def test_a_key_of_a_kind_can_be_taken() -> None:
    keys = resolve_keys({"pause": "2"}, KIND_KEYS)
    assert (keys["pause"], keys["jobs"]) == ("2", "")


@pytest.mark.parametrize(
    ("overrides", "binding", "says"),
    [
        ({"start": "s", "stop": "s"}, "stop", "'s', which start has"),
        ({"command": ":", "stop": ":"}, "stop", "':', which command has"),
        ({"zap": "s"}, "zap", "not a binding"),
        ({"stop": "controll+x"}, "stop", "does not exist"),
        ({"stop": "ctrl+"}, "stop", "does not exist"),
        ({"stop": "\x1b"}, "stop", "does not exist"),
        ({"stop": "j,,k"}, "stop", "does not exist"),
    ],
)
def test_a_wrong_override_is_reported(overrides: dict[str, str], binding: str, says: str) -> None:
    with pytest.raises(KeyBindingError, match=says) as caught:
        resolve_keys(overrides, KIND_KEYS)
    assert caught.value.binding == binding


def test_keys_with_alt_are_found_by_what_is_typed() -> None:
    keys = resolve_keys({"stop": "alt+x", "logs": "l,alt+/", "raw": "alt+Y"}, KIND_KEYS)
    assert find_alt_keys(keys.values()) == {"x": "alt+x", "/": "alt+slash", "Y": keys["raw"]}

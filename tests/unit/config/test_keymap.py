"""Keys: defaults without clashes, and overrides that are checked."""

from __future__ import annotations

import pytest

from matui.config.keymap import DEFAULT_KEYS, KeyBindingError, resolved_keys


def test_the_defaults_are_good() -> None:
    assert resolved_keys({}) == DEFAULT_KEYS


def test_names_are_those_textual_knows() -> None:
    from textual.keys import _character_to_key

    for character in ":/?[],;!\"#$%&'()*-.<=>@\\^_`{|}~":
        assert resolved_keys(
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
            }
        )["stop"] == _character_to_key(character)


def test_an_override_may_name_several_keys_and_swap_two() -> None:
    keys = resolved_keys({"start": "x", "stop": "s, ctrl+x"})
    assert (keys["start"], keys["stop"]) == ("x", "s,ctrl+x")


def test_a_key_may_mean_one_thing_on_a_table_and_another_in_a_log() -> None:
    assert resolved_keys({"save": "o"})["save"] == "o"
    assert resolved_keys({"sort": "f"})["sort"] == "f"
    with pytest.raises(KeyBindingError, match="which quit has"):
        resolved_keys({"save": "q"})
    with pytest.raises(KeyBindingError, match="which follow has"):
        resolved_keys({"save": "f"})


@pytest.mark.parametrize(
    ("overrides", "binding", "says"),
    [
        ({"stop": "s"}, "stop", "'s', which start has"),
        ({"stop": "ctrl+d"}, "stop", "which delete has"),
        ({"stop": ":"}, "stop", "':', which command has"),
        ({"zap": "s"}, "zap", "no binding"),
        ({"stop": "controll+x"}, "stop", "does not exist"),
        ({"stop": "ctrl+"}, "stop", "does not exist"),
        ({"stop": "\x1b"}, "stop", "does not exist"),
        ({"stop": "j,,k"}, "stop", "does not exist"),
    ],
)
def test_a_wrong_override_is_told(overrides: dict[str, str], binding: str, says: str) -> None:
    with pytest.raises(KeyBindingError, match=says) as caught:
        resolved_keys(overrides)
    assert caught.value.binding == binding

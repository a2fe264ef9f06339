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
            }
        )["stop"] == _character_to_key(character)


def test_an_override_may_name_several_keys_and_swap_two() -> None:
    keys = resolved_keys({"start": "x", "stop": "s, ctrl+x"})
    assert (keys["start"], keys["stop"]) == ("x", "s,ctrl+x")


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

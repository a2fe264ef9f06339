"""Colours and endpoints of profiles."""

from __future__ import annotations

import pytest

from matui.config.values import ASSIGNED, check_colour, check_endpoint, is_loopback, pick_colour


@pytest.mark.parametrize(("given", "colour"), [("Cyan", "cyan"), ("#FF8800", "#ff8800")])
def test_a_colour_is_a_name_or_a_code(given: str, colour: str) -> None:
    assert check_colour(given) == colour
    with pytest.raises(ValueError, match="must be one of"):
        check_colour(f"{given}x")


def test_the_colour_that_fewest_have_is_picked() -> None:
    assert pick_colour([]) == ASSIGNED[0]
    assert pick_colour(ASSIGNED[:2]) == ASSIGNED[2]
    assert pick_colour([*ASSIGNED, *ASSIGNED[1:]]) == ASSIGNED[0]


@pytest.mark.parametrize(
    "given", ["https://h/", "https://h:443/path/", "http://127.0.0.1:1", "http://[::1]:1"]
)
def test_an_endpoint_has_no_slash_at_its_end(given: str) -> None:
    assert check_endpoint(given) == given.rstrip("/")


@pytest.mark.parametrize("given", ["h", "ftp://h", "http://h", "https://u@h", "https://h?q", "https://h h"])
def test_anything_else_is_no_endpoint(given: str) -> None:
    with pytest.raises(ValueError, match=r"must|has|is not"):
        check_endpoint(given)


def test_loopback_is_this_machine_alone() -> None:
    assert is_loopback("127.8.0.1")
    assert not is_loopback("127.0.0.1.example.com")

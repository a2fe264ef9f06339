"""Labels and values of details."""

from __future__ import annotations

from matui.clouds.sections import MASK, mask_command, mask_value, number, section, settings


def test_secrets_are_masked_by_their_name() -> None:
    [made] = settings("Settings", {"api_key": "SECRET", "epochs": 3, "empty": ""})
    assert dict(made.rows) == {"api_key": MASK, "epochs": "3"}
    assert mask_value("token", "") == ""
    assert "SECRET" not in mask_command("train --password SECRET")


def test_a_section_without_values_is_left_out() -> None:
    assert section("Empty", [("a", ""), ("b", "")]) == ()


def test_numbers_have_their_unit() -> None:
    assert (number(None), number(1.5, "%"), number(2_000_000)) == ("", "1.5%", "2,000,000")

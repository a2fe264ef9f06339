"""Labels and values of details."""

from __future__ import annotations

from matui.clouds.sections import MASK, build_section, build_settings, format_number, mask_command, mask_value


def test_secrets_are_masked_by_their_name() -> None:
    [made] = build_settings("Settings", {"api_key": "SECRET", "epochs": 3, "empty": ""})
    assert dict(made.rows) == {"api_key": MASK, "epochs": "3"}
    assert mask_value("token", "") == ""
    assert "SECRET" not in mask_command("train --password SECRET")


def test_a_section_without_values_is_left_out() -> None:
    assert build_section("Empty", [("a", ""), ("b", "")]) == ()


def test_numbers_have_their_unit() -> None:
    assert (format_number(None), format_number(1.5, "%"), format_number(2_000_000)) == (
        "",
        "1.5%",
        "2,000,000",
    )

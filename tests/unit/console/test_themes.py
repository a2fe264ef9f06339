"""Themes are complete, legible, and a bad one does no harm."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import Mock

import pytest
from textual.color import Color

from matui.config.theme_files import (
    TOKENS,
    ThemeFileError,
    describe_unknown_theme,
    parse_theme,
    read_themes,
)
from matui.console.themes import DEFAULT_THEME, ThemeSwitcher, load_themes, to_theme

PACKAGED = {path.stem: path for path in (Path(__file__).parents[3] / "themes").glob("*.toml")}
RGB = ["matui-dark", "matui-light", "matui-red"]


def compute_contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [channel / 255 for channel in Color.parse(colour).rgb]
        lit = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * lit[0] + 0.7152 * lit[1] + 0.0722 * lit[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def list_pairs() -> list[tuple[str, str, float]]:
    fronts = ["ui.text", "ui.accent", "ui.mark", "ui.ok", "ui.warn", "ui.error", "log.error", "log.warning"]
    fronts += [f"phase.{phase}" for phase in TOKENS["phase"]]
    fronts += [f"profile.{colour}" for colour in TOKENS["profile"]]
    found = [(front, f"ui.{back}", 4.5) for front in fronts for back in ("background", "surface", "panel")]
    found += [("ui.muted", f"ui.{back}", 3.0) for back in ("background", "surface", "panel")]
    found += [
        ("ui.cursor_text", "ui.cursor", 4.5),
        ("ui.text", "ui.cursor_blurred", 4.5),
        ("ui.search_text", "ui.search", 4.5),
        ("ui.header_text", "ui.header", 4.5),
        ("ui.text", "ui.selection", 4.5),
    ]
    return found


@pytest.mark.parametrize("name", RGB)
def test_everything_can_be_read_on_its_background(name: str) -> None:
    colours = parse_theme(PACKAGED[name].read_text("utf-8")).colours
    poor = [
        f"{front} on {back}: {ratio:.2f}"
        for front, back, least in list_pairs()
        if (ratio := compute_contrast(colours[front], colours[back])) < least
    ]
    assert poor == []


@pytest.mark.parametrize("name", RGB)
def test_what_does_nothing_is_fainter_than_what_does_and_can_be_read(name: str) -> None:
    theme = to_theme(parse_theme(PACKAGED[name].read_text("utf-8")))
    faint, plain = (
        compute_contrast(theme.variables[word], theme.background or "")
        for word in ("text-disabled", "text-muted")
    )
    assert 2 <= faint <= plain / 1.3


@pytest.mark.parametrize("name", RGB)
def test_the_cursor_stands_out_from_the_background(name: str) -> None:
    colours = parse_theme(PACKAGED[name].read_text("utf-8")).colours
    assert compute_contrast(colours["ui.cursor"], colours["ui.background"]) >= 1.8


def test_all_five_are_found_and_every_token_is_a_variable() -> None:
    themes, notices = load_themes()
    assert notices == []
    assert [theme.name for theme in themes] == [
        "matui-ansi-red",
        "matui-ansi",
        "matui-dark",
        "matui-light",
        "matui-red",
    ]
    for theme in themes:
        assert {"phase-failed", "cursor", "cursor-text", "muted", "log-error"} <= theme.variables.keys()


def test_a_users_theme_needs_to_say_only_what_differs(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('name = "mine"\n[phase]\nfailed = "#ff00ff"\n')
    themes, notices = load_themes(tmp_path)
    assert notices == []
    assert themes[-1].name == "mine"
    assert themes[-1].variables["phase-failed"] == "#ff00ff"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"name = ", "TOML"),
        (b'name = "x\x1b[2J"', "TOML"),
        (b'name = "a b"', "name"),
        (b'[ui]\ntext = "#fff"', "name"),
        (b'name = "x"\n[ui]\ntext = "red; color: blue"', "ui.text"),
        (b'name = "x"\n[ui]\ntyop = "#ffffff"', "ui.tyop"),
        (b'name = "x"\n[oi]\ntext = "#ffffff"', "oi"),
        (b'name = "x"\ndark = "yes"', "dark"),
        (b"\xff\xfe", "UTF-8"),
        (b'name = "matui-dark"', "there is another theme with the name 'matui-dark'"),
        (b"#" * 200_000, "larger"),
    ],
)
def test_a_bad_file_is_skipped_with_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "bad.toml").write_bytes(content)
    themes, notices = load_themes(tmp_path)
    assert len(themes) == 5
    assert len(notices) == 1
    assert says in notices[0]
    assert notices[0].isprintable()


def test_a_missing_folder_is_no_trouble(tmp_path: Path) -> None:
    assert load_themes(tmp_path / "none")[1] == []


def test_a_token_left_out_without_a_base_is_named() -> None:
    with pytest.raises(ThemeFileError, match=r"ui\.background"):
        parse_theme('name = "x"')


def test_sixteen_colours_only_use_the_terminals_own() -> None:
    tokens = parse_theme(PACKAGED["matui-ansi"].read_text("utf-8"))
    assert all(colour.startswith("ansi_") for colour in tokens.colours.values())
    assert to_theme(tokens).ansi


@pytest.mark.parametrize("target", ["pipe", "/dev/zero"])
def test_a_pipe_or_device_does_not_hold_up_the_start(tmp_path: Path, target: str) -> None:
    if target == "pipe":
        os.mkfifo(tmp_path / "bad.toml")
    else:
        (tmp_path / "bad.toml").symlink_to(target)
    themes, notices = load_themes(tmp_path)
    assert len(themes) == 5
    assert notices == ["The theme 'bad.toml' is skipped: it is not a regular file."]


@pytest.mark.parametrize("target", ["pipe", "/dev/zero", "large"])
def test_a_theme_whose_file_is_skipped_is_refused_with_the_reason(tmp_path: Path, target: str) -> None:
    if target == "pipe":
        os.mkfifo(tmp_path / "mine.toml")
    elif target == "large":
        (tmp_path / "mine.toml").write_bytes(b"#" * 200_000)
    else:
        (tmp_path / "mine.toml").symlink_to(target)
    themes, notices = read_themes(tmp_path)
    names = [theme.name for theme in themes]
    assert describe_unknown_theme("mine", names, notices) == notices[0]
    assert describe_unknown_theme("min", names, notices).startswith("There is no theme 'min'.")


def test_other_themes_are_read_once_one_is_needed(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[ui")
    (tmp_path / "own.toml").write_text('name = "own"\n')
    app = Mock()
    themes = ThemeSwitcher(app, None)
    themes.load_default()
    themes.postpone(tmp_path)
    themes.apply(None)
    assert list(themes.by_name) == [DEFAULT_THEME]
    app.notify.assert_not_called()
    themes.apply("own")
    app.set_theme.assert_called_with("own")
    assert "matui-light" in themes.names
    themes.load_postponed()
    app.notify.assert_called_once()

"""Reads theme files: those in the package and those of the user."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from matui.base.errors import ConfigError
from matui.base.text.near_names import suggest_or_list
from matui.base.text.sanitize import clean
from matui.base.toml import parse_toml
from matui.config.private_files import read_regular_file

TOKENS: Mapping[str, tuple[str, ...]] = {
    "ui": (
        *("background", "surface", "panel", "text", "muted", "accent", "primary", "border"),
        *("header", "header_text", "cursor", "cursor_text", "cursor_blurred", "mark"),
        *("search", "search_text", "selection", "ok", "warn", "error"),
    ),
    "phase": ("running", "pending", "done", "stopped", "degraded", "failed", "unknown"),
    "profile": ("cyan", "magenta", "green", "yellow", "blue", "red"),
    "log": ("error", "warning"),
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_COLOUR = re.compile(
    r"#[0-9a-fA-F]{6}|ansi_(?:default|(?:bright_)?(?:black|red|green|yellow|blue|magenta|cyan|white))"
)
DEFAULT_THEME = "matui-dark"
_MAX_BYTES = 100_000


class ThemeFileError(ValueError):
    """A theme file that cannot be used; the text says why in a clause."""


class ThemeTokens(NamedTuple):
    """A theme: ``colours`` by ``section.token``, each ``#rrggbb`` or a name such as ``ansi_red``."""

    name: str
    dark: bool
    ansi: bool
    colours: Mapping[str, str]


def parse_theme(text: str, base: ThemeTokens | None = None) -> ThemeTokens:
    """Read a theme file; tokens it leaves out come from ``base``.

    Raises ThemeFileError that names the key.
    """
    try:
        tree = parse_toml(text)
    except (ValueError, RecursionError) as error:
        raise ThemeFileError(f"it is not valid TOML: {clean(str(error))}") from None
    name = tree.pop("name", None)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ThemeFileError("name must be letters, digits, dots and dashes")
    dark = _pop_flag(tree, "dark", default=base.dark if base else True)
    ansi = _pop_flag(tree, "ansi", default=base.ansi if base else False)
    return ThemeTokens(name, dark, ansi, _complete_colours({**_read_colours(tree)}, base))


def _pop_flag(tree: dict[str, Any], key: str, *, default: bool) -> bool:
    value = tree.pop(key, default)
    if not isinstance(value, bool):
        raise ThemeFileError(f"{key} must be true or false")
    return value


def _read_colours(tree: Mapping[str, Any]) -> dict[str, str]:
    given = {}
    for section, tokens in tree.items():
        if section not in TOKENS or not isinstance(tokens, dict):
            raise ThemeFileError(f"there is no section {clean(section)!r}; there are {', '.join(TOKENS)}")
        for token, colour in tokens.items():
            key = f"{section}.{token}"
            if token not in TOKENS[section]:
                raise ThemeFileError(f"there is no token {clean(key)!r}")
            if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
                raise ThemeFileError(f"{key} must be a colour such as #1f77b4 or ansi_red")
            given[key] = colour
    return given


def _complete_colours(given: Mapping[str, str], base: ThemeTokens | None) -> Mapping[str, str]:
    colours = {**(base.colours if base else {}), **given}
    for section, tokens in TOKENS.items():
        for token in tokens:
            if f"{section}.{token}" not in colours:
                raise ThemeFileError(f"{section}.{token} is missing")
    return colours


def read_themes(user_dir: Path | None = None) -> tuple[list[ThemeTokens], list[str]]:
    """Return matui's themes, then the user's, and a sentence for each file of theirs that cannot be used."""
    packaged = [parse_theme(file.read_text("utf-8")) for file in _list_packaged_files()]
    default = next(tokens for tokens in packaged if tokens.name == DEFAULT_THEME)
    if user_dir is None:
        return packaged, []
    own, notices = _read_user_themes(user_dir, default, {tokens.name for tokens in packaged})
    return [*packaged, *own], notices


def read_default_theme() -> ThemeTokens:
    """Return the default theme; no other file is read."""
    return parse_theme((_find_packaged_folder() / f"{DEFAULT_THEME}.toml").read_text("utf-8"))


def describe_unknown_theme(name: str, known: Iterable[str], notices: Iterable[str] = ()) -> str:
    """Return a sentence that a theme is not there, with the nearest name or all of them.

    Of the ``notices`` of ``read_themes``, that of the file with this name is returned instead: it says why.
    """
    skipped = [notice for notice in notices if notice.startswith(_format_skipped(f"{name}.toml", ""))]
    if skipped:
        return skipped[0]
    return f"There is no theme {name!r}. {suggest_or_list(name, tuple(known))}"


def _find_packaged_folder() -> Path:
    """Return the folder of themes: in the package for a wheel, beside it for a checkout."""
    package = Path(__file__).parents[1]
    folder = package / "themes"
    return folder if folder.is_dir() else package.parent / "themes"


def _list_packaged_files() -> list[Path]:
    found = [file for file in _find_packaged_folder().iterdir() if file.name.endswith(".toml")]
    return sorted(found, key=lambda file: file.name)


def _format_skipped(file: str, why: str) -> str:
    return f"The theme {file!r} is skipped: {why}"


def _read_user_themes(
    folder: Path, default: ThemeTokens, names: set[str]
) -> tuple[list[ThemeTokens], list[str]]:
    """Return the themes of a folder that are not among ``names``, to which they are added, and notices."""
    themes, notices = [], []
    for path in _list_toml_files(folder):
        try:
            text = read_regular_file(path, _MAX_BYTES).decode("utf-8")
            theme = parse_theme(text, default)
            if theme.name in names:
                raise ThemeFileError(f"there is another theme with the name {theme.name!r}")
            names.add(theme.name)
            themes.append(theme)
        except (ConfigError, ThemeFileError, OSError, UnicodeDecodeError) as error:
            notices.append(_format_skipped(path.name, f"{_describe_error(error)}."))
    return themes, notices


def _list_toml_files(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.glob("*.toml"))
    except OSError:
        return


def _describe_error(error: Exception) -> str:
    if isinstance(error, ConfigError):
        return error.sentence.rstrip(".").replace("The file", "it").replace("This", "it")
    if isinstance(error, ThemeFileError):
        return str(error)
    return error.strerror or "it cannot be read" if isinstance(error, OSError) else "it is not UTF-8"

"""The tokens of a theme file: what they are called, and a file read into them. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matui.base.toml import parse_toml
from matui.text import clean

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


class ThemeFileError(ValueError):
    """A theme file that cannot be used; the text says why in a clause."""


@dataclass(frozen=True, slots=True)
class ThemeTokens:
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
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ThemeFileError(f"it is not valid TOML: {clean(str(error))}") from None
    name = tree.pop("name", None)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ThemeFileError("name must be letters, digits, dots and dashes")
    dark = _flag(tree, "dark", default=base.dark if base else True)
    ansi = _flag(tree, "ansi", default=base.ansi if base else False)
    return ThemeTokens(name, dark, ansi, _complete({**_given(tree)}, base))


def _flag(tree: dict[str, Any], key: str, *, default: bool) -> bool:
    value = tree.pop(key, default)
    if not isinstance(value, bool):
        raise ThemeFileError(f"{key} must be true or false")
    return value


def _given(tree: Mapping[str, Any]) -> dict[str, str]:
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


def _complete(given: Mapping[str, str], base: ThemeTokens | None) -> Mapping[str, str]:
    colours = {**(base.colours if base else {}), **given}
    for section, tokens in TOKENS.items():
        for token in tokens:
            if f"{section}.{token}" not in colours:
                raise ThemeFileError(f"{section}.{token} is missing")
    return colours

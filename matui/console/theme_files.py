"""Themes as Textual wants them, from the files shipped with matui and those of the user."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from textual.theme import Theme

from matui.console.theme_tokens import ThemeFileError, ThemeTokens, parse_theme

DEFAULT_THEME = "matui-dark"
_LARGEST = 100_000  # bytes of a theme file


def load_themes(user_dir: Path | None = None) -> tuple[list[Theme], list[str]]:
    """Return matui's themes, then the user's, and a sentence for each file of theirs that cannot be used."""
    packaged = [parse_theme(file.read_text("utf-8")) for file in _packaged_files()]
    default = next(tokens for tokens in packaged if tokens.name == DEFAULT_THEME)
    own, notices = _users(user_dir, default) if user_dir is not None else ([], [])
    return [to_theme(tokens) for tokens in (*packaged, *own)], notices


def load_default() -> Theme:
    """Return the theme that matui starts with, the others unread."""
    return to_theme(parse_theme((_packaged_folder() / f"{DEFAULT_THEME}.toml").read_text("utf-8")))


def _packaged_folder() -> Traversable:
    """In the wheel it lies in the package, in a checkout beside it."""
    folder: Traversable = files("matui") / "themes"
    if not folder.is_dir():
        folder = Path(__file__).parents[2] / "themes"
    return folder


def _packaged_files() -> list[Traversable]:
    found = [file for file in _packaged_folder().iterdir() if file.name.endswith(".toml")]
    return sorted(found, key=lambda file: file.name)


def _users(folder: Path, default: ThemeTokens) -> tuple[list[ThemeTokens], list[str]]:
    themes, notices = [], []
    for path in _toml_files(folder):
        try:
            if path.stat().st_size > _LARGEST:
                raise ThemeFileError("it is larger than any theme")
            themes.append(parse_theme(path.read_text("utf-8"), default))
        except (ThemeFileError, OSError, UnicodeDecodeError) as error:
            notices.append(f"The theme {path.name!r} is skipped: {_why(error)}.")
    return themes, notices


def _toml_files(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(folder.glob("*.toml"))
    except OSError:
        return


def _why(error: Exception) -> str:
    if isinstance(error, ThemeFileError):
        return str(error)
    return error.strerror or "it cannot be read" if isinstance(error, OSError) else "it is not UTF-8"


def to_theme(tokens: ThemeTokens) -> Theme:
    """Return the Textual theme: its own colours, and a variable for each token.

    ``phase.running`` is ``$phase-running``, ``ui.cursor_text`` ``$cursor-text``.
    """
    ui = {key.removeprefix("ui."): colour for key, colour in tokens.colours.items() if key.startswith("ui.")}
    return Theme(
        name=tokens.name,
        dark=tokens.dark,
        ansi=tokens.ansi,
        primary=ui["primary"],
        secondary=ui["accent"],
        accent=ui["accent"],
        foreground=ui["text"],
        background=ui["background"],
        surface=ui["surface"],
        panel=ui["panel"],
        success=ui["ok"],
        warning=ui["warn"],
        error=ui["error"],
        variables={**_own_variables(tokens), **_textual_variables(ui)},
    )


def _own_variables(tokens: ThemeTokens) -> dict[str, str]:
    hidden = {"background", "surface", "panel", "accent", "primary", "error", "text", "border"}
    variables = {}
    for key, colour in tokens.colours.items():
        section, token = key.split(".")
        if section != "ui":
            variables[f"{section}-{token}"] = colour
        elif token not in hidden:
            variables[token.replace("_", "-")] = colour
    return variables


def _textual_variables(ui: dict[str, str]) -> dict[str, str]:
    """Textual's own variables that would otherwise be derived with too little contrast."""
    return {
        "text": ui["text"],
        "text-muted": ui["muted"],
        "text-disabled": ui["muted"],
        "text-primary": ui["primary"],
        "text-accent": ui["accent"],
        "text-success": ui["ok"],
        "text-warning": ui["warn"],
        "text-error": ui["error"],
        "border": ui["accent"],
        "border-blurred": ui["border"],
        "block-cursor-background": ui["cursor"],
        "block-cursor-foreground": ui["cursor_text"],
        "block-cursor-blurred-background": ui["cursor_blurred"],
        "block-cursor-blurred-foreground": ui["text"],
        "input-selection-background": ui["selection"],
        "screen-selection-background": ui["selection"],
        "screen-selection-foreground": ui["text"],
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
    }

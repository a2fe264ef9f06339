"""Converts themes to those of Textual."""

from __future__ import annotations

from pathlib import Path

from textual.theme import Theme

from matui.config.theme_files import DEFAULT_THEME, ThemeTokens, read_default_theme, read_themes

__all__ = ["DEFAULT_THEME", "load_default", "load_themes", "to_theme"]


def load_themes(user_dir: Path | None = None) -> tuple[list[Theme], list[str]]:
    """Return matui's themes, then the user's, and a sentence for each file of theirs that cannot be used."""
    themes, notices = read_themes(user_dir)
    return [to_theme(tokens) for tokens in themes], notices


def load_default() -> Theme:
    """Return the default theme; no other file is read."""
    return to_theme(read_default_theme())


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
    """Return Textual's variables whose derived colours would have too little contrast."""
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

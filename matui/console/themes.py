"""Themes: converted to those of Textual, and applied: the one asked for, the profile's, or the settings'."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from textual.color import Color
from textual.theme import Theme

from matui.config.theme_files import DEFAULT_THEME, ThemeTokens, read_default_theme, read_themes

if TYPE_CHECKING:
    from matui.console.fleet import OpenProfiles

__all__ = ["DEFAULT_THEME", "ThemeSwitcher", "ThemedApp", "load_default", "load_themes", "to_theme"]
_STRONG = ("log-error", "phase-failed", "text-error", "log-warning")
_REVERSED = ("cursor", "search", "selection")
_DIM = ("text-disabled",)
_UNDERLINED = ("cursor-blurred",)
_FAINT = 0.4  # of the way to the background


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
        variables={**_build_own_variables(tokens), **_select_textual_variables(ui)},
    )


def _build_own_variables(tokens: ThemeTokens) -> dict[str, str]:
    hidden = {"background", "surface", "panel", "accent", "primary", "error", "text", "border"}
    variables = {}
    for key, colour in tokens.colours.items():
        section, token = key.split(".")
        if section != "ui":
            variables[f"{section}-{token}"] = colour
        elif token not in hidden:
            variables[token.replace("_", "-")] = colour
    return variables


def _select_textual_variables(ui: dict[str, str]) -> dict[str, str]:
    """Return Textual's variables whose derived colours would have too little contrast."""
    return {
        "text": ui["text"],
        "text-muted": ui["muted"],
        "text-disabled": _mix_colours(ui["muted"], ui["background"]),
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


def _mix_colours(front: str, back: str) -> str:
    """Return a colour that is fainter on ``back`` than ``front``; a palette has none."""
    if front.startswith("ansi_") or back.startswith("ansi_"):
        return front
    return Color.parse(front).blend(Color.parse(back), _FAINT).hex


class ThemedApp(Protocol):
    """The application, as themes are applied to it."""

    @property
    def has_few_colors(self) -> bool:
        """Whether the terminal has 16 colours or fewer."""

    @property
    def has_no_color(self) -> bool:
        """Whether the terminal has no colours, or the user wants none."""

    def register_theme(self, theme: Theme) -> None:
        """Make a theme known to Textual."""

    def set_theme(self, name: str) -> None:
        """Style everything in a registered theme."""

    def use_attributes(
        self,
        strong: Collection[str],
        reversed_: Collection[str],
        dim: Collection[str],
        underlined: Collection[str],
    ) -> None:
        """Without colours show text in colours ``strong`` bold, ``dim`` dim.

        Backgrounds in colours ``reversed_`` are in reverse video, in colours ``underlined`` underlined.
        """

    def notify(self, message: str, *, severity: Any = "information", markup: bool = True) -> None:
        """Show a notification."""


class ThemeSwitcher:
    """The themes by name; ``asked`` is the one that the command line names, which stays."""

    def __init__(self, app: ThemedApp, asked: str | None) -> None:
        self._app = app
        self._asked = asked
        self._applied: tuple[str | None, ...] = ()
        self._unread: Path | None = None
        self.by_name: dict[str, Theme] = {}

    @property
    def names(self) -> list[str]:
        """The names of all themes, in order."""
        self.load_postponed()
        return sorted(self.by_name)

    @property
    def default_variables(self) -> dict[str, str]:
        """The variables of the default theme; empty before it is loaded."""
        return dict(self.by_name[DEFAULT_THEME].variables) if self.by_name else {}

    def load_default(self) -> None:
        """Load the default theme alone, for the first paint."""
        self._add([load_default()])

    def apply_at_start(self) -> None:
        """Apply the theme that the command line names, if it is one of the package."""
        if self._asked not in (None, DEFAULT_THEME):
            self.load()
            self.apply(self._asked if self._asked in self.by_name else None)

    def apply_for_terminal(self) -> None:
        """Apply the theme for few colours, or for none, where no other is asked for."""
        if (self._app.has_few_colors or self._app.has_no_color) and not self._asked:
            self.load()
            self.apply(_choose_few_colors_theme(None) if self._app.has_few_colors else None)

    def apply_for_profiles(self, fleet: OpenProfiles) -> None:
        """Apply the theme of a profile that is open alone, else the theme of the settings.

        A theme that the user chose meanwhile stays until this one changes.
        """
        settings = fleet.primary.settings
        own = None if fleet.is_multi else fleet.primary.profile.theme
        wanted = self._asked or own or settings.theme
        if self._app.has_few_colors and not self._asked:
            wanted = _choose_few_colors_theme(wanted)
        if self._applied != (wanted,):
            self._applied = (wanted,)
            self.apply(wanted, "" if self._asked else settings.locate_theme(wanted or ""))

    def load(self, user_dir: Path | None = None) -> None:
        """Load the themes of the package, and those of a folder of the user."""
        themes, notices = load_themes(user_dir)
        self._add(themes)
        for notice in notices:
            self._app.notify(notice, severity="warning", markup=False)

    def postpone(self, user_dir: Path) -> None:
        """Load the themes of the package and of a folder once one is needed, or with ``load_postponed``."""
        self._unread = user_dir

    def load_postponed(self) -> None:
        """Load what was postponed, if it has not been loaded since."""
        user_dir, self._unread = self._unread, None
        if user_dir is not None:
            self.load(user_dir)

    def apply(self, name: str | None, place: str = "") -> None:
        """Apply a theme, None for the default; ``place`` is where an unknown name stands."""
        if name and name not in self.by_name:
            self.load_postponed()
        if name and name not in self.by_name:
            from matui.config.theme_files import describe_unknown_theme

            unknown = describe_unknown_theme(name, self.by_name)
            self._app.notify(f"{place}{unknown}", severity="warning", markup=False)
            name = None
        chosen = name or DEFAULT_THEME
        self._app.set_theme(chosen)
        variables = self.by_name[chosen].variables
        # A red theme is the danger sign of a profile.
        reversed_ = (*_REVERSED, "header") if "red" in chosen else _REVERSED
        lists = (_STRONG, reversed_, _DIM, _UNDERLINED)
        self._app.use_attributes(*([variables[key] for key in keys] for keys in lists))

    def _add(self, themes: Sequence[Theme]) -> None:
        for theme in themes:
            if theme.name not in self.by_name:
                self._app.register_theme(theme)
                self.by_name[theme.name] = theme


def _choose_few_colors_theme(wanted: str | None) -> str:
    """Return the theme for 16 colours; red, where the theme of the profile is."""
    return "matui-ansi-red" if wanted and "red" in wanted else "matui-ansi"

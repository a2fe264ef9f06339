"""The application: opens a profile after the first paint, and holds what outlives a screen."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import App
from textual.binding import Binding
from textual.filter import Monochrome, NoColor
from textual.theme import Theme
from textual.worker import WorkerFailed

from matui.config.keymap import DEFAULT_KEYS, resolved_keys
from matui.console.commands import bindings
from matui.console.ending import end_on_signals
from matui.console.key_hints import key_words
from matui.console.later import load_later
from matui.console.messages import Updated
from matui.console.palette import CommandProvider
from matui.console.screens.browse import BrowseScreen
from matui.console.terminal.app import LeanApp
from matui.console.terminal.control_filter import Harmless
from matui.console.terminal.screen import LeanScreen
from matui.console.terminal.styles_cache import let_go_of_removed_widgets
from matui.console.theme_files import DEFAULT_THEME, load_default, load_themes
from matui.errors import MatuiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.filter import LineFilter

    from matui.console.fleet import OpenProfiles
    from matui.console.fleet_keeper import FleetKeeper
    from matui.console.session import ConsoleSession, Names, Opener, Options
    from matui.live.snapshot import Update

_HARMLESS = Harmless()
DEFAULT_KIND = "jobs"


class MatuiApp(LeanApp[int]):
    """The console. Its exit value is the process's exit status."""

    TITLE = "matui"
    CSS_PATH = ["styles/widgets.tcss", "styles/matui.tcss"]
    COMMANDS = {CommandProvider}
    BINDINGS = [
        *bindings("app"),
        Binding("ctrl+c", "stop_or_copy", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
    ]

    def __init__(
        self,
        options: Options,
        opener: Opener,
        names: Names | None = None,
        *,
        rng: random.Random | None = None,
    ) -> None:
        self.matui_themes: dict[str, Theme] = {}
        super().__init__()
        let_go_of_removed_widgets()
        self.options = options
        self.browse = BrowseScreen()
        self.keys: dict[str, str] = {name: key_words(keys) for name, keys in DEFAULT_KEYS.items()}
        self.failure: MatuiError | None = None
        self.keeper: FleetKeeper | None = None
        self._opener = opener
        self._names = names
        self._dressed_for: tuple[str | None, ...] = ()
        self._rng = rng or random.Random()  # noqa: S311 - jitter between polls, no secret
        self._started = False
        self._add_themes([load_default()])
        # Put on without a watcher: nothing is styled yet that would have to be styled again.
        self.set_reactive(App.theme, DEFAULT_THEME)
        self.stylesheet.set_variables(self.get_css_variables())
        if options.theme not in (None, DEFAULT_THEME):
            self._take_themes(user_dir=None)
            self._wear(options.theme if options.theme in self.matui_themes else None)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Let every style be read before a theme is worn, and by themes that leave tokens out."""
        return dict(self.matui_themes[DEFAULT_THEME].variables) if self.matui_themes else {}

    def get_default_screen(self) -> BrowseScreen:
        """Start on the browse screen: its frame is painted before anything is loaded."""
        return self.browse

    def post_display_hook(self) -> None:
        """Open the profile as soon as the frame has been painted, and no sooner."""
        if not self._started and self.browse.is_painted:
            self._started = True
            self.call_next(self._start)
        super().post_display_hook()

    def on_mount(self) -> None:
        """End in order when the process is told to end."""
        if not self.is_headless:
            end_on_signals(self)
        self.app_resume_signal.subscribe(self, self._repaint)

    def _repaint(self, _app: object) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, LeanScreen):
                screen.repaint()

    def _start(self) -> None:
        self.run_worker(self._open_profiles(), group="live")

    async def _open_profiles(self) -> None:
        """Open what was asked for, the profiles side by side."""
        await load_later()
        from matui.console.fleet_keeper import FleetKeeper

        self.keeper = FleetKeeper(self, self._opener, self._rng)
        try:
            names = await self._names() if self._names is not None else (self.options.profile or "",)
        except MatuiError as error:
            self.failure = error
            self.exit(error.exit_code)
            return
        self.keeper.start(names, demo=self.options.demo)

    def published(self, update: Update) -> None:
        """Give what a poller published to every screen."""
        for screen in self.screen_stack:
            screen.post_message(Updated(update))

    async def begin(self, fleet: OpenProfiles, session: ConsoleSession) -> None:
        """Show the first profile that is open, with the keys and the theme of its settings."""
        from matui.config.paths import user_themes_dir

        self._take_themes(user_themes_dir())
        self.dress_for(fleet)
        keys = resolved_keys(session.settings.keys)
        self.keys = {name: key_words(joined) for name, joined in keys.items()}
        # Textual lays a keymap over every binding again at each key, which takes as long as all the rest.
        self.set_keymap(keys if keys != DEFAULT_KEYS else {})
        await self.browse.begin(fleet, self.options.screen or DEFAULT_KIND)

    def dress_for(self, fleet: OpenProfiles) -> None:
        """Wear the theme of a profile that is looked at alone, else that of the settings.

        One that was chosen meanwhile stays while the answer is the same.
        """
        own = None if fleet.is_multi else fleet.primary.profile.theme
        wanted = self.options.theme or own or fleet.primary.settings.theme
        if self._dressed_for != (wanted,):
            self._dressed_for = (wanted,)
            self._wear(wanted)

    async def wants_demo(self, error: MatuiError) -> bool:
        """Say why nothing could be opened, and end unless the demo is wanted instead."""
        looked_for = getattr(error, "looked_for", None)
        if looked_for is None:
            self.failure = error
            self.exit(error.exit_code)
            return False
        from matui.config.paths import config_file
        from matui.console.screens.first_run import FirstRunScreen

        answer = await self.push_screen_wait(FirstRunScreen(looked_for, str(config_file())))
        if answer != "demo":
            self.exit(0)
        return answer == "demo"

    @staticmethod
    def state_dir() -> Path:
        """Return the folder of the audit."""
        from matui.config.paths import state_path

        return state_path()

    def switch_profiles(self, names: Sequence[str]) -> None:
        """Have just these profiles open, side by side; asks which when none is named."""
        if self.keeper is None:
            return
        work = self.keeper.want(names) if names else self._choose_profiles(self.keeper)
        self.run_worker(work, group="profiles", exclusive=True)

    async def _choose_profiles(self, keeper: FleetKeeper) -> None:
        from matui.console.screens.profiles import ProfilesScreen, choices_of

        chosen = await self.push_screen_wait(ProfilesScreen(choices_of(keeper.fleet)))
        if chosen:
            await keeper.want(chosen)

    def retry_profiles(self) -> None:
        """Try again to open what could not be opened."""
        if self.keeper is not None:
            self.keeper.retry()

    def answered(self, *, with_rows: bool) -> None:
        """Go on with what was put off until there is something to look at."""
        if self.keeper is not None and self.keeper.puts_off:
            self.call_after_refresh(self.keeper.answered, with_rows=with_rows)

    def switch_workspace(self, workspace: str) -> None:
        """Make a workspace the scope of every kind; asks which when none is named."""
        from matui.console.scoping import choose_workspace, narrow

        if self.keeper is None or self.browse.fleet is None:
            return
        work = narrow(self, self.keeper, workspace) if workspace else choose_workspace(self, self.keeper)
        self.run_worker(work, group="scope", exclusive=True)

    def switch_theme(self, name: str) -> None:
        """Wear another theme."""
        self._wear(name)

    def _take_themes(self, user_dir: Path | None) -> None:
        themes, notices = load_themes(user_dir)
        self._add_themes(themes)
        for notice in notices:
            self.notify(notice, severity="warning", markup=False)

    def _add_themes(self, themes: list[Theme]) -> None:
        for theme in themes:
            if theme.name not in self.matui_themes:
                self.register_theme(theme)
                self.matui_themes[theme.name] = theme

    def _wear(self, name: str | None) -> None:
        if name and name not in self.matui_themes:
            self.notify(f"There is no theme {name!r}.", severity="warning", markup=False)
            name = None
        self.theme = name or DEFAULT_THEME
        if self.matui_themes[self.theme].ansi:
            # Under NO_COLOR Textual's own filter turns the terminal's default colours into black on black.
            self._filters = [NoColor() if isinstance(f, Monochrome) else f for f in self._filters]

    @property
    def crash(self) -> BaseException | None:
        """What went wrong where nothing should have: a bug, told once the terminal is ours again."""
        error = self._exception
        return error.error if isinstance(error, WorkerFailed) else error

    def _fatal_error(self) -> None:
        """End without printing a traceback with its locals; ``crash`` keeps what happened."""
        self._close_messages_no_wait()

    def panic(self, *_renderables: object) -> None:
        """End in the same way where Textual would have drawn the error."""
        self._close_messages_no_wait()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let nothing but text and style reach the terminal, whatever a widget paints."""
        return [*super().get_line_filters(), _HARMLESS]

    async def on_event(self, event: events.Event) -> None:
        """Give a character typed ahead, meant for a line that has opened meanwhile, to that line."""
        if isinstance(event, events.Key) and event.is_forwarded and event.is_printable:
            from textual.widgets import Input

            if isinstance(self.focused, Input):
                self.focused.post_message(event)
                return
        await super().on_event(event)

    def watch_app_focus(self, focused: bool) -> None:
        """Poll a quarter as often while the terminal has lost the focus, and catch up when it is back."""
        if self.browse.fleet is not None:
            self.browse.fleet.blur(not focused)
        # Told from here: a pane that watched the application itself would never be let go of.
        if self.browse.host.pane is not None:
            self.browse.host.pane.terminal_focused(focused)

    async def action_run(self, command_id: str) -> None:
        """Run a command that works on any screen."""
        await self.browse.dispatch.run(command_id)

    def copy_to_clipboard(self, text: str) -> None:
        """Put text into the terminal's clipboard, through tmux and screen too."""
        from matui.console.terminal.clipboard import clipboard_sequences

        self._clipboard = text
        if self._driver is not None:
            for sequence in clipboard_sequences(text, os.environ):
                self._driver.write(sequence)

    def action_stop_or_copy(self) -> None:
        """Copy a selection if there is one; otherwise end, as ctrl+c does everywhere."""
        selected = self.screen.get_selected_text()
        if selected:
            self.copy_to_clipboard(selected)
            self.screen.clear_selection()
        else:
            self.exit(130)

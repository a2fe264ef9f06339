"""The application: opens the profiles after the first paint, and holds the state that outlives a screen."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.binding import Binding

from matui.base.errors import MatuiError
from matui.base.process import limit_malloc
from matui.console.commands.keys import CommandKeys
from matui.console.commands.registry import build_bindings, build_kind_bindings
from matui.console.early_input import EarlyInput
from matui.console.first_rows import WarmStart, find_first_kind
from matui.console.interrupts import INTERRUPT_S, InterruptKey, end_on_signals
from matui.console.kept_state import KeptState
from matui.console.messages import KeysChanged, Updated
from matui.console.notices import remove_empty
from matui.console.profile_switcher import ProfileSwitcher
from matui.console.screens.browse import BrowseScreen
from matui.console.terminal.app import DiffApp
from matui.console.terminal.clipboard import copy, format_line_count
from matui.console.terminal.screen import DiffModal, DiffScreen
from matui.console.terminal.toasts import drop_repeated
from matui.console.themes import DEFAULT_THEME, ThemeSwitcher

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from textual.worker import Worker

    from matui.console.fleet import OpenProfiles
    from matui.console.kept_state import PromptHistory
    from matui.console.notices import TerminalAnnouncer
    from matui.console.profile_manager import ProfileManager
    from matui.console.session import ConsoleOptions, ConsoleSession, Names, Opener
    from matui.live.poll.poller import Update
    from matui.live.recording.playback import Playback
    from matui.live.recording.tape import Tape


class MatuiApp(DiffApp[int]):
    """The console. Its exit value is the process's exit status."""

    TITLE = "matui"
    CSS_PATH = "styles.tcss"
    ENABLE_COMMAND_PALETTE = False  # Textual's own; the command "palette" opens ours
    BINDINGS = [
        *build_bindings("app"),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
    ]

    def __init__(
        self,
        options: ConsoleOptions,
        opener: Opener,
        names: Names | None = None,
        *,
        rng: random.Random | None = None,
        tape: Tape | None = None,
        playback: Playback | None = None,
    ) -> None:
        self.tape = tape
        self.playback = playback
        self.themes = ThemeSwitcher(self, options.theme)
        super().__init__()
        self.options = options
        self.browse = BrowseScreen(self)
        self.profiles = ProfileSwitcher(
            self, self.browse, self.browse.tables, self.browse.shown.show_profiles
        )
        self._command_keys = CommandKeys(is_replay=playback is not None)
        self.kept = KeptState(self._write_later, is_replay=playback is not None)
        self.warm_start = WarmStart(options, self.kept, is_replay=playback is not None)
        self.failure: MatuiError | None = None
        self._opener = opener
        self._names = names
        self._rng = rng or random.Random()  # noqa: S311 - jitter between polls, no secret
        self._started = False
        self._early_input = EarlyInput()
        self._interrupt = InterruptKey(self._get_monotonic)
        self.themes.load_default()
        # Set without its watcher: nothing is styled yet that would have to be styled again.
        self.set_reactive(App.theme, DEFAULT_THEME)
        self.stylesheet.set_variables(self.get_css_variables())
        self.themes.apply_at_start()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the variables that style sheets may use before a theme is applied."""
        return self.themes.default_variables

    def get_default_screen(self) -> BrowseScreen:
        """Return the browse screen; its frame is painted before anything is loaded."""
        return self.browse

    def post_display_hook(self) -> None:
        """Open the profiles once the frame has been painted."""
        if not self._started and self.browse.is_painted:
            self._started = True
            self.call_next(self._start)
        super().post_display_hook()

    def on_load(self) -> None:
        """Apply the theme for few colours before the first paint."""
        self.themes.apply_for_terminal()

    def on_mount(self) -> None:
        """Handle signals and the return from a suspension."""
        if not self.is_headless:
            end_on_signals(self)
        if self.tape is not None:
            self.tape.on_problem = self._report_from_thread
            if self.tape.problem:
                self.show_warning(self.tape.problem)
        if self.playback is not None:
            self.browse.add_bindings(build_bindings("replay"))
            if self.playback.recording.damage:
                self.show_warning(self.playback.recording.damage)
        self.app_resume_signal.subscribe(self, self._repaint)

    def _report_from_thread(self, words: str) -> None:
        with suppress(RuntimeError):  # the console has ended
            self.call_from_thread(self.show_warning, words)

    def _repaint(self, _app: object) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, DiffScreen):
                screen.repaint()

    def _start(self) -> None:
        self.run_worker(self._open_profiles(), group="live")

    async def _open_profiles(self) -> None:
        """Open the profiles asked for, side by side."""
        if (last := await self.warm_start.read(self._report_from_thread)) is not None:
            await self.browse.shown.show_last_start(*last)
            # What is imported next would hold up their paint.
            await self.browse.wait_for_refresh()
        try:
            names = await self._names() if self._names is not None else (self.options.profile or "",)
            find_first_kind(self.options.screen)  # a wrong one ends the console before anything is opened
        except MatuiError as error:
            self.failure = error
            self.exit(error.exit_code)
            return
        from matui.console.profile_manager import ProfileManager
        from matui.resources.registry import KIND_KEYS

        self._command_keys.load_kinds(KIND_KEYS)
        manager = ProfileManager(
            self, self.browse.shown, self._opener, self._rng, on_change=self.profiles.note_changes
        )
        self.profiles.start(manager, names, demo=self.options.demo)

    def publish(self, update: Update) -> None:
        """Pass an update of a poller to every screen."""
        for screen in self.screen_stack:
            screen.post_message(Updated(update))

    async def on_unmount(self) -> None:
        """Close the journals."""
        await self.profiles.close()
        self.kept.close()

    async def show_profiles(self, fleet: OpenProfiles, session: ConsoleSession) -> None:
        """Show the first profile that is open, with the keys and the theme of its settings."""
        from matui.config.paths import get_user_themes_dir
        from matui.config.regions import describe_unknown_region
        from matui.resources.registry import KIND_KEYS

        if session.settings.remember and not session.is_demo and self.browse.fleet is None:
            self.kept.open()
            self.kept.load_history()
        self.themes.postpone(get_user_themes_dir())
        self.themes.apply_for_profiles(fleet)
        if warning := describe_unknown_region(session.profile):
            self.notify(warning, severity="warning", markup=False)
        keys = self._command_keys
        keys.apply(session.settings.keys, KIND_KEYS)
        self.alt_keys = keys.find_alt_names()
        self.set_keymap(keys.build_keymap())
        if self.browse.fleet is None:
            self.browse.add_bindings(build_kind_bindings(keys.bound))
        first = find_first_kind(self.options.screen) or session.settings.start
        await self.browse.shown.show_profiles(fleet, first)
        for screen in self.screen_stack:
            screen.post_message(KeysChanged())
        self.input_order.put_first(*self._early_input.take())
        self.call_later(self.pass_input)

    async def offer_demo(self, error: MatuiError) -> bool:
        """Show why no profile could be opened; return whether to open the demo instead of ending."""
        looked_for = getattr(error, "looked_for", None)
        if looked_for is None:
            self.failure = error
            self.exit(error.exit_code)
            return False
        from matui.config.paths import get_config_file
        from matui.console.screens.dialogs import FirstRunScreen

        answer = await self.push_screen_wait(FirstRunScreen(looked_for, str(get_config_file())))
        if answer != "demo":
            self.exit(0)
        return answer == "demo"

    def get_state_dir(self) -> Path:
        """Return the folder of the audit; of a replay one that is deleted at its end."""
        return self.kept.get_folder()

    @property
    def keys(self) -> Mapping[str, str]:
        """The keys of each command, as people read them."""
        return self._command_keys.labels

    @property
    def displaced_keys(self) -> Mapping[str, str]:
        """The bindings that lost a key to the user's ``[keys]``, with the reason."""
        return self._command_keys.displaced

    @property
    def explained_commands(self) -> frozenset[str]:
        """The commands of panes whose key says on a table where it works."""
        return self._command_keys.explained

    @property
    def history(self) -> PromptHistory:
        """The earlier entries of the prompts."""
        return self.kept.history

    def on_first_rows(self, *, with_rows: bool) -> None:
        """Start what was deferred until the first answer; ``with_rows`` is false for an empty answer."""
        self.call_after_refresh(limit_malloc)
        manager = self.profiles.manager
        if manager is not None and manager.has_deferred_work:
            self.call_after_refresh(manager.on_first_rows, with_rows=with_rows)
            self.call_after_refresh(self._keep_last_start, manager)
            self.call_after_refresh(self.themes.load_postponed)

    def _keep_last_start(self, manager: ProfileManager) -> None:
        if manager.is_as_started and self.browse.fleet is not None:
            self.warm_start.keep(self.browse.fleet)

    def _write_later(self, write: Callable[[], None]) -> None:
        self.run_worker(write, group="memory", thread=True)

    def notify(self, message: str, **kwargs: Any) -> None:
        """Show a notification in place of an equal one; older ones are ended where there is no room."""
        self.call_later(self._remove_empty_holders)
        drop_repeated(self, message)
        super().notify(message, **kwargs)

    def _remove_empty_holders(self) -> None:
        for screen in self.screen_stack:
            remove_empty(screen)

    def show_error(self, words: str) -> None:
        """Show an error as a notification."""
        self.notify(words, severity="error", timeout=15, markup=False)

    @property
    def announcer(self) -> TerminalAnnouncer:
        """The announcer of changes on this terminal."""
        from matui.console.notices import TerminalAnnouncer

        return TerminalAnnouncer(self)

    def show_warning(self, words: str) -> None:
        """Show a warning as a notification."""
        self.notify(words, severity="warning", timeout=15, markup=False)

    def start_worker(
        self, work: Coroutine[Any, Any, None], group: str, *, exclusive: bool = False
    ) -> Worker[None] | None:
        """Run ``work`` in a worker; an exclusive one replaces the others of its group. None at the end.

        Workers are cancelled at the end, before the widgets are removed that they would look for.
        """
        if not self.is_running:
            work.close()
            return None
        return self.run_worker(work, group=group, exclusive=exclusive)

    def cancel_workers(self, group: str) -> None:
        """Cancel the workers of a group."""
        self.workers.cancel_group(self, group)

    def set_theme(self, name: str) -> None:
        """Style everything in a registered theme."""
        self.theme = name

    async def on_input(self, event: events.Event) -> None:
        """Drop keys that were meant for what did not open, and keep those that come too early."""
        if isinstance(event, events.Key):
            if self.browse.typed_ahead.drops(event.key, event.time):
                return
            if event.key != "ctrl+c":
                self._interrupt.forget()
        if not self._early_input.keep(event, self.browse, is_open=self.browse.fleet is not None):
            await super().on_input(event)

    def on_key(self, event: events.Key) -> None:
        """Say where a key works that no screen above the tables has, and nothing in it has taken."""
        screen = self.screen
        if self.browse.fleet is None or screen is self.browse or screen.is_modal:
            return
        if event.key in screen.active_bindings:
            return
        if command_id := self._command_keys.find_command(event.key):
            from matui.console.commands.registry import explain_on_screen, get_command
            from matui.console.commands.resources import as_sentence

            self.show_warning(as_sentence(explain_on_screen(get_command(command_id).scope)))

    def watch_app_focus(self, focused: bool) -> None:
        """Poll a quarter as often while the terminal has lost the focus, and catch up when it is back."""
        if self.browse.fleet is not None:
            self.browse.fleet.controls.blurred = not focused
        # A pane that watched the application itself would never be released.
        if self.browse.host.pane is not None:
            self.browse.host.pane.handle_terminal_focus(focused)

    def explain_disabled(self, command_id: str) -> str:
        """Return why a command does nothing here, now; ``""`` when it works."""
        return self.browse.dispatch.explain_disabled(command_id)

    async def action_run(self, command_id: str) -> None:
        """Run a command that works on any screen."""
        await self.browse.dispatch.run(command_id)

    async def action_open_prompt(self) -> None:
        """Close the screens above the tables and open the prompt for a command."""
        while isinstance(self.screen, DiffScreen | DiffModal) and self.screen is not self.browse:
            self.screen.dismiss(None)
        await self.browse.dispatch.run("command")

    def action_interrupt(self) -> None:
        """Copy a selection, or cancel as esc does; at the top quit with 130 on a second press."""
        if selected := self._read_selected_text():
            copy(self, selected, format_line_count(selected))
            self.screen.clear_selection()
        elif self.screen is not self.browse or self.browse.has_cancellable:
            self.input_order.put_first(events.Key("escape", None))
        elif self._interrupt.press():
            self.exit(130)
        else:
            self.notify("Press ctrl+c again to quit.", timeout=INTERRUPT_S)

    def _read_selected_text(self) -> str:
        from textual.widgets import Input

        if isinstance(self.focused, Input) and self.focused.selected_text:
            return self.focused.selected_text
        return self.screen.get_selected_text() or ""

    def _get_monotonic(self) -> float:
        fleet = self.browse.fleet
        return fleet.primary.clock.monotonic() if fleet is not None and fleet.members else monotonic()

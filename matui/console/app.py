"""The application: opens the profiles after the first paint, and holds the state that outlives a screen."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.binding import Binding
from textual.theme import Theme

from matui.base.errors import MatuiError
from matui.config.keymap import DEFAULT_KEYS, default_keys, find_displaced, keys_in_replay, resolve_keys
from matui.console.bars.history import PromptHistory
from matui.console.commands.keys import format_keys
from matui.console.commands.registry import bindings, kind_bindings
from matui.console.copying import copy, count_lines
from matui.console.exit_signals import end_on_signals
from matui.console.first_kind import find_first_kind
from matui.console.host import DEFAULT_KIND
from matui.console.memory import Memory
from matui.console.messages import Updated
from matui.console.screens.browse import BrowseScreen
from matui.console.terminal.app import DiffApp
from matui.console.terminal.screen import DiffScreen
from matui.console.themes import DEFAULT_THEME, load_default, load_themes

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from tempfile import TemporaryDirectory

    from textual.worker import Worker

    from matui.console.announcer import TerminalAnnouncer
    from matui.console.capsules.visit import CapsuleVisit
    from matui.console.fleet import OpenProfiles
    from matui.console.profile_manager import ProfileManager
    from matui.console.session import ConsoleOptions, ConsoleSession, Names, Opener
    from matui.live.poll.poller import Update
    from matui.live.recording.playback import Playback
    from matui.live.recording.tape import Tape
    from matui.live.triage.item import Why
    from matui.resources.model import Resource


_NO_KEY = "no-key"  # Textual would keep the default of a binding without keys
_LAST_START_S = 2.0  # that the rows of the last start may hold up reading the configuration
_INTERRUPT_S = 2.0  # between the two presses of ctrl+c that quit


class MatuiApp(DiffApp[int]):
    """The console. Its exit value is the process's exit status."""

    TITLE = "matui"
    CSS_PATH = ["styles/widgets.tcss", "styles/matui.tcss"]
    ENABLE_COMMAND_PALETTE = False  # Textual's own; the command "palette" opens ours
    BINDINGS = [
        *bindings("app"),
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
        self._replay_folder: TemporaryDirectory[str] | None = None
        self.matui_themes: dict[str, Theme] = {}
        super().__init__()
        self.options = options
        self.browse = BrowseScreen(self)
        self.keys: dict[str, str] = {name: format_keys(keys) for name, keys in DEFAULT_KEYS.items()}
        self.displaced_keys: dict[str, str] = {}
        self.history = PromptHistory(lambda entries: self.keep("history", dict(entries)))
        self.failure: MatuiError | None = None
        self.memory = Memory()
        self.profile_manager: ProfileManager | None = None
        self._visit: CapsuleVisit | None = None
        self._opener = opener
        self._names = names
        self._applied_theme: tuple[str | None, ...] = ()
        self._rng = rng or random.Random()  # noqa: S311 - jitter between polls, no secret
        self._started = False
        self._interrupted_at: float | None = None
        self._add_themes([load_default()])
        # Set without its watcher: nothing is styled yet that would have to be styled again.
        self.set_reactive(App.theme, DEFAULT_THEME)
        self.stylesheet.set_variables(self.get_css_variables())
        if options.theme not in (None, DEFAULT_THEME):
            self._load_themes(user_dir=None)
            self._apply_theme(options.theme if options.theme in self.matui_themes else None)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the variables that style sheets may use before a theme is applied."""
        return dict(self.matui_themes[DEFAULT_THEME].variables) if self.matui_themes else {}

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
        if (self.has_few_colors or self.has_no_color) and not self.options.theme:
            self._load_themes(user_dir=None)
            self._apply_theme(_few_colors_theme(None) if self.has_few_colors else None)

    def on_mount(self) -> None:
        """Handle signals and the return from a suspension."""
        if not self.is_headless:
            end_on_signals(self)
        if self.tape is not None:
            self.tape.on_problem = self._report_from_thread
            if self.tape.problem:
                self.show_warning(self.tape.problem)
        if self.playback is not None:
            self.browse.add_bindings(bindings("replay"))
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
        await self._show_last_start()
        try:
            names = await self._names() if self._names is not None else (self.options.profile or "",)
            find_first_kind(self.options.screen)  # a wrong one ends the console before anything is opened
        except MatuiError as error:
            self.failure = error
            self.exit(error.exit_code)
            return
        from matui.console.profile_manager import ProfileManager
        from matui.resources.registry import KIND_KEYS

        self.keys = {name: format_keys(keys) for name, keys in default_keys(KIND_KEYS).items()}
        self.profile_manager = ProfileManager(self, self.browse, self._opener, self._rng)
        self.profile_manager.start(names, demo=self.options.demo)

    async def _show_last_start(self) -> None:
        """Show the rows of the last start with this configuration, before it has been read again."""
        if self.options.demo or self.playback is not None:
            return
        from matui.console.changes.last_start import find_last_start, read_rows
        from matui.live.journal.journal import FILE_NAME

        folder = self.state_dir()
        try:
            async with asyncio.timeout(_LAST_START_S):
                start = await asyncio.to_thread(find_last_start, self.options, folder)
                rows = await asyncio.to_thread(read_rows, start, folder / FILE_NAME) if start else []
        except TimeoutError:  # another process has locked the journal, or its disk is slow
            return
        if start is not None:
            self.memory = Memory(folder / "console.json")
            await self.browse.show_last_start(start, rows)

    def publish(self, update: Update) -> None:
        """Pass an update of a poller to every screen."""
        for screen in self.screen_stack:
            screen.post_message(Updated(update))

    async def on_unmount(self) -> None:
        """Close the journals."""
        if self.profile_manager is not None:
            await self.profile_manager.journals.close()
        if self._replay_folder is not None:
            self._replay_folder.cleanup()

    async def show_profiles(self, fleet: OpenProfiles, session: ConsoleSession) -> None:
        """Show the first profile that is open, with the keys and the theme of its settings."""
        from matui.config.paths import user_themes_dir
        from matui.config.regions import describe_unknown_region
        from matui.resources.registry import KIND_KEYS

        if session.settings.remember and self.browse.fleet is None:
            self.memory = Memory(self.state_dir() / "console.json")
            self.history.load(self.memory.get("history"))
        self._load_themes(user_themes_dir())
        self.apply_profile_theme(fleet)
        if warning := describe_unknown_region(session.profile):
            self.notify(warning, severity="warning", markup=False)
        keys = resolve_keys(session.settings.keys, KIND_KEYS)
        if self.playback is not None:
            keys = keys_in_replay(keys)
        self.keys = {name: format_keys(joined) for name, joined in keys.items()}
        self.displaced_keys = {
            name: f"{format_keys(','.join(sorted(lost)))} is set for {taker} in [keys]"
            for name, (lost, taker) in find_displaced(session.settings.keys, KIND_KEYS).items()
        }
        # Textual lays a keymap over every binding again at each key, which takes as long as all the rest.
        changed = keys != default_keys(KIND_KEYS)
        self.set_keymap({name: joined or _NO_KEY for name, joined in keys.items()} if changed else {})
        if self.browse.fleet is None:
            self.browse.add_bindings(kind_bindings(keys))
        await self.browse.show_profiles(fleet, find_first_kind(self.options.screen) or session.settings.start)

    def keep(self, name: str, value: Any) -> None:
        """Keep a value for the next run, where the settings allow it."""
        self.memory.put(name, value)
        self.run_worker(self.memory.write, group="memory", thread=True)

    def apply_profile_theme(self, fleet: OpenProfiles) -> None:
        """Apply the theme of a profile that is open alone, else the theme of the settings.

        A theme that the user chose meanwhile stays until this one changes.
        """
        own = None if fleet.is_multi else fleet.primary.profile.theme
        wanted = self.options.theme or own or fleet.primary.settings.theme
        if self.has_few_colors and not self.options.theme:
            wanted = _few_colors_theme(wanted)
        if self._applied_theme != (wanted,):
            self._applied_theme = (wanted,)
            settings = fleet.primary.settings
            self._apply_theme(wanted, "" if self.options.theme else settings.locate_theme(wanted or ""))

    async def offer_demo(self, error: MatuiError) -> bool:
        """Show why no profile could be opened; return whether to open the demo instead of ending."""
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

    def state_dir(self) -> Path:
        """Return the folder of the audit; of a replay one that is deleted at its end."""
        if self.playback is not None:
            from tempfile import TemporaryDirectory

            self._replay_folder = self._replay_folder or TemporaryDirectory(prefix="matui-replay-")
            return Path(self._replay_folder.name)
        from matui.config.paths import state_path

        return state_path()

    def switch_profiles(self, names: Sequence[str]) -> None:
        """Open just these profiles, side by side; asks which when none is named."""
        if self.profile_manager is None:
            return
        if self._visit is not None:
            self._visit.forget()
        work = (
            self.profile_manager.set_profiles(names) if names else self._choose_profiles(self.profile_manager)
        )
        self.run_worker(work, group="profiles", exclusive=True)

    def open_capsule(self, capsule_id: str) -> None:
        """Show a capsule alone, like a profile."""
        from matui.console.capsules.visit import CapsuleVisit

        if self.profile_manager is not None:
            kind_id = self.browse.tables.kind.id if self.browse.tables.kind else DEFAULT_KIND
            self._visit = self._visit or CapsuleVisit(self.browse, self.profile_manager)
            self.run_worker(self._visit.enter(capsule_id, kind_id), group="profiles", exclusive=True)

    def leave_capsule(self) -> bool:
        """Open again what was open before the capsule; return whether a capsule was shown."""
        if self._visit is None or not self._visit.can_leave:
            return False
        self.run_worker(self._visit.leave(), group="profiles", exclusive=True)
        return True

    async def _choose_profiles(self, manager: ProfileManager) -> None:
        from matui.console.screens.profiles import ProfilesScreen, list_choices

        chosen = await self.push_screen_wait(ProfilesScreen(list_choices(manager.fleet)))
        if chosen:
            await manager.set_profiles(chosen)

    def retry_profiles(self) -> None:
        """Retry at once to open the profiles that failed."""
        if self.profile_manager is not None:
            self.profile_manager.retry()

    def on_first_rows(self, *, with_rows: bool) -> None:
        """Start what was deferred until the first answer; ``with_rows`` is false for an empty answer."""
        if self.profile_manager is not None and self.profile_manager.has_deferred_work:
            self.call_after_refresh(self.profile_manager.on_first_rows, with_rows=with_rows)
            self.call_after_refresh(self._keep_last_start)

    def _keep_last_start(self) -> None:
        """Keep what is shown first for the next start, where the settings allow it."""
        members = self.browse.fleet.members if self.browse.fleet is not None else ()
        manager = self.profile_manager
        if self.options.demo or self.playback is not None or manager is None or not manager.is_as_started:
            return
        if not all(each.settings.remember and each.settings.journal.warm_start for each in members):
            return
        from matui.console.changes.last_start import describe_start, keep_last_start

        start = describe_start(find_first_kind(self.options.screen) or members[0].settings.start, members)
        keep = partial(keep_last_start, start, self.options, self.state_dir())
        self.run_worker(keep, group="memory", thread=True)

    def show_error(self, words: str) -> None:
        """Show an error as a notification."""
        self.notify(words, severity="error", timeout=15, markup=False)

    def note_changes(self, kind: str, resource_ids: frozenset[str]) -> None:
        """Mark the tab of a kind: resources of it have changed."""
        if self._visit is None or not self._visit.is_entered:
            self.browse.unseen.add(kind, resource_ids)

    def explain(self, resource: Resource, why: Why) -> None:
        """Show in triage why a resource failed."""
        self.browse.triage.learn(resource, why)

    @property
    def announcer(self) -> TerminalAnnouncer:
        """How changes are announced on this terminal."""
        from matui.console.announcer import TerminalAnnouncer

        return TerminalAnnouncer(self)

    def show_warning(self, words: str) -> None:
        """Show a warning as a notification."""
        self.notify(words, severity="warning", timeout=15, markup=False)

    def start_worker(
        self, work: Coroutine[Any, Any, None], group: str, *, exclusive: bool = False
    ) -> Worker[None]:
        """Run ``work`` in a worker; an exclusive one replaces the others of its group."""
        return self.run_worker(work, group=group, exclusive=exclusive)

    def cancel_workers(self, group: str) -> None:
        """Cancel the workers of a group."""
        self.workers.cancel_group(self, group)

    def switch_workspace(self, workspace: str) -> None:
        """Make a workspace the scope of every kind; asks which when none is named."""
        from matui.console.commands.workspaces import choose_workspace, set_workspace

        if self.profile_manager is None or self.browse.fleet is None:
            return
        work = (
            set_workspace(self, self.profile_manager, workspace)
            if workspace
            else choose_workspace(self, self.profile_manager)
        )
        self.run_worker(work, group="scope", exclusive=True)

    async def choose(self, title: str, choices: Sequence[tuple[str, str]], chosen: str) -> str | None:
        """Ask for one of ``choices``, pairs of value and text; None when cancelled."""
        from matui.console.screens.choose import ChooseScreen

        return await self.push_screen_wait(ChooseScreen(title, choices, chosen))

    async def reload(self, fleet: OpenProfiles) -> None:
        """Show the open profiles again, from the kind that is shown."""
        kind = self.browse.tables.kind
        await self.browse.show_profiles(fleet, kind.id if kind else DEFAULT_KIND)

    def switch_theme(self, name: str) -> None:
        """Apply another theme."""
        self._apply_theme(name)

    def _load_themes(self, user_dir: Path | None) -> None:
        themes, notices = load_themes(user_dir)
        self._add_themes(themes)
        for notice in notices:
            self.notify(notice, severity="warning", markup=False)

    def _add_themes(self, themes: list[Theme]) -> None:
        for theme in themes:
            if theme.name not in self.matui_themes:
                self.register_theme(theme)
                self.matui_themes[theme.name] = theme

    def _apply_theme(self, name: str | None, place: str = "") -> None:
        if name and name not in self.matui_themes:
            from matui.config.loading import did_you_mean

            near = did_you_mean(name, tuple(self.matui_themes))
            self.notify(f"{place}There is no theme {name!r}. {near}", severity="warning", markup=False)
            name = None
        self.theme = name or DEFAULT_THEME
        colours = self.matui_themes[self.theme]
        variables = colours.variables
        strong = [variables[name] for name in ("log-error", "phase-failed", "text-error", "log-warning")]
        reversed_ = [variables["cursor"], variables["search"], variables["selection"]]
        if "red" in self.theme:
            reversed_.append(variables["header"])  # the danger sign of a profile
        self.use_attributes(strong, reversed_)

    async def on_event(self, event: events.Event) -> None:
        """Pass a character or a paste to the input that has opened since it was read."""
        if isinstance(event, events.Key) and self.browse.typed_ahead.drops(event.key, event.time):
            return
        if isinstance(event, events.Key) and event.key != "ctrl+c":
            self._interrupted_at = None
        if _is_text(event) and event.is_forwarded:
            from textual.widgets import Input

            if isinstance(self.focused, Input):
                self.focused.post_message(event)
                return
        await super().on_event(event)

    def watch_app_focus(self, focused: bool) -> None:
        """Poll a quarter as often while the terminal has lost the focus, and catch up when it is back."""
        if self.browse.fleet is not None:
            self.browse.fleet.controls.blurred = not focused
        # A pane that watched the application itself would never be released.
        if self.browse.host.pane is not None:
            self.browse.host.pane.terminal_focused(focused)

    def why_not(self, command_id: str) -> str:
        """Return why a command does nothing here, now; ``""`` when it works."""
        return self.browse.dispatch.why_not(command_id)

    async def action_run(self, command_id: str) -> None:
        """Run a command that works on any screen."""
        await self.browse.dispatch.run(command_id)

    def action_interrupt(self) -> None:
        """Copy a selection, or cancel as esc does; at the top quit with 130 on a second press."""
        if selected := self._selected_text():
            copy(self, selected, count_lines(selected))
            self.screen.clear_selection()
        elif self.screen is not self.browse or self.browse.has_cancellable:
            self.simulate_key("escape")
        elif self._interrupted_at is not None and self._monotonic() - self._interrupted_at <= _INTERRUPT_S:
            self.exit(130)
        else:
            self._interrupted_at = self._monotonic()
            self.notify("Press ctrl+c again to quit.", timeout=_INTERRUPT_S)

    def _selected_text(self) -> str:
        from textual.widgets import Input

        if isinstance(self.focused, Input) and self.focused.selected_text:
            return self.focused.selected_text
        return self.screen.get_selected_text() or ""

    def _monotonic(self) -> float:
        fleet = self.browse.fleet
        return fleet.primary.clock.monotonic() if fleet is not None and fleet.members else monotonic()


def _few_colors_theme(wanted: str | None) -> str:
    """Return the theme for 16 colours; red, where the theme of the profile is."""
    return "matui-ansi-red" if wanted and "red" in wanted else "matui-ansi"


def _is_text(event: events.Event) -> bool:
    return isinstance(event, events.Paste) or (isinstance(event, events.Key) and event.is_printable)

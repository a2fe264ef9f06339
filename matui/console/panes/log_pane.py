"""The log pane: one file of a job, or all of them in the order of time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from textual import on
from textual.content import Content
from textual.widget import Widget

from matui.base.log_lines.times import TimestampParser
from matui.clouds.port import TailsLogs, offering
from matui.console.commands import bindings
from matui.console.panes.base import Pane
from matui.console.panes.line_commands import run_line_command
from matui.console.panes.log_alerts import Alerts
from matui.console.panes.log_export import pipe_log, save_whole_log
from matui.console.panes.log_files import LogFiles
from matui.console.panes.log_listing import LogListing
from matui.console.panes.log_lookup import Lookup
from matui.console.panes.log_title import marks
from matui.console.panes.log_together import Together
from matui.console.screens.choose import ChooseScreen
from matui.console.session import ConsoleSession
from matui.console.widgets.log_looks import TIMES, Looks
from matui.console.widgets.log_view import LogView
from matui.live.feed import FeedState
from matui.live.log_merge import MOST_FILES
from matui.live.tail import LogTail, TailState
from matui.resources.model import Resource
from matui.text import clean

_TIMES_SAID = {
    "written": "Times are as the log has them.",
    "local": "Times are local.",
    "utc": "Times are in UTC.",
    "since": "Times count from the job's creation.",
    "hidden": "Times are hidden.",
}
_ASKS = {
    "only": "a regex: only matching lines stay; empty for all",
    "goto_time": "03:12, -10m, 2020-07-16 08:22",
    "pipe": "a command, such as grep -c loss; empty for a pager",
    "alert": "a regex: rings and notifies while nobody looks; empty for none",
}


class LogPane(Pane):
    """Follows a job's log; opens at its newest lines, fetches older ones as the reader scrolls up."""

    NAME = "log"
    HINTS = ("follow", "next_error", "only", "merge", "next_file", "wrap", "times", "save")
    BINDINGS = [*bindings("log")]

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self.view = LogView()
        self.files: tuple[str, ...] = ()
        self.file = ""
        self.together: Together | None = None
        self.logs = LogFiles(
            session, lambda: self.source, lambda: self.resource, self._tailed, controls=self.controls
        )
        self.lookup = Lookup(self)
        settings = session.settings.logs
        self.alerts = Alerts(settings.alerts, settings.alert_by, session.clock.monotonic)
        self.view.looks = Looks(self.new_stamper(), resource.created_at)
        self.saved = 0
        self.listing = LogListing(
            session, lambda: self.source, lambda: self.resource, self._files_listed, controls=self.controls
        )
        self._stepping = False

    def body(self) -> Widget:
        """Return the log view."""
        return self.view

    @property
    def source(self) -> TailsLogs:
        """The cloud, as something that has logs."""
        return offering(self.session.cloud, TailsLogs)

    @property
    def tail(self) -> LogTail | None:
        """The tail of the file shown."""
        return self.logs.tails.get(self.file)

    @property
    def state(self) -> TailState | None:
        """How the tail of the file shown stands."""
        return self.logs.states.get(self.file)

    @property
    def at_top(self) -> bool:
        """Whether the first line there ever was is held."""
        return self.together.merged.at_top if self.together else self.logs.at_top

    def new_stamper(self) -> TimestampParser:
        """Return what reads the times of this job's lines."""
        zone = self.session.settings.logs.zone
        near = self.resource.created_at or self.session.now_ms()
        try:
            return TimestampParser(near, None if zone.lower() == "local" else ZoneInfo(zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return TimestampParser(near)

    def begin(self) -> None:
        """Ask which files there are; the first is opened as soon as there is one."""
        self.view.placeholder = "looking for log files …"
        self.listing.start()

    async def end(self) -> None:
        """Stop the tails and the list of files."""
        self.lookup.hunt.cancel()
        self.listing.stop()
        await self.logs.close()

    def terminal_focused(self, focused: bool) -> None:
        """Clear the alerts once the terminal has the focus again."""
        if focused:
            self.seen()

    def _files_listed(self, state: FeedState[tuple[str, ...]]) -> None:
        if state.value:
            self._take_files(state.value)
        elif state.freshness.error is not None:
            self.view.placeholder = str(state.freshness.error)
        elif self.resource.phase.ended:
            self.view.placeholder = "This job has no log files."
        else:
            self.view.placeholder = "No log files yet: the job has not written any."
        if not self.logs.tails:
            self.say_freshness(state.freshness)

    def _take_files(self, listed: tuple[str, ...]) -> None:
        """Take the files there are, those that are open whether listed or not."""
        new = [file for file in listed if self.files and file not in self.files]
        self.files = listed + tuple(file for file in self.logs.tails if file not in listed)
        if not self.file:
            self.in_background(partial(self.open_file, self.files[0]), "log-file")
        elif new:
            self.post_message(self.Said(f"The job has begun another log file: {clean(new[0])}."))
            self.show_title()

    # Which lines are shown

    async def open_file(self, file: str) -> None:
        """Leave what is shown, and follow one file."""
        self._leave()
        await self.logs.close(but=file)
        self.file, self.together = file, None
        self.view.placeholder = "opening the log …"
        self.logs.open((file,))
        self.view.stripe = None
        self.view.set_source(self.logs.tails[file].store)
        self.show_title()

    async def open_together(self) -> None:
        """Show all files in the order of time."""
        self._leave()
        files = self.files[:MOST_FILES]
        if len(files) < len(self.files):
            self.post_message(self.Said(f"Only the first {MOST_FILES} files are merged.", wrong=True))
        self.view.placeholder = "opening every file …"
        self.logs.open(files)
        self.together = Together(self.logs, files, self.new_stamper())
        self.view.stripe = self.together.stripe
        self.view.set_source(self.together.merged)
        self._step_together()
        self.show_title()

    def _leave(self) -> None:
        self.lookup.leave()
        self.alerts.forget(self.file)

    def step_file(self, step: int) -> None:
        """Show the file ``step`` places on, in a circle."""
        self.listing.look()
        if len(self.files) > 1:
            at = (self.files.index(self.file) + step) % len(self.files)
            self.in_background(partial(self.open_file, self.files[at]), "log-file")

    def toggle_together(self) -> None:
        """Merge all files, or go back to one."""
        self.listing.look()
        if self.together is not None:
            self.in_background(partial(self.open_file, self.file), "log-file")
        elif len(self.files) > 1:
            self.in_background(self.open_together, "log-file")
        else:
            self.post_message(self.Said("The job has one log file only."))

    async def choose_files(self) -> None:
        """Turn files of the merged log on and off."""
        if self.together is None:
            self.post_message(self.Said("Merge the files first (a)."))
            return
        together, last = self.together, ""
        while True:
            choices = [(f, f"{'○' if f in together.off else '●'} {f}") for f in together.files]
            title = "Files shown: enter turns one on or off"
            chosen = await self.app.push_screen_wait(ChooseScreen(title, choices, last))
            if chosen is None or self.together is not together:
                return
            together.off ^= {chosen}
            last = chosen
            self.lookup.show_only()
            self.show_title()

    # What comes

    def _tailed(self, file: str, state: TailState) -> None:
        tail = self.logs.tails.get(file)
        if tail is None:
            return
        found = self.alerts.look(file, tail.store)
        if found and self.in_background_now:
            self.alerts.tell(self.app, self.resource.name, found)
        if self.together is not None:
            self._step_together()
        elif file == self.file:
            self.view.source_changed()
            self._tell_reader()
        if self.view.filter is not None:
            self.view.placeholder = "No line matches."
        elif state.phase != "opening":
            self.view.placeholder = "The log is empty." if state.phase == "drained" else "No lines yet."
        if file == self.file:
            self.say_freshness(state.freshness)
        self.lookup.hunt.go_on()

    def _step_together(self) -> None:
        """Merge a little, unless a step is pending already."""
        if not self._stepping:
            self._take_step()

    def _take_step(self) -> None:
        """Merge a little, and go on in another turn while more is left."""
        self._stepping = False
        if self.together is None:
            return
        self._stepping = self.together.step(self.session.clock.monotonic())
        self.together.load()
        self.view.source_changed()
        if self._stepping:
            self.set_timer(0.005, self._take_step)

    @property
    def in_background_now(self) -> bool:
        """Whether nobody looks: the terminal has no focus, or something else on the screen has it."""
        return not (self.app.app_focus and self.has_focus_within)

    def on_descendant_focus(self) -> None:
        """Somebody looks again."""
        self.seen()

    def seen(self) -> None:
        """Stop flashing."""
        if self.alerts.flashing:
            self.alerts.flashing = ""
            self.show_title()

    @on(LogView.ReachedTop)
    def _older_wanted(self, event: LogView.ReachedTop) -> None:
        event.stop()
        self.load_older()

    def load_older(self) -> None:
        """Load one more page above."""
        if self.together is not None:
            self.together.want_older()
            self._step_together()
        elif self.tail is not None:
            self.tail.want_older()

    @on(LogView.NewBelow)
    @on(LogView.SearchChanged)
    def _counted(self, event: LogView.NewBelow | LogView.SearchChanged) -> None:
        event.stop()
        self.lookup.hunt.go_on()
        self.show_title()

    @on(LogView.FollowChanged)
    def _follow_changed(self, event: LogView.FollowChanged) -> None:
        event.stop()
        if self.view.follow:
            self.logs.liven()
        self._tell_reader()
        self.show_title()

    def _tell_reader(self) -> None:
        """Let the tail know where the reader is, so that nothing near is let go of."""
        if self.tail is not None and self.together is None:
            at = self.view.origin(self.view.window.top[0]) if self.view.first < self.view.end else 0
            self.tail.reading = None if self.view.follow else at

    def title_parts(self) -> list[Content]:
        """Return the file, its place among the others, and where the reader and the tail are."""
        return [Content.styled(f"  {words}", style) for words, style in marks(self)]

    # What may be asked of it

    def refresh_now(self) -> None:
        """Ask for new lines at once."""
        self.logs.trigger()
        self.listing.look()

    def resource_updated(self, resource: Resource) -> None:
        """Learn that the job has gone on, perhaps to its end; a newer version is not this log's job."""
        if resource.facts.get("version_id") == self.resource.facts.get("version_id"):
            if resource.status != self.resource.status:
                self.logs.liven()
                self.listing.look()
            super().resource_updated(resource)

    def search(self, text: str) -> tuple[str, bool]:
        """Look for ``text`` in the lines held."""
        return self.lookup.search(text)

    def typing(self, mode: str, text: str) -> tuple[str, bool]:
        """Check what is being typed."""
        return self.lookup.check(mode, text)

    def entered(self, mode: str, text: str) -> str:
        """Take what was typed."""
        if mode == "search":
            return self.lookup.search_on()
        if mode == "only":
            return self.lookup.only(text)
        if mode == "goto_time":
            return self.lookup.go_to(text)
        if mode == "alert":
            return self.alert_on(text)
        self.in_background(partial(pipe_log, self, text), "log-pipe")
        return ""

    def alert_on(self, text: str) -> str:
        """Alert on a pattern; returns what is wrong with it, or ``""``."""
        wrong = self.alerts.add(text)
        if not wrong:
            self.post_message(self.Said(f"Alerts on {text}." if text else "Alerts on nothing any more."))
        return wrong

    def step_back(self) -> bool:
        """Undo the innermost thing: a selection, a hunt, a filter, a search."""
        return self.lookup.step_back()

    def run_with(self, command_id: str, argument: str) -> None:
        """Run a command of the log; some take what was typed after them."""
        if command_id not in _ASKS:
            self.run_command(command_id)
        elif not argument:
            text = self.lookup.only_text if command_id == "only" else ""
            self.ask(command_id, text, _ASKS[command_id])  # type: ignore[arg-type]
        elif wrong := self.entered(command_id, argument):
            self.post_message(self.Said(wrong, wrong=True))

    def run_command(self, command_id: str) -> None:
        """Run a command of the log."""
        known: dict[str, Callable[[], object]] = {
            "follow": self.view.action_follow,
            "next_match": self.lookup.next_match,
            "previous_match": self.lookup.previous_match,
            "next_error": self.lookup.next_error,
            "previous_error": self.lookup.previous_error,
            "next_file": partial(self.step_file, 1),
            "previous_file": partial(self.step_file, -1),
            "merge": self.toggle_together,
            "choose_files": partial(self.in_background, self.choose_files, "log-choose"),
            "times": self._next_times,
            "line_numbers": self._toggle_numbers,
            "mark_line": self.lookup.mark,
            "next_marked": self.lookup.next_marked,
            "select": self.lookup.select,
            "save": partial(self.in_background, partial(save_whole_log, self), "log-save"),
        }
        if command_id in known:
            known[command_id]()
        elif command_id in _ASKS:
            self.run_with(command_id, "")
        else:
            run_line_command(self.view, command_id)

    def _next_times(self) -> None:
        times = TIMES[(TIMES.index(self.view.looks.times) + 1) % len(TIMES)]
        self.view.show_times(times)
        self.post_message(self.Said(_TIMES_SAID[times]))

    def _toggle_numbers(self) -> None:
        self.view.numbers = not self.view.numbers

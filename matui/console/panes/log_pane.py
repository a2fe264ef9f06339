"""The log pane: a tail per file, one shown at a time."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from textual import on
from textual.content import Content
from textual.widget import Widget

from matui.clouds.port import TailsLogs, offering
from matui.console.commands import bindings
from matui.console.panes.base import Pane
from matui.console.panes.line_commands import run_line_command, search_in
from matui.console.saving import log_path, save_log
from matui.console.session import ConsoleSession
from matui.console.widgets.log_view import LogView
from matui.errors import MatuiError
from matui.live.feed import Feed, FeedState
from matui.live.read_log import read_log
from matui.live.tail import LogTail, TailState
from matui.resources.model import Resource


class LogPane(Pane):
    """Follows a job's log; opens at its newest lines, fetches older ones as the reader scrolls up."""

    NAME = "log"
    HINTS = ("follow", "next_error", "next_file", "wrap", "save")
    BINDINGS = [*bindings("log")]

    def __init__(self, session: ConsoleSession, resource: Resource) -> None:
        super().__init__(session, resource)
        self.view = LogView()
        self.files: tuple[str, ...] = ()
        self.file = ""
        self.tail: LogTail | None = None
        self._state: TailState | None = None
        self._files_feed: Feed[tuple[str, ...]] | None = None
        self._new_below = 0
        self._saved = 0

    def body(self) -> Widget:
        """Return the log view."""
        return self.view

    @property
    def source(self) -> TailsLogs:
        """The cloud, as something that has logs."""
        return offering(self.session.cloud, TailsLogs)

    def begin(self) -> None:
        """Ask which files there are; the first is opened as soon as there is one."""
        self.view.placeholder = "looking for log files …"
        self._files_feed = Feed(
            lambda: self.source.log_files(self.resource),
            clock=self.session.clock,
            rng=self.session.rng,
            cadence_s=self.session.cadence_of("logs"),
            publish=self._files_listed,
        )
        self._files_feed.start()

    async def end(self) -> None:
        """Stop the tail and the list of files."""
        if self._files_feed:
            self._files_feed.stop()
        if self.tail:
            await self.tail.stop()

    def _files_listed(self, state: FeedState[tuple[str, ...]]) -> None:
        if state.value:
            self.files = state.value
            if self._files_feed:
                self._files_feed.pause()
            if not self.file:
                self.in_background(partial(self.open_file, self.files[0]), "log-file")
        elif state.freshness.error is not None:
            self.view.placeholder = str(state.freshness.error)
        elif self.resource.phase.ended:
            self.view.placeholder = "This job has no log files."
        else:
            self.view.placeholder = "No log files yet: the job has not written any."
        self.say_freshness(state.freshness)

    async def open_file(self, file: str) -> None:
        """Leave the file shown, and follow another."""
        if self.tail:
            await self.tail.stop()
        self.file = file
        self._new_below = 0
        self.tail = LogTail(
            self.source,
            self.resource,
            file,
            clock=self.session.clock,
            rng=self.session.rng,
            cadence_s=self.session.cadence_of("logs"),
            ended=lambda: self.resource.phase.ended,
            publish=self._tailed,
        )
        self.view.placeholder = "opening the log …"
        self.view.set_source(self.tail.store)
        self.tail.start()
        self.show_title()

    def step_file(self, step: int) -> None:
        """Show the file ``step`` places on, in a circle."""
        if len(self.files) > 1:
            at = (self.files.index(self.file) + step) % len(self.files)
            self.in_background(partial(self.open_file, self.files[at]), "log-file")

    def _tailed(self, state: TailState) -> None:
        fell_back = state.fallback and not (self._state and self._state.fallback)
        self._state = state
        self.view.source_changed()
        self._tell_reader()
        if state.phase != "opening":
            self.view.placeholder = "The log is empty." if state.phase == "drained" else "No lines yet."
        if fell_back:
            self.post_message(self.Said(state.fallback))
        self.say_freshness(state.freshness)

    @on(LogView.ReachedTop)
    def _older_wanted(self, event: LogView.ReachedTop) -> None:
        event.stop()
        if self.tail:
            self.tail.want_older()

    @on(LogView.NewBelow)
    def _counted(self, event: LogView.NewBelow) -> None:
        event.stop()
        self._new_below = event.view.new_below
        self.show_title()

    @on(LogView.FollowChanged)
    def _follow_changed(self, event: LogView.FollowChanged) -> None:
        event.stop()
        self._tell_reader()
        self.show_title()

    def _tell_reader(self) -> None:
        """Let the tail know where the reader is, so that nothing near is let go of."""
        if self.tail is not None:
            self.tail.reading = None if self.view.follow else self.view.window.top[0]

    def title_parts(self) -> list[Content]:
        """Return the file, its place among the others, and where the reader and the tail are."""
        parts: list[Content] = []
        if self.file:
            place = f" ({self.files.index(self.file) + 1}/{len(self.files)})" if len(self.files) > 1 else ""
            parts.append(Content.styled(f"  {self.file}{place}", "$text-muted"))
        for words, style in self._marks():
            parts.append(Content.styled(f"  {words}", style))
        return parts

    def _marks(self) -> list[tuple[str, str]]:
        state = self._state
        if state is None:
            return []
        marks = [("bytes", "$text-warning")] if state.fallback else []
        if state.phase == "drained":
            marks.append(("ended", "$text-muted"))
        elif self.view.follow:
            marks.append(("following" if not state.behind else "catching up", "$text-success"))
        if self._new_below:
            marks.append((f"↓ {self._new_below:,} new", "bold $accent"))
        if self._saved:
            marks.append((f"saving {self._saved:,}", "$accent"))
        if state.loading_older:
            marks.append(("older …", "$text-muted"))
        return marks

    def refresh_now(self) -> None:
        """Ask for new lines at once."""
        if self.tail:
            self.tail.kick()
        elif self._files_feed:
            self._files_feed.kick()

    def set_paused(self, paused: bool) -> None:
        """Pause the tail, or go on."""
        if self.tail:
            (self.tail.pause if paused else self.tail.resume)()

    def resource_updated(self, resource: Resource) -> None:
        """Learn that the job has gone on, perhaps to its end; a newer version is not this log's job."""
        if resource.facts.get("version_id") == self.resource.facts.get("version_id"):
            super().resource_updated(resource)

    def search(self, text: str) -> tuple[str, bool]:
        """Look for ``text`` in the lines held."""
        return search_in(self, self.view, text)

    def run_command(self, command_id: str) -> None:
        """Run a command of the log."""
        if command_id == "follow":
            self.view.action_follow()
        elif command_id == "next_error":
            self.view.next_error()
        elif command_id in ("next_file", "previous_file"):
            self.step_file(1 if command_id == "next_file" else -1)
        elif command_id == "times":
            self.view.numbers = not self.view.numbers
        elif command_id == "save":
            self.in_background(self._save, "log-save")
        else:
            run_line_command(self.view, command_id)

    async def _save(self) -> None:
        """Save the whole log, every page of it, into the current folder."""
        if not self.file:
            return
        lines = read_log(
            self.source,
            self.resource,
            self.file,
            follow=False,
            tail=None,
            clock=self.session.clock,
            rng=self.session.rng,
            cadence_s=self.session.cadence_of("logs"),
            ended=lambda: self.resource.phase.ended,
        )
        path = log_path(Path.cwd(), self.resource, self.file)
        try:
            count = await save_log(lines, path, self._saving)
        except (MatuiError, OSError) as error:
            self.post_message(self.Said(f"The log was not saved: {error}", wrong=True))
        else:
            self.post_message(self.Said(f"Saved {count:,} lines to {path}"))
        self._saved = 0
        self.show_title()

    def _saving(self, count: int) -> None:
        self._saved = count
        self.show_title()

"""Which log files a pane shows, one or all merged in the order of time; what its parts call on the pane."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from matui.base.log_lines.times import TimestampParser
from matui.base.text.sanitize import clean
from matui.clouds.protocols import TailsLogs, require
from matui.console.logs.files import HELD_SHOWN_S, LogListing, MergedFiles, OpenLogFiles
from matui.live.logs.merge import MAX_FILES

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

    from matui.console.logs.view import LogView
    from matui.console.messages import Mode
    from matui.console.session import ConsoleSession
    from matui.live.logs.tail import LogTail, TailState
    from matui.live.poll.freshness import Freshness
    from matui.live.poll.loop_controls import LoopControls
    from matui.live.poll.poller import PolledValue
    from matui.resources.model import Resource

_NEXT_STEP_S = 0.005


class LogHost(Protocol):
    """The pane that shows a log: its job, its title, its notices and its timers."""

    resource: Resource
    search_text: str

    @property
    def app(self) -> App[Any]:
        """The running application, as Textual sees it."""

    @property
    def is_mounted(self) -> bool:
        """Whether the pane is on the screen."""

    def post_message(self, message: Message) -> bool:
        """Send a message to the screen."""

    def show_notice(self, words: str, *, wrong: bool = False) -> None:
        """Show a notice."""

    def ask(self, mode: Mode, text: str = "", hint: str = "") -> None:
        """Open the prompt for a line of the pane."""

    def show_title(self) -> None:
        """Update the title."""

    def show_freshness(self, freshness: Freshness) -> None:
        """Show in the title how old the content is, and its last error."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> object:
        """Call ``callback`` after ``delay`` seconds."""

    def run_in_background(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        """Run ``work`` in a worker, which replaces the one of its group."""

    async def choose(self, title: str, choices: Sequence[tuple[str, str]], chosen: str) -> str | None:
        """Prompt for one of ``choices``, pairs of value and text; None when cancelled."""


class ShownLog:
    """Lists and follows the log files of a job, and gives the view the lines of those shown.

    ``on_tail`` receives the news of each file followed, ``on_file_left`` the file shown before.
    """

    def __init__(
        self,
        session: ConsoleSession,
        host: LogHost,
        view: LogView,
        *,
        controls: LoopControls,
        on_tail: Callable[[str, TailState], None],
        on_file_left: Callable[[str], None],
    ) -> None:
        self.files: tuple[str, ...] = ()
        self.is_listed = False
        self._has_no_files = False
        self.file = ""
        self.wanted = ""
        self.merged: MergedFiles | None = None
        self._session = session
        self._host = host
        self._view = view
        self._on_file_left = on_file_left
        self._step_pending = False
        self._title_states_held = self._look_pending = False
        self.is_opening = False
        self.followed = OpenLogFiles(
            session, lambda: self.source, lambda: host.resource, on_tail, controls=controls
        )
        self._listing = LogListing(
            session, lambda: self.source, lambda: host.resource, self._on_listed, controls=controls
        )

    @property
    def source(self) -> TailsLogs:
        """The cloud, as something that has logs."""
        return require(self._session.cloud, TailsLogs)

    @property
    def tail(self) -> LogTail | None:
        """The tail of the file shown."""
        return self.followed.tails.get(self.file)

    @property
    def state(self) -> TailState | None:
        """The state of the tail of the file shown."""
        return self.followed.states.get(self.file)

    @property
    def has_end(self) -> bool:
        """Whether the last line of every file shown has been read, once the job has ended."""
        files = self.merged.files if self.merged is not None else (self.file,)
        states = [self.followed.states.get(file) for file in files]
        return all(state is not None and (state.at_end or state.phase == "drained") for state in states)

    def count_gaps(self) -> int:
        """Return how many marks of lines that may be missing the files shown hold."""
        files = self.merged.files if self.merged is not None else (self.file,)
        return sum(self.followed.tails[file].store.gaps for file in files if file in self.followed.tails)

    @property
    def freshness(self) -> Freshness | None:
        """How old the lines are: those of the file shown, or of the merged file that was read first."""
        tails = self.followed.tails
        shown = list(tails.values()) if self.merged is not None else [self.tail]
        ages = [tail.state.freshness for tail in shown if tail is not None]
        return min(ages, key=lambda age: age.fetched_at or 0.0, default=None)

    @property
    def at_top(self) -> bool:
        """Whether the first line of the log is held, or the job has no log."""
        if self._has_no_files:
            return True
        return self.merged.log.at_top if self.merged else self.followed.at_top

    def describe_pending(self) -> str:
        """Return what is still to be loaded or placed at the end of the log, ``""`` where nothing is."""
        if self._has_no_files:
            return ""
        if self.is_opening:
            return "opening the log"
        if self.merged is not None:
            return self.merged.describe_held_back(self._session.clock.monotonic())
        return "" if self.state is not None and self.state.phase != "opening" else "opening the log"

    @property
    def ends_pending(self) -> bool:
        """Whether the job has ended and the end of its log is not shown yet."""
        return self._host.resource.phase.ended and bool(self.describe_pending())

    def build_time_parser(self) -> TimestampParser:
        """Return a parser of the times in the lines of this job."""
        near = self._host.resource.created_at or self._session.get_now_ms()
        return self._session.settings.logs.build_time_parser(near)

    # The list of files

    def start(self) -> None:
        """List the files; the first is opened as soon as there is one."""
        self._view.placeholder = "looking for log files …"
        self._listing.start()

    async def stop(self) -> None:
        """Stop the tails and the list of files."""
        self._listing.stop()
        await self.followed.close()

    def refresh(self) -> None:
        """Poll for new lines and files at once."""
        self.followed.trigger()
        self._listing.look()

    def on_status_changed(self) -> None:
        """Poll at the full rate again: the job has changed its status."""
        self.followed.reset_idle()
        self._listing.look()

    def _on_listed(self, state: PolledValue[tuple[str, ...]]) -> None:
        self.is_listed = True
        self._has_no_files = not state.value and not self.files and state.freshness.error is None
        if state.value:
            self._set_files(state.value)
        elif state.freshness.error is not None:
            self._view.placeholder = str(state.freshness.error)
        elif self._host.resource.phase.ended:
            self._view.placeholder = "This job has no log files."
        else:
            self._view.placeholder = "No log files yet: the job has not written any."
        if not self.followed.tails:
            self._host.show_freshness(state.freshness)

    def _set_files(self, listed: tuple[str, ...]) -> None:
        """Take over the listed files, and keep those that are followed though no longer listed."""
        new = [file for file in listed if self.files and file not in self.files]
        self.files = listed + tuple(file for file in self.followed.tails if file not in listed)
        if not self.file:
            self._open_later(self.wanted if self.wanted in self.files else self.files[0])
        elif new:
            self._host.show_notice(f"The job has begun another log file: {clean(new[0])}.")
            self._host.show_title()

    # The files shown

    async def open_file(self, file: str) -> None:
        """Show one file and follow it alone."""
        await self.followed.close(but=file)
        self.file, self.merged = file, None
        self._view.placeholder = "opening the log …"
        self.followed.open((file,))
        self._view.stripe = None
        self._view.set_source(self.followed.tails[file].store)
        self.is_opening = False
        self._host.show_title()

    async def open_merged(self) -> None:
        """Show all files in the order of time."""
        files = self.files[:MAX_FILES]
        if len(files) < len(self.files):
            self._host.show_notice(f"Only the first {MAX_FILES} files are merged.", wrong=True)
        self._view.placeholder = "opening every file …"
        self.followed.open(files)
        self.merged = MergedFiles(self.followed, files, self.build_time_parser())
        self._view.stripe = self.merged.build_file_label
        self._view.set_source(self.merged.log)
        self.is_opening = False
        self._merge_step()
        self._host.show_title()

    def _open_later(self, file: str) -> None:
        self._open(partial(self.open_file, file))

    def _open(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._on_file_left(self.file)
        self.is_opening = True
        self._host.run_in_background(work, "log-file")

    def step_file(self, step: int) -> None:
        """Show the file ``step`` places on, in a circle."""
        self._listing.look()
        if len(self.files) > 1:
            self._open_later(self.files[(self.files.index(self.file) + step) % len(self.files)])
        else:
            self._show_few_files()

    def toggle_merged(self) -> None:
        """Merge all files, or go back to one."""
        self._listing.look()
        if self.merged is not None:
            self._open_later(self.file)
        elif len(self.files) > 1:
            self._open(self.open_merged)
        else:
            self._show_few_files()

    def _show_few_files(self) -> None:
        self._host.show_notice(
            "The job has one log file only." if self.files else "The job has no log files yet."
        )

    async def choose_files(self, changed: Callable[[], None]) -> None:
        """Turn files of the merged log on and off; ``changed`` is called after each."""
        if self.merged is None:
            self._host.show_notice("Merge the files first (a).")
            return
        merged, last = self.merged, ""
        while True:
            choices = [(f, f"{'○' if f in merged.off else '●'} {f}") for f in merged.files]
            chosen = await self._host.choose("Files shown: enter turns one on or off", choices, last)
            if chosen is None or self.merged is not merged:
                return
            merged.off ^= {chosen}
            last = chosen
            changed()
            self._host.show_title()

    # Their lines

    def on_news(self, file: str) -> None:
        """Show new lines of a file that is followed."""
        if self.merged is not None:
            self._merge_step()
        elif file == self.file:
            self._view.note_new_lines()
            self.note_reader()

    def load_older(self) -> None:
        """Load one more page above."""
        if self.merged is not None:
            self.merged.request_older()
            self._merge_step()
        elif self.tail is not None:
            self.tail.request_older()

    def note_reader(self) -> None:
        """Pass the line that is read to the tail, so that it keeps the pages around it."""
        if self.tail is not None and self.merged is None:
            view = self._view
            at = view.find_origin(view.window.top[0]) if view.first < view.end else 0
            self.tail.reading_at = None if view.follow else at

    def _merge_step(self) -> None:
        """Merge for a moment, unless a step is pending already."""
        if not self._step_pending:
            self._continue_merge()

    def _continue_merge(self) -> None:
        """Merge for a moment, and continue in another turn of the event loop while more is left."""
        self._step_pending = False
        if self.merged is None:
            return
        self._step_pending = self.merged.step(self._session.clock.monotonic())
        self.merged.load()
        self._view.note_new_lines()
        if self._step_pending:
            self._host.set_timer(_NEXT_STEP_S, self._continue_merge)
        self._show_held_back()

    def _show_held_back(self) -> None:
        """Update the title when lines begin to wait for other files, and when they no longer do."""
        is_stated = self.merged is not None and bool(self.describe_pending())
        if is_stated != self._title_states_held:
            self._title_states_held = is_stated
            self._host.show_title()
        if self.merged is not None and self.merged.is_held and not is_stated and not self._look_pending:
            self._look_pending = True
            self._host.set_timer(HELD_SHOWN_S, self._look_at_held)

    def _look_at_held(self) -> None:
        self._look_pending = False
        self._show_held_back()

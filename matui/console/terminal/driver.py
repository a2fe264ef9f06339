"""Textual's driver of a terminal, with a count of what goes out and a question after how far it has got."""

from __future__ import annotations

import os
import selectors
import signal
import time
from codecs import getincrementaldecoder
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from matui.console.terminal.flow_control import QUESTION, OutputPace

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

_LAST_ANSWER_S = 1.5  # that an answer from afar is waited for at the end
_NEAR_ANSWER_S = 1.0  # after which a terminal on this machine will not answer any more
_LOOK_S = 0.01
_SEQUENCE_S = 0.1  # after which a lone escape is a key and not the beginning of one
_MOST_READ = 4096
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"  # of an update that a terminal shows as one
_SMALL = 400  # bytes of an update that needs no such thing
_HOME = "\x1b[1;1H"  # where Textual leaves a hidden cursor that has no place
_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Waking(Event):
    """An event that can be selected on: ``fileno`` is readable once it has been set."""

    def __init__(self) -> None:
        super().__init__()
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)

    def fileno(self) -> int:
        """Return what to select on."""
        return self._read

    def set(self) -> None:
        """Set it and wake who selects."""
        super().set()
        os.write(self._write, b"x")

    def clear(self) -> None:
        """Make it ready to be set again."""
        super().clear()
        with suppress(BlockingIOError):
            os.read(self._read, _MOST_READ)


class PacedDriver(LinuxDriver):
    """Writes as LinuxDriver does; ``pace`` says how much more the line can take."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        remote = bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))
        self.pace = OutputPace(time.monotonic, remote=remote)
        self._is_near = not remote
        self._questions = self._answers = 0
        self._asked_at = 0.0
        self._frame = ""  # what of the frame of an update is still to be written
        self._waking = self.exit_event = Waking()

    def start_application_mode(self) -> None:
        """Take the terminal; a thread that still reads it, as after a lone SIGCONT, ends first."""
        if self._key_thread is not None and self._key_thread.is_alive():
            self.exit_event.set()
            self._key_thread.join()
            self.exit_event.clear()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def run_input_thread(self) -> None:
        """Read what is typed; while nothing is, sleep, where Textual would look up ten times a second."""
        parser, decode = XTermParser(self._debug), getincrementaldecoder("utf-8")().decode
        wait: float | None = _SEQUENCE_S
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._waking, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = [key.fd for key, _mask in selector.select(wait)]
                wait = _SEQUENCE_S if ready else None
                if self.fileno in ready:
                    read = os.read(self.fileno, _MOST_READ)
                    if not read:
                        break  # nothing will ever come again
                    if text := decode(read):
                        for message in parser.feed(text):
                            self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)
        with suppress(EOFError, ParseError):
            for _message in parser.feed(""):
                pass

    def _sigtstp_application(self, *_: object) -> None:
        """Stop with the terminal given back; whoever is told to end while stopped ends when it goes on."""
        ours = {number: signal.signal(number, signal.SIG_DFL) for number in _ENDING}
        try:
            super()._sigtstp_application()
        finally:
            for number, handler in ours.items():
                signal.signal(number, handler)

    def _sigcont_application(self, *_: object) -> None:
        """Go on. After a stop that nobody could see coming the terminal is set up anew from the beginning."""
        if self._auto_restart and not self._must_signal_resume:
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application()

    def write(self, data: str) -> None:
        """Write and count; where the terminal has gone, nobody would take it, and the queue would fill up."""
        data = self._lean(data)
        if not data or not self._is_there:
            return
        self.pace.wrote(len(data) if data.isascii() else len(data.encode("utf-8", "replace")))
        super().write(data)

    def _lean(self, data: str) -> str:
        """Return what to write: a small update without its frame, and without moving a hidden cursor."""
        if data == _BEGIN:
            self._frame = data
            return ""
        if data == _END:
            framed, self._frame = self._frame == _END, ""
            return _END if framed else ""
        if self._frame == _BEGIN:
            data = data.removesuffix(_HOME)
            if len(data) > _SMALL:
                self._frame = _END
                return _BEGIN + data
        return data

    @property
    def _is_there(self) -> bool:
        """Whether there still is a terminal that takes what is written."""
        return self._writer_thread is None or self._writer_thread.is_alive()

    def close(self) -> None:
        """Stop writing."""
        if self._is_there:
            super().close()

    def ask(self) -> None:
        """Ask the terminal how far it has read, where that is worth its bytes."""
        if self.pace.asks and self.input_tty:
            self.write(QUESTION)
            self.pace.asked()
            self._questions += 1
            self._asked_at = time.monotonic()

    def process_message(self, message: Message) -> None:
        """Count the answers as they come, in the thread that reads keys."""
        if isinstance(message, events.CursorPosition):
            self._answers += 1
        super().process_message(message)

    @property
    def _awaits_answer(self) -> bool:
        return self._answers < self._questions and not self.pace.mute and self._is_there

    def stop_application_mode(self) -> None:
        """Give the terminal back, once what it was asked is answered: the shell must not get to read that."""
        until = self._asked_at + _NEAR_ANSWER_S if self._is_near else time.monotonic() + _LAST_ANSWER_S
        while self._awaits_answer and time.monotonic() < until:
            time.sleep(_LOOK_S)
        self._questions = self._answers = 0
        super().stop_application_mode()

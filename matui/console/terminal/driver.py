"""Textual's driver for Linux and macOS, with flow control of the output and fewer wake-ups for input."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import time
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING

from textual import events
from textual.drivers.linux_driver import LinuxDriver

from matui.console.terminal.flow_control import PROBE, FlowControl
from matui.console.terminal.input_order import InputParser

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

_REMOTE_REPLY_S = 1.5  # wait for a reply at the end, on a remote terminal
_LOCAL_REPLY_S = 1.0  # after which a local terminal will not reply any more
_REPLY_CHECK_S = 0.01
_ESCAPE_S = 0.1  # after which a lone escape is a key and not the start of a sequence
_MAX_READ = 4096
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"  # synchronized output
_MIN_SYNCHRONIZED = 400  # bytes of an update that is worth synchronizing
_HOME = "\x1b[1;1H"  # where Textual puts a hidden cursor
_END_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class SelectableEvent(Event):
    """An event for use with ``selectors``: ``fileno`` is readable once it has been set."""

    def __init__(self) -> None:
        super().__init__()
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)

    def fileno(self) -> int:
        """Return the file descriptor to select on."""
        return self._read

    def set(self) -> None:
        """Set the event and make ``fileno`` readable."""
        super().set()
        os.write(self._write, b"x")

    def clear(self) -> None:
        """Reset the event."""
        super().clear()
        with suppress(BlockingIOError):
            os.read(self._read, _MAX_READ)


class PacedDriver(LinuxDriver):
    """A LinuxDriver with flow control: ``flow`` says how much more may be written."""

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
        self.flow = FlowControl(time.monotonic, remote=remote)
        self._is_local = not remote
        self._probes = self._replies = 0
        self._probed_at = 0.0
        self._pending_sync = ""  # begin or end of synchronized output that is not yet written
        self._wake_event = self.exit_event = SelectableEvent()

    def start_application_mode(self) -> None:
        """Enter application mode; an input thread that still runs, as after a lone SIGCONT, ends first."""
        if self._key_thread is not None and self._key_thread.is_alive():
            self.exit_event.set()
            self._key_thread.join()
            self.exit_event.clear()
        self._handle_stops_in_loop()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def _handle_stops_in_loop(self) -> None:
        """Let the event loop call the handlers of SIGTSTP and SIGCONT, which write to the terminal.

        Called by the signal itself, within a write, they would wait for ever for the lock of its queue.
        A terminal that is closed sends SIGCONT after SIGHUP.
        """
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTSTP, self._sigtstp_application)
        loop.add_signal_handler(signal.SIGCONT, self._sigcont_application)

    def run_input_thread(self) -> None:
        """Read keys; sleep while there are none, where Textual would wake ten times a second."""
        parser = InputParser(self._find_alt_key, debug=self._debug)
        wait: float | None = _ESCAPE_S
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._wake_event, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = [key.fd for key, _mask in selector.select(wait)]
                wait = _ESCAPE_S if ready else None
                if self.fileno in ready:
                    read = os.read(self.fileno, _MAX_READ)
                    if not read:
                        break  # end of file
                    for message in parser.feed(read):
                        self.process_message(message)
                for message in parser.tick(is_quiet=not ready):
                    self.process_message(message)
        parser.close()

    def _find_alt_key(self, character: str) -> str | None:
        alt_keys: dict[str, str] = getattr(self._app, "alt_keys", {})
        return alt_keys.get(character)

    def _sigtstp_application(self, *_: object) -> None:
        """Stop with the terminal restored; a signal to end that comes meanwhile ends the process."""
        ours = {number: signal.signal(number, signal.SIG_DFL) for number in _END_SIGNALS}
        try:
            super()._sigtstp_application()
        finally:
            for number, handler in ours.items():
                signal.signal(number, handler)

    def _sigcont_application(self, *_: object) -> None:
        """Continue; after a SIGSTOP, which cannot be caught, the terminal is set up anew."""
        if self._auto_restart and not self._must_signal_resume:
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application()

    def write(self, data: str) -> None:
        """Write and count; without a terminal the data is dropped, as the queue would grow for ever."""
        data = self._remove_overhead(data)
        if not data or not self._has_terminal:
            return
        self.flow.on_write(len(data) if data.isascii() else len(data.encode("utf-8", "replace")))
        super().write(data)

    def _remove_overhead(self, data: str) -> str:
        """Return a small update without synchronization and without moving a hidden cursor."""
        if data == _BEGIN:
            self._pending_sync = data
            return ""
        if data == _END:
            framed, self._pending_sync = self._pending_sync == _END, ""
            return _END if framed else ""
        if self._pending_sync == _BEGIN:
            data = data.removesuffix(_HOME)
            if len(data) > _MIN_SYNCHRONIZED:
                self._pending_sync = _END
                return _BEGIN + data
        return data

    @property
    def _has_terminal(self) -> bool:
        """Whether there still is a terminal that reads what is written."""
        return self._writer_thread is None or self._writer_thread.is_alive()

    def close(self) -> None:
        """Stop writing."""
        if self._has_terminal:
            super().close()

    def probe(self) -> None:
        """Probe how far the terminal has read, where that is due."""
        if self.flow.should_probe and self.input_tty:
            self.write(PROBE)
            self.flow.on_probe()
            self._probes += 1
            self._probed_at = time.monotonic()

    def process_message(self, message: Message) -> None:
        """Count the replies as they come, in the input thread."""
        if isinstance(message, events.CursorPosition):
            self._replies += 1
        super().process_message(message)

    @property
    def _awaits_reply(self) -> bool:
        return self._replies < self._probes and not self.flow.unresponsive and self._has_terminal

    def stop_application_mode(self) -> None:
        """Restore the terminal, after the last reply has come: the shell must not read it as keys."""
        until = self._probed_at + _LOCAL_REPLY_S if self._is_local else time.monotonic() + _REMOTE_REPLY_S
        while self._awaits_reply and time.monotonic() < until:
            time.sleep(_REPLY_CHECK_S)
        self._probes = self._replies = 0
        super().stop_application_mode()

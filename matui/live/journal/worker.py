"""The thread that writes the journal: everything queued since its last turn in one transaction."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import sqlite3

    from matui.live.journal.change import Change

Work: TypeAlias = "Callable[[sqlite3.Connection], Any]"
Prune: TypeAlias = "Callable[[sqlite3.Connection], Iterator[None]]"
"""Deletes what is too old, and yields after each transaction."""
NO_SQLITE = "There is no journal: this Python has no sqlite3."
_RETRY_S = 60.0
_MOST_AT_ONCE = 200
_DONE = object()
_PRUNE_EVERY_S = 3600.0
_PRUNE_PAUSE_S = 0.01  # between two transactions, for other processes
_PRUNE_AT_END_S = 1.0


class _Item:
    """Work to do in a transaction; ``done`` is set once it was tried."""

    __slots__ = ("done", "failed", "result", "work")

    def __init__(self, work: Work | None) -> None:
        self.work = work
        self.done = threading.Event()
        self.failed = True
        self.result: Any = None


class WorkerObserver(NamedTuple):
    """The callbacks of a worker, called in its thread; ``on_changes`` where ``wants_changes`` is true."""

    on_problem: Callable[[str], None]
    on_loss: Callable[[str], None]
    on_commit: Callable[[], None]
    on_open: Callable[[], None]
    on_changes: Callable[[tuple[Change, ...]], None]
    wants_changes: Callable[[], bool]


class Worker:
    """Owns the connection for writing. On a failure the queued writes are lost; each kind is reported once.

    ``monotonic`` returns seconds.
    """

    def __init__(
        self,
        file: Path,
        *,
        monotonic: Callable[[], float],
        observer: WorkerObserver,
        prune: Prune,
    ) -> None:
        self.file = file
        self._monotonic = monotonic
        self._observer = observer
        self._prune = prune
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._reopen = False
        self._is_held = False
        self._newest = 0
        self._retry_at: float | None = None
        self._pruned_at: float | None = None
        self._pruning: Iterator[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the thread has been started and not ended, or is to be."""
        return self._thread is not None or not self._queue.empty()

    def hold(self) -> None:
        """Only queue what is submitted until :meth:`release`, :meth:`call` or :meth:`close`."""
        self._is_held = True

    def release(self) -> None:
        """Write what was queued meanwhile, and from now on at once."""
        self._is_held = False
        if not self._queue.empty():
            self._start()

    def submit(self, work: Work) -> None:
        """Write later; return at once."""
        self._queue.put(_Item(work))
        if not self._is_held:
            self._start()

    def call(self, work: Work, default: Any, timeout_s: float) -> Any:
        """Write and return the result, ``default`` where it failed. Blocks."""
        item = _Item(work)
        self._queue.put(item)
        self._start()
        return default if not item.done.wait(timeout_s) or item.failed else item.result

    def reopen(self) -> None:
        """Reopen the file before the next write, because it has been replaced."""
        self._reopen = True

    def close(self, timeout_s: float) -> bool:
        """Write what is queued and end the thread; return whether that took less than ``timeout_s``."""
        self.release()
        with self._starting:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(_Item(None))
            thread.join(timeout_s)
        return thread is None or not thread.is_alive()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        ended = False
        while not ended:
            items = []
            with suppress(queue.Empty):
                items.append(self._queue.get(timeout=_PRUNE_PAUSE_S if self._pruning is not None else None))
                while len(items) < _MOST_AT_ONCE:
                    items.append(self._queue.get_nowait())
            ended = any(item.work is None for item in items)
            work = [item for item in items if item.work is not None]
            if work:
                self._write(work)
            elif not ended:
                self._prune_some()
            for item in items:
                item.done.set()
        self._prune_at_end()
        self._close()

    def _write(self, items: list[_Item]) -> None:
        if self._retry_at is not None and self._monotonic() < self._retry_at:
            return
        try:
            import sqlite3
        except ImportError:
            self._fail(NO_SQLITE)
            return
        for is_second_try in (False, True):
            try:
                self._commit(items)
                self._begin_to_prune()
            except sqlite3.Error as error:
                self._rollback()
                if not is_second_try and self._recover(error):
                    continue
                from matui.live.journal.connection import explain_error

                words = explain_error(error, self.file)
                self._fail(f"The journal cannot be written ({words}); what changes now is not kept.")
            except OSError as error:
                self._fail(f"The journal cannot be written ({error.strerror or error}).")
            except Exception as fault:  # noqa: BLE001 - who waits for the thread would wait for ever
                self._rollback()
                self._fail(f"matui itself failed while writing the journal ({type(fault).__name__}).")
            return

    def _commit(self, items: list[_Item]) -> None:
        from matui.live.journal.queries import ChangeQuery, find_newest_number, read_changes

        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        results = [item.work(connection) if item.work is not None else None for item in items]
        newest = find_newest_number(connection)
        connection.execute("COMMIT")
        self._observer.on_commit()
        for item, result in zip(items, results, strict=True):
            item.result, item.failed = result, False
        if newest > self._newest:
            after, self._newest = self._newest, newest
            if self._observer.wants_changes():
                self._observer.on_changes(read_changes(connection, ChangeQuery(after=after)))

    def _open(self) -> sqlite3.Connection:
        if self._reopen:
            self._reopen = False
            self._close()
        if self._connection is None:
            from matui.live.journal.connection import connect
            from matui.live.journal.queries import find_newest_number

            self._connection = connect(self.file)
            self._newest = find_newest_number(self._connection)
            self._observer.on_open()
        return self._connection

    def _begin_to_prune(self) -> None:
        """Begin to delete what is too old, once an hour; another process may be doing so."""
        now = self._monotonic()
        if self._pruned_at is None or now - self._pruned_at > _PRUNE_EVERY_S:
            self._pruned_at = now
            self._pruning = self._prune(self._open())

    def _prune_some(self) -> None:
        """Delete in one short transaction."""
        is_done = True
        with suppress(Exception):
            is_done = self._pruning is None or next(self._pruning, _DONE) is _DONE
        self._rollback()
        if is_done:
            self._pruning = None

    def _prune_at_end(self) -> None:
        """Delete for a second at most, so that short commands alone keep the file small, too."""
        until = self._monotonic() + _PRUNE_AT_END_S
        while self._pruning is not None and self._monotonic() < until:
            self._prune_some()
            time.sleep(_PRUNE_PAUSE_S if self._pruning is not None else 0)

    def _recover(self, error: sqlite3.Error) -> bool:
        """Prepare for a second try; return whether there is to be one."""
        from matui.live.journal.connection import is_damage, set_aside

        self._close()
        if not is_damage(error):
            return "moved" in str(error) or "no such table" in str(error)
        try:
            aside = set_aside(self.file)
        except OSError:
            return False
        if aside is not None:
            self._observer.on_problem(
                f"The journal was damaged and is set aside as {aside.name}; a new one has begun."
            )
        return True

    def _fail(self, words: str) -> None:
        self._retry_at = self._monotonic() + _RETRY_S
        self._close()
        self._observer.on_loss(words)

    def _rollback(self) -> None:
        if self._connection is not None and self._connection.in_transaction:
            with suppress(Exception):
                self._connection.execute("ROLLBACK")

    def _close(self) -> None:
        if self._pruning is not None:
            self._pruning = self._pruned_at = None
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.close()


class JournalProblems:
    """The last problem of a journal, ``""`` for none; ``on_problem`` is called with each new one.

    A loss is reported once until something has been written, be it by reading or by writing.
    """

    def __init__(self, on_problem: Callable[[str], None] | None = None) -> None:
        self.last = ""
        self.on_problem = on_problem
        self.is_losing = False
        self._reported: set[str] = set()

    def report(self, words: str) -> None:
        """Report a problem, unless it has been."""
        if words in self._reported:
            return
        self._reported.add(words)
        self.last = words
        if self.on_problem is not None:
            self.on_problem(words)

    def report_loss(self, words: str) -> None:
        """Report that reading or writing fails, once until something has been written."""
        self.last = words
        if not self.is_losing:
            self.is_losing = True
            self.report(words)

    def end_loss(self) -> None:
        """Note that something has been written."""
        self.is_losing = False

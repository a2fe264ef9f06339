"""Saves or pipes the whole log of a pane, every page of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from matui.console.panes.log_taking import command_of, run_through
from matui.console.saving import log_path, save_log
from matui.errors import MatuiError, UsageError
from matui.live.log_store import LogLine
from matui.live.read_log import read_log

if TYPE_CHECKING:
    from matui.console.panes.log_pane import LogPane

_BREATH = 2000  # lines written between two turns of the event loop


async def save_whole_log(pane: LogPane) -> None:
    """Save all lines of what is shown into a new file of the current folder, with progress."""
    if _is_empty(pane):
        return
    name = "all-files" if pane.together else pane.file
    path = log_path(Path.cwd(), pane.resource, name)

    def progress(count: int) -> None:
        pane.saved = count
        pane.show_title()

    try:
        count = await save_log(_lines(pane), path, progress)
    except (MatuiError, OSError) as error:
        pane.post_message(pane.Said(f"The log was not saved: {error}", wrong=True))
    else:
        pane.post_message(pane.Said(f"Saved {count:,} lines to {path}"))
    progress(0)


def _is_empty(pane: LogPane) -> bool:
    """Say so where there is no log to take away yet."""
    if not pane.file:
        pane.post_message(pane.Said("There is no log yet.", wrong=True))
    return not pane.file


def _lines(pane: LogPane) -> AsyncIterator[LogLine]:
    """Return all lines: those held where that is all, or else read anew from the first."""
    if pane.at_top or pane.together is not None:
        return _held(pane)
    return read_log(
        pane.source,
        pane.resource,
        pane.file,
        follow=False,
        tail=None,
        clock=pane.session.clock,
        rng=pane.session.rng,
        cadence_s=pane.session.cadence_of("logs"),
        ended=lambda: pane.resource.phase.ended,
    )


async def _held(pane: LogPane) -> AsyncIterator[LogLine]:
    import asyncio

    if not await _all_loaded(pane, "loading the rest to save it"):
        raise UsageError("loading the rest was stopped.")
    source = pane.view.base
    number, end = source.first, source.end
    while number < end:
        for text in source.texts(number, min(end, number + _BREATH)):
            yield LogLine(text)
        number += _BREATH
        await asyncio.sleep(0)


async def _all_loaded(pane: LogPane, words: str) -> bool:
    """Load what lies above; whether that came to its end and was not cancelled."""
    import asyncio

    if pane.at_top:
        return True
    done = asyncio.Event()
    pane.lookup.hunt.start(words, lambda: False, lambda _found: done.set())
    while not done.is_set() and pane.lookup.hunt.active:
        try:
            await asyncio.wait_for(done.wait(), 0.2)
        except TimeoutError:
            continue
    return done.is_set() or pane.at_top


async def pipe_log(pane: LogPane, text: str) -> None:
    """Give the whole log to a command that gets the terminal for as long as it runs."""
    try:
        words = command_of(text)
    except UsageError as error:
        pane.post_message(pane.Said(str(error), wrong=True))
        return
    if _is_empty(pane):
        return
    if not await _all_loaded(pane, "loading the rest to pipe it"):
        pane.post_message(pane.Said("Not piped: loading the rest was stopped.", wrong=True))
        return
    try:
        with pane.app.suspend():
            run_through(words, _texts(pane), wait=bool(text))
    except SuspendNotSupported:
        pane.post_message(pane.Said("This terminal cannot be lent to another program.", wrong=True))
    except UsageError as error:
        pane.post_message(pane.Said(str(error), wrong=True))
    pane.app.refresh(layout=True)


def _texts(pane: LogPane) -> Iterator[str]:
    source = pane.view.filter or pane.view.base
    for begin in range(source.first, source.end, _BREATH):
        yield from source.texts(begin, min(source.end, begin + _BREATH))

"""Starts the console: sets Textual's options for slow lines, runs the application, reports why it ended."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING

from matui.base.errors import UsageError

if TYPE_CHECKING:
    from matui.console.session import ConsoleOptions, Names, Opener
    from matui.live.recording.playback import Playback
    from matui.live.recording.tape import Tape

_DUMB = ("", "dumb", "unknown")


def run_console(
    options: ConsoleOptions,
    opener: Opener,
    names: Names,
    *,
    tape: Tape | None = None,
    playback: Playback | None = None,
) -> int:
    """Run the console until the user quits and return the exit status; ``names`` returns what to open.

    ``tape`` is what records the run, ``playback`` what is replayed.

    A failure before anything could be shown is printed as one line on stderr. Re-raises an unexpected error.
    """
    require_capable_terminal(os.environ)
    set_textual_defaults(os.environ)
    draw_on_terminal()
    from matui.console.app import MatuiApp

    app = MatuiApp(options, opener, names, tape=tape, playback=playback)
    result = app.run()
    if app.crash is not None:
        raise app.crash
    if app.failure is not None:
        print(f"matui: {app.failure}", file=sys.stderr)  # noqa: T201 - the terminal is ours again
    for sentence in app.browse.saves.ended:
        print(f"matui: {sentence}", file=sys.stderr)  # noqa: T201
    if result is not None:
        return result
    return app.return_code or 0


def draw_on_terminal() -> None:
    """Let Textual, which draws on stderr, draw on stdout where stderr is closed or no terminal."""
    if sys.__stderr__ is None or not sys.__stderr__.isatty():
        sys.__stderr__ = sys.__stdout__  # type: ignore[misc]


def require_capable_terminal(environ: Mapping[str, str]) -> None:
    """Raise UsageError for a terminal that cannot move its cursor, by TERM."""
    term = environ.get("TERM", "")
    if term in _DUMB:
        named = f"TERM={term}" if term else "TERM is not set"
        raise UsageError(
            f"This terminal cannot show a full screen ({named}).",
            remedy="Set TERM to what it is, or use the commands: matui get jobs.",
        )


def set_textual_defaults(environ: MutableMapping[str, str]) -> None:
    """Turn off animations and smooth scrolling, and limit frames to 30 a second over SSH.

    Textual reads these names when it is imported; a value that is set already stays.
    """
    environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        environ.setdefault("TEXTUAL_FPS", "30")

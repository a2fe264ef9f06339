"""Runs the console so that it is recorded, or on a recording."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from matui.base.errors import MatuiError, UsageError
from matui.cli.context.session import Session
from matui.cli.options import Options
from matui.cli.process import startup

if TYPE_CHECKING:
    from matui.config.settings import Settings
    from matui.console.session import Names, Opener
    from matui.live.recording.playback import Playback

_NO_SERVER = "http://127.0.0.1:9"  # the port that discards; nothing is sent


def record_console(
    options: Options, file: Path, build: Callable[[Callable[[Session], Session]], tuple[Opener, Names]]
) -> int:
    """Run the console and record what it sees in a new file. Raises UsageError for a file that exists.

    ``build`` returns what opens the profiles, with a function applied to each session.
    """
    from matui.console.start import run_console
    from matui.live.recording.cloud import record_cloud
    from matui.live.recording.tape import Tape

    tape = Tape(file, redact=options.redact)

    def record(session: Session) -> Session:
        return session._replace(cloud=record_cloud(session.cloud, tape, session.clock))

    startup.load_console_now()
    opener, names = build(record)
    try:
        return run_console(options, opener, names, tape=tape)
    finally:
        tape.close()


def replay_console(options: Options, file: Path) -> int:
    """Run the console on a recording. Raises UsageError for a file that cannot be replayed."""
    from matui.base.clock import SystemClock
    from matui.console.start import run_console
    from matui.live.recording.playback import Playback
    from matui.live.recording.reading import Recording

    recording = Recording(file)
    try:
        startup.load_console_now()
        playback = Playback(recording, SystemClock())
        opener = ReplayOpener(options, playback)
        playback.toggle()
        return run_console(options, opener.open, opener.list_names, playback=playback)
    finally:
        recording.close()


class ReplayOpener:
    """Opens the profiles of a recording, on the clock of its replay.

    Raises ConfigError for a config file that is named and wrong.
    """

    def __init__(self, options: Options, playback: Playback) -> None:
        self._options = options
        self._settings = _load_settings(options)
        self._playback = playback

    def open(self, profile: str | None, *, demo: bool = False) -> AbstractAsyncContextManager[Session]:  # noqa: ARG002
        """Open a profile by name. Raises UsageError for one that the recording does not hold."""
        return self._open_session(profile or next(iter(self._playback.recording.profiles)))

    @asynccontextmanager
    async def _open_session(self, name: str) -> AsyncIterator[Session]:
        from matui.config.settings import Profile
        from matui.live.recording.replay_cloud import ReplayCloud

        known = self._playback.recording.profiles
        if name not in known:
            raise UsageError(f"The recording holds no profile {name}.", remedy=f"It has: {', '.join(known)}.")
        cloud = ReplayCloud(self._playback.recording, name, self._playback.clock)
        profile = Profile.model_validate({"name": name, "cloud": cloud.name, "endpoint": _NO_SERVER})
        workspace = self._options.workspace or ""
        yield Session(cloud, profile, self._settings, self._playback.clock, workspace)

    async def list_names(self) -> tuple[str, ...]:
        """Return the profiles to open: those asked for, else all of the recording."""
        await startup.load_console()
        asked = tuple(name.strip() for name in (self._options.profile or "").split(",") if name.strip())
        return asked or tuple(self._playback.recording.profiles)


def _load_settings(options: Options) -> Settings:
    """Return the user's settings without what writes or requests; the defaults where there are none.

    Raises ConfigError for a file that is named and wrong.
    """
    from matui.cli.context.settings import read_settings
    from matui.config.settings import Settings

    off = Settings.model_validate(
        {
            "journal": {"enabled": False},
            "capsules": {"enabled": False},
            "remember": False,
            "logs": {"look_in_background": False},
        }
    )
    try:
        own = read_settings(options)
    except MatuiError:
        if options.config is not None:
            raise
        return off
    logs = own.logs.model_copy(update={"look_in_background": False})
    changed = {
        "journal": off.journal,
        "capsules": off.capsules,
        "remember": False,
        "logs": logs,
        "notify": [],
    }
    return own.model_copy(update={**changed, "profiles": {}})

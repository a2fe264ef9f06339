"""Turn an exception into one sentence on stderr and an exit code; with ``--debug`` keep its traceback."""

from __future__ import annotations

import errno
import os
import re
import sys
from pathlib import Path

import click

from matui.base.errors import CHANGED_ON_DISK, MatuiError, is_own_import_error
from matui.base.text.formatting import end_sentence
from matui.cli.output.streams import add_demo, discard

INTERRUPTED = 130
_WRITE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_NO_NUMBER = re.compile("is not a valid integer(?: range)?")


def write_traceback(error: BaseException) -> Path:
    """Write the traceback to a new file of mode 0600 in the state folder and return its path."""
    import time
    import traceback

    from matui.base.redaction.known import get_known_secrets, hide_known_secrets
    from matui.base.redaction.masking import redact
    from matui.config.paths import make_state_dir

    whole = "".join(traceback.format_exception(error))
    text = redact(hide_known_secrets(whole, get_known_secrets()), os.environ)
    file = make_state_dir() / f"debug-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as opened:
        opened.write(text)
    return file


def report(error: BaseException, *, debug: bool = False, demo: bool = False) -> int:
    """Write the error to stderr and return the exit code; never raises.

    The commands that it names are those of the demo with ``demo``.
    """
    if isinstance(error, MatuiError):
        _write_sentence(add_demo(str(error), demo=demo))
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        _close_stdout()
        return 0
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 1
    if isinstance(error, click.ClickException):
        return _report_usage(error)
    if isinstance(error, OSError) and error.strerror and not debug:
        return _report_os_error(error)
    if is_own_import_error(error):
        _write_sentence(CHANGED_ON_DISK + (_suggest_debug(error, debug) if debug else ""))
        return 1
    return _report_bug(error, debug)


def _report_usage(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        _write(error.format_message())
        return 2
    ctx = getattr(error, "ctx", None)
    hint = f" Try: {ctx.command_path} --help" if ctx is not None else ""
    words = _NO_NUMBER.sub("is not a whole number", " ".join(error.format_message().split()))
    _write_sentence(f"{end_sentence(words)}{hint}")
    return 2


def _report_os_error(error: OSError) -> int:
    about = f" ({error.filename})" if error.filename else ""
    failed = "The system refused" if about or error.errno not in _WRITE_ERRORS else "stdout cannot be written"
    _write_sentence(f"{failed}: {error.strerror}{about}.")
    _close_stdout()
    return 1


def _report_bug(error: BaseException, debug: bool) -> int:
    sentence = f"Something unexpected happened ({type(error).__name__}); this is a bug in matui."
    _write_sentence(sentence + _suggest_debug(error, debug))
    return 1


def _suggest_debug(error: BaseException, debug: bool) -> str:
    if not debug:
        return " Run it again with --debug to record the details."
    try:
        return f" Details, without secrets: {write_traceback(error)}"
    except (OSError, MatuiError) as refused:
        return f" The details could not be written: {refused}"


def _write_sentence(sentence: str) -> None:
    from matui.base.text.sanitize import clean

    _write(f"matui: {clean(sentence)}")


def _write(text: str) -> None:
    try:
        click.echo(text, err=True)
    except OSError:
        discard(sys.stderr)


def _close_stdout() -> None:
    discard(sys.stdout)

"""Write to stdout and stderr, whatever their encoding and width."""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TextIO

from matui.base.errors import MatuiError
from matui.base.text.sanitize import clean

_ASCII_SYMBOLS = str.maketrans(
    {
        "●": "*",
        "◐": "~",
        "✓": "+",
        "○": "o",
        "▲": "!",
        "✗": "x",
        "…": "...",
        "→": "->",
        "←": "<-",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "≈": "~",
        "×": "x",
        **dict.fromkeys("µμ", "u"),
        "±": "+-",
        "›": ">",
        "‹": "<",
        **dict(zip("▁▂▃▄▅▆▇", "_.-=+*%", strict=True)),
        "↑": "^",
        "↓": "v",
        "∞": "inf",
        **dict.fromkeys("–—−·•─━┈", "-"),
        **dict.fromkeys("│┃", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯", "+"),
        **dict.fromkeys("█▉▊▋▌▍▎▏▐▓", "#"),
        **dict.fromkeys("▒░", "."),
        "∅": "0",
        "⊘": "/",
        "■": "#",
        "◔": "~",
        "◑": "~",
        "◌": "~",
        "◉": "*",
        "▼": "v",
        "·": "-",
        **dict.fromkeys("‘’", "'"),
        **dict.fromkeys("“”", '"'),
        "\u00a0": " ",
    }
)
# Every command but those that are the same in the demo and outside.
COMMANDS = (
    *("get", "catalog", "describe", "why", "logs", "signals", "diff", "start", "stop", "restart", "delete"),
    *("rollback", "scale", "lock", "unlock", "drain", "reboot", "reset", "save-image", "accept", "edit"),
    *("create", "rerun", "wait", "changes", "audit", "report", "capsule", "capacity", "doctor"),
)
_COMMAND = re.compile(rf"\bmatui (?=(?:{'|'.join(COMMANDS)})\b)")


def escape_unencodable(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding cannot hold: known symbols by ASCII, other characters by an escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_ASCII_SYMBOLS)
    return text.encode("ascii", "backslashreplace").decode("ascii"), error.end


def keep_unencodable(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace known symbols by ASCII, and pass on other characters as UTF-8."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_ASCII_SYMBOLS)
    return text.encode("utf-8", "backslashreplace"), error.end


class ClosedStdout(io.TextIOBase):
    """Takes the place of a closed stdout: refuses text, which would be lost without a word."""

    def write(self, text: str) -> int:
        """Raise MatuiError for any text."""
        if text:
            raise MatuiError("stdout is closed, so nothing can be written.", remedy="Redirect it to a file.")
        return 0


class ClosedStderr(io.TextIOBase):
    """Takes the place of a closed stderr: drops text, which Python would write to stdout."""

    def write(self, text: str) -> int:
        """Drop the text."""
        return len(text)


def tolerate_narrow_encodings() -> None:
    """Make stdout and stderr escape what they cannot encode. If closed, stdout refuses text, stderr drops it.

    In the locale C symbols of ours are ASCII, and other text stays UTF-8.
    """
    if sys.stdout is None:
        sys.stdout = ClosedStdout()
    if sys.stderr is None:
        sys.stderr = ClosedStderr()
    codecs.register_error("matui_escape", escape_unencodable)
    codecs.register_error("matui_keep", keep_unencodable)
    in_c = is_c_locale(os.environ) and "PYTHONIOENCODING" not in os.environ
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is None:
            continue
        if in_c and stream.encoding.casefold() == "utf-8":  # Python takes the locale C for one of UTF-8
            reconfigure(encoding="ascii", errors="matui_keep")
        else:
            reconfigure(errors="matui_escape")


def is_c_locale(environ: Mapping[str, str]) -> bool:
    """Return whether a variable of the locale names C or POSIX."""
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    return locale in ("C", "POSIX")


def require_raw_stdout() -> None:
    """Make stdout UTF-8 where it is no terminal, so that text passes unchanged whatever the locale.

    Raises MatuiError where stdout is closed.
    """
    if isinstance(sys.stdout, ClosedStdout):
        raise MatuiError(
            "stdout is closed, so nothing can be written.", remedy="Write to a file: --output FILE"
        )
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None and not is_terminal(sys.stdout):
        reconfigure(encoding="utf-8")


def supports_unicode() -> bool:
    """Whether stdout can encode every character."""
    try:
        return codecs.lookup(sys.stdout.encoding).name == "utf-8"
    except (AttributeError, LookupError, TypeError):
        return False


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a standard stream is open and a terminal."""
    return stream is not None and stream.isatty()


def escape_for_stdout(text: str) -> str:
    """Return text as stdout writes it: what its encoding cannot hold is escaped."""
    if text.isascii() or supports_unicode():
        return text
    encoding, errors = sys.stdout.encoding, sys.stdout.errors
    written = "utf-8" if errors == "matui_keep" else encoding
    return text.encode(encoding, errors or "strict").decode(written) if encoding else text


def measure_terminal_width() -> int | None:
    """Return the width of stdout in cells, None when it is not a terminal."""
    import shutil

    return shutil.get_terminal_size().columns if is_terminal(sys.stdout) else None


def print_line(line: str) -> None:
    """Write a line to stdout at once."""
    print(line, flush=True)


def print_outcome(line: str) -> None:
    """Write what became of an action to stdout, to stderr where that is impossible: the action was sent."""
    try:
        (note if isinstance(sys.stdout, ClosedStdout) else print_line)(clean(line))
    except OSError:
        discard(sys.stdout)
        note(line)


def note(line: str) -> None:
    """Write a message to stderr, in the demo with the commands of the demo."""
    line = add_demo(line, demo=is_demo())
    write_stderr(f"matui: {clean(line)}")


def write_stderr(text: str, *, end: str = "\n") -> None:
    """Write text to stderr as it is.

    Where stderr is not writable, it is lost and the command goes on, so that its exit code is right.
    """
    try:
        print(text, end=end, file=sys.stderr, flush=True)
    except OSError:
        discard(sys.stderr)


def discard(stream: TextIO | None) -> None:
    """Send a stream that is not writable to nowhere: Python flushes it at exit and would fail again."""
    with suppress(OSError, ValueError):
        if stream is not None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def describe_no_match(count: int, singular: str, plural: str, *, missing: int = 0) -> str:
    """Return that none of so many resources matches a filter, or that there are none.

    ``missing`` more of the list were not read: one of them may match.
    """
    if missing:
        came = f"None of the {count:,} {plural if count > 1 else singular} that came matches" if count else ""
        return f"{came or f'No {singular} came'}; {missing:,} more did not come, and one may match."
    if not count:
        return f"There are no {plural}."
    return f"The only {singular} does not match." if count == 1 else f"None of {count:,} {plural} match."


def to_json(value: Any, *, indent: int | None = None) -> str:
    """Return ``value`` as JSON, in ASCII where stdout is not UTF-8."""
    from matui.base.json import dumps

    return dumps(value, indent=indent, ascii_only=not supports_unicode())


def to_yaml(value: Any) -> str:
    """Return ``value`` as YAML without aliases and without control characters."""
    import yaml

    from matui.base.json import is_harmless, to_json_value

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, _data: Any) -> bool:
            return True

    tree = to_json_value(value)
    text: str = yaml.dump(
        tree, Dumper=Dumper, sort_keys=False, allow_unicode=supports_unicode(), width=10_000
    )
    if not is_harmless(text):
        text = yaml.dump(tree, Dumper=Dumper, sort_keys=False, allow_unicode=False, width=10_000)
    return text.rstrip("\n")


def add_demo(text: str, *, demo: bool) -> str:
    """Return a message with ``--demo`` in the commands that it names, unchanged outside the demo."""
    return _COMMAND.sub("matui --demo ", text) if demo else text


def is_demo() -> bool:
    """Return whether the command that runs is one of the demo."""
    import click

    from matui.cli.options import Options

    ctx = click.get_current_context(silent=True)
    options = ctx.find_object(Options) if ctx is not None else None
    return options is not None and options.demo

"""The entry point: run the command line; every error becomes one sentence on stderr and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from matui.base.process import count_from_start
from matui.cli.process import startup

_VERSION = ["--version"]
_HELP = (["--help"], ["-h"])


def main() -> None:
    """Run ``matui`` on the process's arguments and exit."""
    with count_from_start():
        startup.hide_warnings()
        startup.start_process(imports_libraries=sys.argv[1:] not in (_VERSION, *_HELP))
        sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run ``matui ARGUMENTS`` and return its exit code."""
    try:
        code = 0 if _print_version(arguments) or _print_prepared_help(arguments) else _dispatch(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001  no error shows a traceback
        from matui.cli.process.error_report import report

        return report(error, debug="--debug" in arguments, demo="--demo" in arguments)
    return code


def _print_prepared_help(arguments: Sequence[str]) -> bool:
    """Print the help of the top level if it is asked for and prepared, and return whether it was."""
    if list(arguments) not in _HELP or sys.stdout is None or not startup.is_on("help"):
        return False
    from matui.cli.prepared_help import find_width, read_help

    text = read_help(find_width())
    if text is not None:
        sys.stdout.write(text)
    return text is not None


def _dispatch(arguments: Sequence[str]) -> int:
    import os

    import click

    from matui.cli.group import cli
    from matui.cli.output.streams import tolerate_narrow_encodings

    tolerate_narrow_encodings()
    if "_MATUI_COMPLETE" in os.environ:
        from matui.cli.completion.shells import register

        register()
        cli.main(list(arguments), prog_name="matui")
    try:
        # Not cli.main(): that would turn a broken pipe into exit code 1.
        with cli.make_context("matui", list(arguments)) as ctx:
            result = cli.invoke(ctx)
    except click.exceptions.Exit as done:
        return done.exit_code
    return result if isinstance(result, int) else 0


def _print_version(arguments: Sequence[str]) -> bool:
    """Print the version if that alone is asked for, and return whether it was."""
    if list(arguments) != _VERSION or sys.stdout is None:
        return False
    from matui import __version__

    print(f"matui {__version__}")
    return True

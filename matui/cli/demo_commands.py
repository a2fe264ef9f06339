"""The commands in messages, as they are run in the demo."""

from __future__ import annotations

import re

# Every command but those that are the same in the demo and outside.
COMMANDS = (
    *("get", "catalog", "describe", "why", "logs", "signals", "diff", "start", "stop", "restart", "delete"),
    *("rollback", "scale", "lock", "unlock", "drain", "reboot", "reset", "save-image", "accept", "edit"),
    *("create", "rerun", "wait", "changes", "audit", "report", "capsule", "capacity", "doctor"),
)
_COMMAND = re.compile(rf"\bmatui (?=(?:{'|'.join(COMMANDS)})\b)")


def with_demo(text: str, *, demo: bool) -> str:
    """Return a message with ``--demo`` in the commands that it names, unchanged outside the demo."""
    return _COMMAND.sub("matui --demo ", text) if demo else text


def is_demo() -> bool:
    """Return whether the command that runs is one of the demo."""
    import click

    from matui.cli.options import Options

    ctx = click.get_current_context(silent=True)
    options = ctx.find_object(Options) if ctx is not None else None
    return options is not None and options.demo

"""The options that editing, creating and running again share.

Fills in a form headless, from a file, from --set or in the editor, and sends it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

from matui.base.errors import UsageError
from matui.base.sanitize import clean
from matui.cli.context import Session
from matui.cli.output import note, say
from matui.cli.prompts import can_ask
from matui.live.actions.confirmation import refuse_unnamed
from matui.live.actions.guard import Plan
from matui.live.audit.trail import Audit
from matui.live.forms.draft import Draft, SubmitResult
from matui.live.forms.service import FormService
from matui.live.forms.workflow import Answer, edit_and_send, format_title
from matui.resources.forms.assignments import set_value
from matui.resources.forms.document import format_form, format_problem, line_of, parse_form
from matui.resources.forms.form import Form, Values, copy_tree
from matui.resources.forms.form import Path as ValuePath
from matui.resources.forms.wording import format_change, format_path


@dataclass(frozen=True, slots=True)
class FormOptions:
    """How a form is filled in. ``file`` is a path, ``-`` stdin, or None; ``named`` as with other actions."""

    settings: tuple[str, ...]
    file: str | None
    template: bool
    yes: bool
    named: tuple[str, ...]
    dry_run: bool

    @property
    def filled(self) -> bool:
        """Whether the command line itself fills it in."""
        return bool(self.settings) or self.file is not None


_OPTIONS = (
    click.option("--set", "settings", metavar="FIELD=VALUE", multiple=True, help="Repeatable."),
    click.option("-f", "--file", metavar="FILE", help="Read TOML from FILE, - for stdin."),
    click.option("--template", is_flag=True, help="Print the commented form, send nothing."),
    click.option("--yes", "-y", is_flag=True, help="Do not ask, and do not count down."),
    click.option(
        "--confirm",
        "named",
        metavar="NAME",
        multiple=True,
        help="With --yes: go on with NAME although a rule of the profile protects it; repeatable.",
    ),
    click.option("--dry-run", is_flag=True, help="Check everything, send nothing."),
)


def form_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of forms, which it gets as ``asked``."""

    @wraps(command)
    def with_options(*args: Any, **given: Any) -> int:
        options = {field.name: given.pop(field.name) for field in fields(FormOptions)}
        return command(*args, asked=FormOptions(**options), **given)

    wrapped: Callable[..., int] = with_options
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def refuse_unanswerable(verb: str, asked: FormOptions, *, as_it_is: bool = False) -> None:
    """Raise UsageError where nobody can fill in or confirm; with ``as_it_is`` --yes alone does."""
    if asked.template or (asked.filled and (asked.yes or asked.dry_run)):
        return
    if as_it_is and (asked.yes or asked.dry_run):
        return
    if not asked.filled and not can_edit():
        raise UsageError(
            f"matui {verb} opens an editor, and here is no terminal for one.",
            remedy="Give --set FIELD=VALUE or -f FILE; --template prints the form.",
        )
    if not can_ask():
        raise UsageError(
            f"matui {verb} asks before it sends anything, and here is nobody to answer.",
            remedy="Give --yes, or look first with --dry-run.",
        )


def can_edit() -> bool:
    """Whether there is a terminal for an editor."""
    import sys

    from matui.cli.output import is_terminal

    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


def build_form_service(session: Session) -> FormService:
    """Return the forms of the session's cloud."""
    from matui.config.paths import state_path

    audit = Audit(state_path(), clock=session.clock)
    return FormService(session.cloud, clock=session.clock, audit=audit, policy=session.policy)


async def run_form(
    session: Session, form_service: FormService, form: Form, asked: FormOptions, *, editor: bool
) -> int:
    """Fill the form in as asked and return the exit code; without ``editor`` it is sent as it is."""
    if asked.template:
        say(format_form(form, format_title(form, session.profile.name)).rstrip("\n"))
        return 0
    desk = TerminalFormUI(session, asked)
    if asked.filled or not editor:
        return await _from_arguments(form_service, form, desk, asked)
    ended = await edit_and_send(form_service, form, desk, profile=session.profile.name, dry_run=asked.dry_run)
    if isinstance(ended, str):
        note(ended)
        return desk.code
    return _conclude(ended)


async def _from_arguments(
    form_service: FormService, form: Form, desk: TerminalFormUI, asked: FormOptions
) -> int:
    text = _read(asked.file) if asked.file is not None else ""
    where = {"-": "stdin", None: ""}.get(asked.file, asked.file or "")
    reading = parse_form(text)
    if reading.values is None:
        raise UsageError(f"{where}:{line_of(reading, ())}: {reading.wrong}")
    values: Values = copy_tree(reading.values if asked.file is not None else form.values)
    named = {set_value(form, values, one): one for one in asked.settings}
    draft = form_service.judge_values(form, values)
    if draft.problems:
        for problem in draft.problems:
            option = _option(problem.path, named)
            line = f"{where}:{line_of(reading, problem.path)}" if where else format_path(problem.path)
            note(
                f"--set {option}: {problem.sentence}"
                if option
                else f"{line or 'form'}: {format_problem(problem)}"
            )
        return UsageError.exit_code
    if draft.idle:
        note("Nothing differs from what is there, so nothing was sent.")
        return 0
    if await desk.ask(form_service.plan(draft), draft) == "drop":
        return desk.code
    return _conclude(await form_service.send(draft, dry_run=asked.dry_run))


def _option(path: ValuePath, named: dict[ValuePath, str]) -> str:
    """Return the --set that a problem is about, ``""`` when it is about none."""
    for length in range(len(path), 0, -1):
        for given, option in named.items():
            if given[: len(path)] == path or given == path[:length]:
                return option
    return ""


def _read(file: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{'stdin' if file == '-' else file} is not UTF-8.") from None


def _conclude(sent: SubmitResult) -> int:
    outcome = sent.outcome
    if outcome.exit_code == 0:
        say(clean(outcome.sentence))
    else:
        note(outcome.sentence)
    return outcome.exit_code


class TerminalFormUI:
    """Somebody at a terminal, or with --yes nobody. ``code`` is the exit code where nothing was sent."""

    def __init__(self, session: Session, asked: FormOptions) -> None:
        self._session = session
        self._asked = asked
        self._agreed_to: Values | None = None
        self.code = 0

    async def edit(self, text: str) -> str:
        """Open the editor; nothing else goes on here meanwhile."""
        from matui.live.forms.editor import edit_text, find_editor

        return edit_text(text, find_editor(os.environ), name="matui")

    async def ask(self, plan: Plan, draft: Draft) -> Answer:
        """Show the difference and ask; with --yes what is protected has to be named."""
        _show(draft)
        if self._asked.dry_run:
            return "send"
        if self._asked.yes:
            return self._unasked(plan, draft)
        from matui.cli.actions import confirmed

        if await confirmed(plan, self._session.profile.name, self._session.clock):
            return "send"
        self.code = 1
        note("Nothing was sent.")
        return "drop"

    def _unasked(self, plan: Plan, draft: Draft) -> Answer:
        held = [
            target.refusal for target in refuse_unnamed(plan, self._asked.named).targets if target.refusal
        ]
        again = self._agreed_to is not None and self._agreed_to == draft.values
        self._agreed_to = draft.values
        if held or again:
            self.code = 1
            note(f"Nothing was sent: {held[0] if held else 'it was refused just now'}.")
            return "drop"
        return "send"


def _show(draft: Draft) -> None:
    lines = []
    for change in draft.changes:
        path, old, new = format_change(change)
        lines.append(f"  {path}: {old} → {new}")
    print("\n".join(lines) or "  as it was, nothing changed", file=sys.stderr, flush=True)

"""The workflow of a form: editor, problems back into the editor, dialog, sending."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from matui.base.errors import RefusedError, UsageError
from matui.base.redaction.known import drop_secrets
from matui.base.regular_files import read_regular_bytes
from matui.base.signal_names import find_signal_name
from matui.base.text.sanitize import make_visible
from matui.live.actions.guard import Plan
from matui.live.actions.outcome import Outcome
from matui.live.forms.draft import Draft, SubmitResult
from matui.live.forms.service import FormService
from matui.resources.forms.document import annotate_problems, format_form, remove_problem_comments
from matui.resources.forms.form import Form, Problem
from matui.resources.registry import get_kind

DraftDecision: TypeAlias = Literal["send", "edit", "drop"]
UNCHANGED = "Nothing was changed, so nothing was sent."
CANCELLED = "Cancelled: nothing was sent."
EMPTY = "The form was saved empty, so nothing was sent."
GIVEN_UP = "Given up, nothing more was sent."
_SEND_ANYWAY = Problem((), "Delete this line to send it as it is; close unchanged to give up.")
_FALLBACKS = ("vi", "nano")
_SUFFIX = ".toml"
_LARGEST_FORM = 1_000_000

RunEditor = Callable[[Sequence[str]], int]


class Send(Protocol):
    """Sends a draft; reports waits and a cancellation."""

    def __call__(
        self, *, on_wait: Callable[[str], None], on_cancel: Callable[[Sequence[Outcome]], None]
    ) -> Awaitable[SubmitResult]: ...


class FormUI(Protocol):
    """The editor and the dialog of a user interface."""

    async def edit(self, text: str) -> str:
        """Open the text in an editor and return it as saved. Raises MatuiError where that fails."""

    async def ask(self, plan: Plan, draft: Draft) -> DraftDecision:
        """Show the changes and return whether to send, edit again or cancel."""

    async def run(self, send: Send) -> SubmitResult | None:
        """Send, show what is waited for, and return the result; None where the user cancelled it."""


def format_title(form: Form, profile: str) -> str:
    """Return the title line of a form's text."""
    about = form.subject
    singular = get_kind(about.kind).singular
    what = (
        f"a new {singular}"
        if form.mode == "create"
        else f"{singular} {make_visible(about.name)} ({about.id})"
    )
    return f"matui: {form.mode} {what} in profile {profile}"


def _explain_unsent(typed: str, before: str, refusal: str) -> str:
    """Return why a form is not sent that was saved empty, or as it was ``before``; ``""`` otherwise."""
    if not any(line.strip() and not line.lstrip().startswith("#") for line in typed.splitlines()):
        return EMPTY
    if typed != before:
        return ""
    return f"{GIVEN_UP} {refusal}" if refusal else UNCHANGED


async def edit_and_send(
    form_service: FormService, form: Form, ui: FormUI, *, profile: str, dry_run: bool = False
) -> SubmitResult | str:
    """Edit and send the form; what is refused is edited again, with the reason above its line.

    Returns the result, or the sentence that says why nothing was sent.
    """
    text, shown = format_form(form, format_title(form, profile)), ""
    refusal = ""
    again = form.mode == "rerun"  # a rerun may be sent without changes
    while True:
        typed = await ui.edit(text)
        if reason := _explain_unsent(typed, "" if again else text, refusal):
            return reason
        draft = form_service.read_text(form, typed)
        if draft.wrong and remove_problem_comments(typed) == shown:
            return f"{GIVEN_UP} {refusal}"
        if draft.idle:
            return UNCHANGED
        again, shown, text = False, remove_problem_comments(typed), typed
        if draft.wrong:
            refusal = draft.problem_words
            text = annotate_problems(typed, draft.problems)
            continue
        answer = await ui.ask(form_service.plan(draft), draft)
        again = answer == "edit"
        if answer == "drop":
            return CANCELLED
        if answer == "send":
            sent = await ui.run(partial(form_service.send, draft, dry_run=dry_run))
            if sent is None:
                return CANCELLED
            if not sent.problems:
                return sent
            form, refusal = sent.form, sent.outcome.sentence
            text = annotate_problems(typed, (*sent.problems, _SEND_ANYWAY))


def find_editor(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return ``$VISUAL``, ``$EDITOR``, vi or nano as words of a command. Raises UsageError without any."""
    for name in ("VISUAL", "EDITOR"):
        value = environ.get(name, "").strip()
        if value:
            return _parse_command(name, value, environ)
    for word in _FALLBACKS:
        found = shutil.which(word, path=environ.get("PATH"))
        if found:
            return (found,)
    raise UsageError(
        "There is no editor: $VISUAL and $EDITOR are empty, and vi and nano are not installed.",
        remedy="Install one, or name yours in $EDITOR.",
    )


def _parse_command(name: str, value: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    try:
        words = shlex.split(value)
    except ValueError as error:
        raise UsageError(
            f"${name} is {value!r}, which is not a command: {error}.", remedy=f"Correct ${name}."
        ) from None
    if not words or shutil.which(words[0], path=environ.get("PATH")) is None:
        raise UsageError(
            f"${name} is {value!r}, which is not installed.",
            remedy=f"Install it, or name another in ${name}.",
        )
    return tuple(words)


def edit_text(text: str, editor: Sequence[str], *, name: str, run: RunEditor | None = None) -> str:
    """Open the text in the editor and return it as saved; the file is private and removed afterwards.

    ``name`` begins the file's name. Raises RefusedError when the editor fails.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="matui-"))  # 0700: the editor's own copies are private too
    except OSError as error:
        raise RefusedError(
            f"No temporary file can be made: {error.strerror or error}.",
            remedy="Free space there, or point TMPDIR elsewhere.",
        ) from None
    try:
        file = folder / f"{name}{_SUFFIX}"
        _write(file, text)
        with _remove_on_signals(folder):
            code = _run(editor, file, run or _wait_for)
        if code != 0:
            how = f"ended with status {code}" if code > 0 else f"was ended by {find_signal_name(-code)}"
            raise RefusedError(
                f"The editor {editor[0]} {how}, so nothing was sent.",
                remedy="Open the form again, and leave the editor without an error to send it.",
            )
        return _read_saved(file)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _remove_on_signals(folder: Path) -> Iterator[None]:
    """Remove the folder when a signal ends the process meanwhile, then let the signal take its course."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {}

    def remove(number: int, _frame: object) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(number, before[number])
        os.kill(os.getpid(), number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        before[number] = signal.getsignal(number) or signal.SIG_DFL
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, remove)
    try:
        yield
    finally:
        for restored, handler in before.items():
            signal.signal(restored, handler)


def _write(file: Path, text: str) -> None:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(text.encode())
    except OSError as error:
        raise RefusedError(
            f"{file} cannot be written: {error.strerror or error}.",
            remedy="Free space there, or point TMPDIR elsewhere.",
        ) from None


def _run(editor: Sequence[str], file: Path, run: RunEditor) -> int:
    try:
        return run((*editor, str(file)))
    except OSError as error:
        raise RefusedError(
            f"The editor {editor[0]} cannot be started: {error.strerror or error}.",
            remedy="Name another in $VISUAL or $EDITOR.",
        ) from None


def _wait_for(command: Sequence[str]) -> int:
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)  # ctrl+c is the editor's meanwhile
    try:
        done = subprocess.run(command, check=False, env=drop_secrets(os.environ))  # noqa: S603 - no shell
        return done.returncode
    finally:
        signal.signal(signal.SIGINT, before)


def _read_saved(file: Path) -> str:
    try:
        return read_regular_bytes(file, _LARGEST_FORM).decode()
    except OSError as error:
        raise RefusedError(
            f"The edited file cannot be read back: {error.strerror or error}.", remedy="Open the form again."
        ) from None
    except UnicodeDecodeError:
        raise RefusedError(
            "The edited file is not UTF-8, so nothing was sent.",
            remedy="Open the form again, and save it as UTF-8.",
        ) from None

"""A form from its opening to its end: editor, problems back into the editor, dialog, sending.

The user's own editor on a private temporary file.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from matui.base.errors import RefusedError, UsageError
from matui.base.sanitize import make_visible
from matui.live.actions.guard import Plan
from matui.live.forms.draft import Draft, Sent
from matui.live.forms.service import Filling
from matui.resources.forms.document import annotate_problems, format_form, remove_problem_comments
from matui.resources.forms.form import Form, Problem
from matui.resources.registry import kind_by_id

Answer: TypeAlias = Literal["send", "edit", "drop"]
UNCHANGED = "Nothing was changed, so nothing was sent."
DROPPED = "Cancelled: nothing was sent."
GIVEN_UP = "Given up, nothing more was sent."
_NEVERTHELESS = Problem((), "Delete this line to send it as it is; close unchanged to give up.")


class Desk(Protocol):
    """Where somebody fills in forms."""

    async def edit(self, text: str) -> str:
        """Let the text be edited and return what was saved. Raises MatuiError where that cannot be."""
        ...

    async def ask(self, plan: Plan, draft: Draft) -> Answer:
        """Show what would be sent and return whether it may be, or is to be edited further."""
        ...


def title_of(form: Form, profile: str) -> str:
    """Return the first line of a form's text."""
    about = form.subject
    singular = kind_by_id(about.kind).singular
    what = (
        f"a new {singular}"
        if form.mode == "create"
        else f"{singular} {make_visible(about.name)} ({about.id})"
    )
    return f"matui: {form.mode} {what} in profile {profile}"


async def fill_in(
    filling: Filling, form: Form, desk: Desk, *, profile: str, dry_run: bool = False
) -> Sent | str:
    """Let the form be filled in and sent; what is refused comes back with the reason above its line.

    Returns what became of it, or the sentence that says why nothing was sent.
    """
    text, shown = format_form(form, title_of(form, profile)), ""
    refusal = ""
    again = form.mode == "rerun"  # saving the text as it is means something too
    while True:
        typed = await desk.edit(text)
        if typed == text and not again:
            return f"{GIVEN_UP} {refusal}" if refusal else UNCHANGED
        draft = filling.judge(form, typed)
        if draft.wrong and remove_problem_comments(typed) == shown:
            return f"{GIVEN_UP} {refusal}"
        if draft.idle:
            return UNCHANGED
        again, shown, text = False, remove_problem_comments(typed), typed
        if draft.wrong:
            refusal = draft.problem_words
            text = annotate_problems(typed, draft.problems)
            continue
        answer = await desk.ask(filling.plan(draft), draft)
        again = answer == "edit"
        if answer == "drop":
            return DROPPED
        if answer == "send":
            sent = await filling.send(draft, dry_run=dry_run)
            if not sent.problems:
                return sent
            form, refusal = sent.form, sent.outcome.sentence
            text = annotate_problems(typed, (*sent.problems, _NEVERTHELESS))


_FALLBACKS = ("vi", "nano")
_SUFFIX = ".toml"

Run = Callable[[Sequence[str]], int]


def find_editor(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return ``$VISUAL``, ``$EDITOR``, vi or nano as words of a command. Raises UsageError without any."""
    for name in ("VISUAL", "EDITOR"):
        told = environ.get(name, "").strip()
        if told:
            return _words(name, told, environ)
    for word in _FALLBACKS:
        found = shutil.which(word, path=environ.get("PATH"))
        if found:
            return (found,)
    raise UsageError("There is no editor: $VISUAL and $EDITOR are empty, and vi and nano are not installed.")


def _words(name: str, told: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    try:
        words = shlex.split(told)
    except ValueError as error:
        raise UsageError(f"${name} is {told!r}, which is no command: {error}.") from None
    if not words or shutil.which(words[0], path=environ.get("PATH")) is None:
        raise UsageError(f"${name} is {told!r}, which is not installed.")
    return tuple(words)


def edit_text(text: str, editor: Sequence[str], *, name: str, run: Run | None = None) -> str:
    """Open the text in the editor and return what was saved; the file is private and removed afterwards.

    ``name`` begins the file's name. Raises RefusedError when the editor fails: then nothing of it counts.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="matui-"))  # 0700: an editor's own copies are private too
    except OSError as error:
        raise RefusedError(f"No temporary file can be made: {error.strerror or error}.") from None
    try:
        file = folder / f"{name}{_SUFFIX}"
        _write(file, text)
        code = _run(editor, file, run or _wait_for)
        if code != 0:
            raise RefusedError(f"The editor {editor[0]} ended with status {code}, so nothing was sent.")
        return _saved(file)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(file: Path, text: str) -> None:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(text.encode())
    except OSError as error:
        raise RefusedError(f"{file} cannot be written: {error.strerror or error}.") from None


def _run(editor: Sequence[str], file: Path, run: Run) -> int:
    try:
        return run((*editor, str(file)))
    except OSError as error:
        raise RefusedError(f"The editor {editor[0]} cannot be started: {error.strerror or error}.") from None


def _wait_for(command: Sequence[str]) -> int:
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)  # ctrl+c is the editor's meanwhile
    try:
        return subprocess.run(command, check=False).returncode  # noqa: S603 - the user's own editor, no shell
    finally:
        signal.signal(signal.SIGINT, before)


def _saved(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise RefusedError(f"The edited file cannot be read back: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise RefusedError("The edited file is not UTF-8, so nothing was sent.") from None

"""Fill in the form of ``edit``, ``create`` or ``rerun`` and send it."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from matui.base.errors import UsageError
from matui.base.toml import TomlPath as ValuePath
from matui.cli.context.session import Session
from matui.cli.forms.options import FormOptions, follow_created
from matui.cli.options import DASH
from matui.cli.output.streams import note, print_line, write_stderr
from matui.config.private_files import LARGEST_BYTES
from matui.live.actions.guard import Plan
from matui.live.actions.target_text import refuse_unnamed
from matui.live.audit.trail import Audit
from matui.live.forms.draft import Draft, SubmitResult
from matui.live.forms.service import FormService
from matui.live.forms.workflow import DraftDecision, Send, edit_and_send, format_title
from matui.resources.forms.document import find_line, format_form, format_problem, parse_form, set_value
from matui.resources.forms.form import Form, Values, copy_tree, format_change


def build_form_service(session: Session) -> FormService:
    """Return the forms of the session's cloud."""
    from matui.config.paths import get_audit_dir

    audit = Audit(get_audit_dir(demo=session.demo), clock=session.clock)
    return FormService(session.cloud, clock=session.clock, audit=audit, policy=session.policy)


async def run_form(
    session: Session,
    form_service: FormService,
    form: Form,
    asked: FormOptions,
    *,
    editor: bool,
    follow: bool = False,
) -> int:
    """Fill the form in and return the exit code; without ``editor`` it is sent unchanged.

    With ``follow`` wait until what was made runs.
    """
    if asked.template:
        print_line(format_form(form, format_title(form, session.profile.name)).rstrip("\n"))
        return 0
    form_ui = TerminalFormUI(session, asked)
    if asked.filled or not editor:
        ended = await _fill_from_arguments(form_service, form, form_ui, asked)
    else:
        sent = await edit_and_send(
            form_service, form, form_ui, profile=session.profile.name, dry_run=asked.dry_run
        )
        ended = _report_early_end(sent, form_ui.code) if isinstance(sent, str) else sent
    if isinstance(ended, int):
        return ended
    from matui.cli.actions import report_outcome

    code = report_outcome(ended.outcome)
    if follow and ended.outcome.result == "done":
        await follow_created(session, form.subject.kind, ended.made)
    return code


def _report_early_end(reason: str, code: int) -> int:
    note(reason)
    return code


async def _fill_from_arguments(
    form_service: FormService, form: Form, form_ui: TerminalFormUI, asked: FormOptions
) -> SubmitResult | int:
    """Return the result of the form that was sent, or the exit code where nothing was."""
    text = _read(asked.file) if asked.file is not None else ""
    where = "stdin" if asked.file == DASH else str(asked.file or "")
    reading = parse_form(text)
    if reading.values is None:
        raise UsageError(
            f"{where}:{find_line(reading, ())}: {reading.wrong}",
            remedy="Correct that line; --template prints a form as it has to be.",
        )
    values: Values = copy_tree(reading.values if asked.file is not None else form.values)
    named = {set_value(form, values, one): one for one in asked.settings}
    draft = form_service.check_values(form, values)
    if draft.problems:
        for problem in draft.problems:
            option = _find_option(problem.path, named)
            line = f"{where}:{find_line(reading, problem.path)}: " if where else ""
            said = format_problem(problem) if problem.path else f"form: {problem.sentence}"
            note(f"--set {option}: {problem.sentence}" if option else f"{line}{said}")
        return UsageError.exit_code
    if draft.idle:
        note("Nothing differs from what is there, so nothing was sent.")
        return 0
    if await form_ui.ask(form_service.plan(draft), draft) == "drop":
        return form_ui.code
    return await form_ui.run(partial(form_service.send, draft, dry_run=asked.dry_run))


def _find_option(path: ValuePath, named: dict[ValuePath, str]) -> str:
    """Return the --set that a problem is about, ``""`` when it is about none."""
    for length in range(len(path), 0, -1):
        for given, option in named.items():
            if given[: len(path)] == path or given == path[:length]:
                return option
    return ""


def _read(file: Path) -> str:
    name = "stdin" if file == DASH else str(file)
    try:
        if file != DASH and file.exists() and not (file.is_file() or file.is_relative_to("/dev")):
            raise UsageError(
                f"{name} is not a regular file.", remedy="Name a file, or - for the standard input."
            )  # opening a named pipe would wait for a writer; the shell's own are in /dev
        with nullcontext(sys.stdin.buffer) if file == DASH else file.open("rb") as opened:
            data = opened.read(LARGEST_BYTES + 1)
        if len(data) > LARGEST_BYTES:
            raise UsageError(
                f"{name} is larger than a form: 1 MB at most.",
                remedy="Give a form as --template prints it.",
            )
        return data.decode("utf-8")
    except OSError as error:
        raise UsageError(
            f"{name} cannot be read: {error.strerror or error}.", remedy="Check the path and your rights."
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{name} is not UTF-8.", remedy="Save it as UTF-8.") from None


class TerminalFormUI:
    """The user at a terminal. ``code`` is the exit code where nothing was sent."""

    def __init__(self, session: Session, asked: FormOptions) -> None:
        self._session = session
        self._asked = asked
        self._agreed_to: Values | None = None
        self.code = 0

    async def edit(self, text: str) -> str:
        """Open the editor; blocks until it is closed."""
        from matui.live.forms.workflow import edit_text, find_editor

        return edit_text(text, find_editor(os.environ), name="matui")

    async def ask(self, plan: Plan, draft: Draft) -> DraftDecision:
        """Show the changes and ask; with --yes protected names must be given by --confirm."""
        _show(draft)
        if self._asked.dry_run:
            return "send"
        if self._asked.yes:
            return self._answer_unasked(plan, draft)
        from matui.cli.actions import note_if_cancelled
        from matui.cli.output.prompts import confirm

        with note_if_cancelled(plan.action.label):
            if await confirm(plan, self._session.profile.name, self._session.cloud_clock):
                return "send"
        self.code = 1
        note("Nothing was sent.")
        return "drop"

    async def run(self, send: Send) -> SubmitResult:
        """Send, and say on stderr what is waited for."""
        from matui.cli.actions import note_cancelled
        from matui.cli.context.warnings import note_wait

        return await send(on_wait=note_wait, on_cancel=note_cancelled)

    def _answer_unasked(self, plan: Plan, draft: Draft) -> DraftDecision:
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
    write_stderr("\n".join(lines) or "  as it was, nothing changed")

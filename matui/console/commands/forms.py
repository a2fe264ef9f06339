"""Runs a form from a key: editor on the suspended terminal, dialog, sending, cursor on the result."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from matui.base.errors import MatuiError, RefusedError
from matui.base.toml import TomlPath
from matui.clouds.protocols import Reads, require
from matui.console.panes.tables import VersionsPane
from matui.console.screens.confirm import ConfirmChangesScreen
from matui.console.screens.confirm_text import ProfileBadge
from matui.console.screens.dialogs import run_cancellable
from matui.live.actions.guard import Plan
from matui.live.forms.draft import Draft, SubmitResult
from matui.live.forms.workflow import DraftDecision, Send, edit_and_send, edit_text, find_editor
from matui.resources.forms.form import Form, FormMode
from matui.resources.model import Resource
from matui.resources.registry import KINDS

if TYPE_CHECKING:
    from textual.app import App

    from matui.console.browse_view import BrowseView
    from matui.console.panes.split import PaneHost
    from matui.console.session import ConsoleSession


async def fill_form(
    app: App[int],
    session: ConsoleSession,
    mode: FormMode,
    kind_id: str,
    resource: Resource | None,
    *,
    within: Resource | None = None,
    on_edited: Callable[[], object] = lambda: None,
) -> SubmitResult | None:
    """Open the form in the editor and send it once confirmed. None when nothing was sent.

    ``within`` is the service that a new deployment belongs to. ``on_edited`` is called each time the editor
    has closed.
    """
    form_service = session.form_service
    desk = ConsoleFormUI(app, session, on_edited)
    try:
        find_editor(os.environ)
        form = await form_service.open(mode, kind_id, resource, workspace=session.pollers.workspace)
        if within is not None:
            form = fill_in(form, ("service_id",), within.id)
        ended = await edit_and_send(form_service, form, desk, profile=session.cloud.profile)
    except MatuiError as error:
        app.notify(str(error), severity="warning", timeout=10, markup=False)
        return None
    if isinstance(ended, str):
        app.notify(ended, markup=False)
        return None
    outcome = ended.outcome
    session.errors.record(f"{mode} {kind_id}", outcome.error, session.clock.now())
    if outcome.result == "unknown":
        app.run_worker(session.look_again(looks=5), group=f"settle {session.cloud.profile}")
    if outcome.exit_code == 0:
        app.notify(outcome.sentence, markup=False)
        return ended
    severity = "warning" if outcome.result == "unknown" else "error"
    app.notify(outcome.sentence, severity=severity, timeout=15, markup=False)  # type: ignore[arg-type]
    return None


def fill_in(form: Form, path: TomlPath, value: str) -> Form:
    """Return the form with a value in the field of ``path``."""
    fields = (field._replace(value=value) if field.path == path else field for field in form.fields)
    return form._replace(fields=tuple(fields))


async def show_result(view: BrowseView, panes: PaneHost, session: ConsoleSession, sent: SubmitResult) -> None:
    """Put the cursor on the new resource once it is listed, for a version in the pane of its job."""
    made, subject = sent.made.resource_id, sent.form.subject
    if sent.form.mode == "rerun" and "/" in made:
        try:
            job = await require(session.cloud, Reads).read("jobs", made.rpartition("/")[0])
        except MatuiError as error:
            view.show_notice(str(error), wrong=True)
            return
        pane = VersionsPane(session, job)
        pane.follow(made)
        await view.panes.show(pane)
    elif sent.form.mode in ("create", "rerun") and made and made != subject.id and subject.kind in KINDS:
        await view.shown.follow((subject.profile, subject.kind, made))
    elif panes.pane is not None:
        panes.pane.refresh_now()


def edit_suspended(app: App[int], text: str) -> str:
    """Suspend the console and run the editor on its terminal. Raises MatuiError."""
    editor = find_editor(os.environ)
    failure: MatuiError | None = None
    saved = text
    try:
        with app.suspend():  # no exception in here: Textual has to resume
            try:
                saved = edit_text(text, editor, name="matui")
            except MatuiError as error:
                failure = error
    except SuspendNotSupported:
        raise RefusedError(
            "This terminal cannot run an editor.",
            remedy="Use the command line: matui edit, create or rerun, with --set FIELD=VALUE",
        ) from None
    app.refresh(layout=True)
    if failure is not None:
        raise failure
    return saved


class ConsoleFormUI:
    """The form UI of the console."""

    def __init__(self, app: App[int], session: ConsoleSession, on_edited: Callable[[], object]) -> None:
        self._app = app
        self._session = session
        self._on_edited = on_edited

    async def edit(self, text: str) -> str:
        """Open the editor."""
        try:
            return edit_suspended(self._app, text)
        finally:
            self._on_edited()

    async def ask(self, plan: Plan, draft: Draft) -> DraftDecision:
        """Show the changes and wait for the answer."""
        cloud, colour = self._session.cloud, self._session.profile.color or ""
        scene = ProfileBadge(cloud.profile, cloud.region, colour)
        dialog = ConfirmChangesScreen(plan, draft, scene, clock=self._session.cloud_clock)
        sent = await self._app.push_screen_wait(dialog)
        return dialog.answer(sent=sent)

    async def run(self, send: Send) -> SubmitResult | None:
        """Send, and show what is waited for; the user may cancel until the request has left."""
        sent = await run_cancellable(self._app, "Send the changes", send)
        return sent if isinstance(sent, SubmitResult) else None

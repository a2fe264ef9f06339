"""``matui create KIND``, ``edit KIND ID`` and ``rerun JOB[/VERSION]``: fill in a form and send it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

import click

from matui.cli.completion.candidates import complete_jobs, complete_kind_option, complete_targets
from matui.cli.context.session import Session, open_session, run_async
from matui.cli.forms.options import (
    FormOptions,
    add_form_options,
    follow_option,
    refuse_unfillable,
    resolve_follow,
)
from matui.cli.options import Options
from matui.resources.kind import Kind
from matui.resources.kinds.deployments import DEPLOYMENTS
from matui.resources.registry import KINDS, find_kind

if TYPE_CHECKING:
    from matui.live.forms.service import FormService
    from matui.resources.forms.form import Form, FormMode

OpenForm: TypeAlias = "Callable[[Session, FormService], Awaitable[Form]]"


@click.command("create")
@click.argument("kind_name", metavar="KIND", shell_complete=complete_kind_option)
@click.pass_obj
@add_form_options
@follow_option
def create(options: Options, kind_name: str, follow: bool | None, asked: FormOptions) -> int:
    """Create a resource: from a file (-f), in $EDITOR, or by --set on top of the form's own values.

    --template prints the form with every field, its limits and what can be chosen.
    """
    kind = _find_creatable(kind_name)
    follow = resolve_follow(kind, follow)

    async def open_form(session: Session, form_service: FormService) -> Form:
        return await form_service.open("create", kind.id, workspace=session.workspace)

    return run_async(_fill_in(options, "create", kind, open_form, asked, follow=follow))


def _find_creatable(name: str) -> Kind:
    """Return a kind, or the deployments of services, which can only be created."""
    folded = name.casefold()
    if folded in (DEPLOYMENTS.id, DEPLOYMENTS.singular, *DEPLOYMENTS.short):
        return DEPLOYMENTS
    return find_kind(name)


@click.command("edit")
@click.argument("words", metavar="KIND ID", nargs=-1, required=True, shell_complete=complete_targets)
@click.pass_obj
@add_form_options
def edit(options: Options, words: tuple[str, ...], asked: FormOptions) -> int:
    """Change a resource: in $EDITOR, by --set, or from a file. ID may be a name that only one has.

    What changes is shown before it is sent. --template prints what can be changed, with its limits.
    """
    from matui.cli.context.resolve import find_one, parse_target

    kind, word = parse_target(words)

    async def open_form(session: Session, form_service: FormService) -> Form:
        resource = await find_one(session, kind, word)
        return await form_service.open("edit", resource.kind, resource)

    return run_async(_fill_in(options, "edit", None if "/" in word else kind, open_form, asked))


@click.command("rerun")
@click.argument("words", metavar="JOB[/VERSION]", nargs=-1, required=True, shell_complete=complete_jobs)
@click.pass_obj
@add_form_options
@follow_option
def rerun(options: Options, words: tuple[str, ...], follow: bool | None, asked: FormOptions) -> int:
    """Run a job again: as a new version, by default of its newest, or with API v2 as a new job.

    JOB may be a name that only one has.

    Its configuration can be changed first: in $EDITOR, by --set or from a file. --yes alone changes nothing.
    """
    from matui.cli.context.resolve import find_one, parse_job

    word = parse_job(words)
    follow = resolve_follow(KINDS["jobs"], follow)

    async def open_form(session: Session, form_service: FormService) -> Form:
        job = await find_one(session, KINDS["jobs"], word)
        return await form_service.open("rerun", job.kind, job)

    kind = None if "/" in word else KINDS["jobs"]
    return run_async(_fill_in(options, "rerun", kind, open_form, asked, follow=follow))


async def _fill_in(
    options: Options,
    mode: FormMode,
    kind: Kind | None,
    open_form: OpenForm,
    asked: FormOptions,
    *,
    follow: bool = False,
) -> int:
    """Open the form and fill it in; ``kind`` is None where the id may be of an inner kind."""
    from matui.cli.actions import note_if_cancelled
    from matui.cli.forms.run import build_form_service, run_form

    editor = mode != "rerun" or not (asked.yes or asked.dry_run)
    async with open_session(options) as session:
        form_service = build_form_service(session)
        refuse_unfillable(
            mode, asked, lambda: form_service.explain_never(mode, kind), as_it_is=mode == "rerun"
        )
        with note_if_cancelled(mode):
            form = await open_form(session, form_service)
        return await run_form(session, form_service, form, asked, editor=editor, follow=follow)

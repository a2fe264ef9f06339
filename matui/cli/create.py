"""``matui create KIND``: create a resource from a file, by --set or in the editor."""

from __future__ import annotations

import click

from matui.cli.completion_values import complete_kind_option
from matui.cli.follow_created import follow_option, resolve_follow
from matui.cli.form_options import FormOptions, form_options, refuse_unanswerable
from matui.cli.options import Options
from matui.cli.session import open_session, run_async
from matui.resources.kind import Kind
from matui.resources.kinds.deployments import DEPLOYMENTS
from matui.resources.registry import find_kind


@click.command("create")
@click.argument("kind_name", metavar="KIND", shell_complete=complete_kind_option)
@click.pass_obj
@form_options
@follow_option
def command(options: Options, kind_name: str, follow: bool | None, asked: FormOptions) -> int:
    """Create a resource: from a file (-f), in $EDITOR, or by --set on top of the form's own values.

    --template prints the form with every field, its limits and what can be chosen.
    """
    kind = _find_kind(kind_name)
    follow = resolve_follow(kind, follow)
    refuse_unanswerable("create", asked)
    return run_async(_create(options, kind, asked, follow=follow))


def _find_kind(name: str) -> Kind:
    """Return a kind, or the deployments of services, which can only be created."""
    folded = name.casefold()
    if folded in (DEPLOYMENTS.id, DEPLOYMENTS.singular, *DEPLOYMENTS.short):
        return DEPLOYMENTS
    return find_kind(name)


async def _create(options: Options, kind: Kind, asked: FormOptions, *, follow: bool) -> int:
    from matui.cli.forms import build_form_service, run_form

    async with open_session(options) as session:
        form_service = build_form_service(session)
        form = await form_service.open("create", kind.id, workspace=session.workspace)
        return await run_form(session, form_service, form, asked, editor=True, follow=follow)

"""``matui edit KIND ID``: change a resource in the editor, from a file or by --set."""

from __future__ import annotations

import click

from matui.cli.completion_values import complete_kinds
from matui.cli.form_options import FormOptions, form_options, refuse_unanswerable
from matui.cli.options import Options
from matui.cli.session import open_session, run_async
from matui.resources.kind import Kind


@click.command("edit")
@click.argument("words", metavar="KIND ID", nargs=-1, required=True, shell_complete=complete_kinds)
@click.pass_obj
@form_options
def command(options: Options, words: tuple[str, ...], asked: FormOptions) -> int:
    """Change a resource: in $EDITOR, by --set, or from a file. ID may be a name that only one has.

    What changes is shown before it is sent. --template prints what can be changed, with its limits.
    """
    from matui.cli.resolve import parse_target

    kind, word = parse_target(words)
    refuse_unanswerable("edit", asked)
    return run_async(_edit(options, kind, word, asked))


async def _edit(options: Options, kind: Kind, word: str, asked: FormOptions) -> int:
    from matui.cli.forms import build_form_service, run_form
    from matui.cli.resolve import find_one

    async with open_session(options) as session:
        resource = await find_one(session, kind, word)
        form_service = build_form_service(session)
        form = await form_service.open("edit", resource.kind, resource)
        return await run_form(session, form_service, form, asked, editor=True)

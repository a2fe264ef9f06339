"""``matui rerun JOB[/VERSION]``: start a new version with the configuration of the chosen one."""

from __future__ import annotations

import click

from matui.cli.follow_created import follow_option, resolve_follow
from matui.cli.form_options import FormOptions, form_options, refuse_unanswerable
from matui.cli.options import Options
from matui.cli.session import open_session, run_async
from matui.resources.registry import KINDS


@click.command("rerun")
@click.argument("word", metavar="JOB[/VERSION]")
@click.pass_obj
@form_options
@follow_option
def command(options: Options, word: str, follow: bool | None, asked: FormOptions) -> int:
    """Run a job again as a new version, by default of its newest. JOB may be a name that only one has.

    Its configuration can be changed first: in $EDITOR, by --set or from a file. --yes alone changes nothing.
    """
    refuse_unanswerable("rerun", asked, as_it_is=True)
    follow = resolve_follow(KINDS["jobs"], follow)
    return run_async(_rerun(options, word, asked, follow=follow))


async def _rerun(options: Options, word: str, asked: FormOptions, *, follow: bool) -> int:
    from matui.cli.forms import build_form_service, run_form
    from matui.cli.resolve import find_one

    async with open_session(options) as session:
        job = await find_one(session, KINDS["jobs"], word)
        form_service = build_form_service(session)
        form = await form_service.open("rerun", job.kind, job)
        editor = not (asked.yes or asked.dry_run)
        return await run_form(session, form_service, form, asked, editor=editor, follow=follow)

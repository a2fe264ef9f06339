"""``matui why KIND ID``: what explains the state of one resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matui.cli.completion.candidates import complete_targets
from matui.cli.context.session import Session, open_session, run_async
from matui.cli.options import Options, output_option, refuse_secrets_in, show_secrets_option

if TYPE_CHECKING:
    from matui.live.audit.entry import AuditEntry
    from matui.live.why.card import WhyCard
    from matui.resources.model import Resource

OUTPUTS = ("text", "json", "markdown")


@click.command("why")
@click.argument("words", metavar="KIND ID", nargs=-1, required=True, shell_complete=complete_targets)
@output_option(*OUTPUTS)
@show_secrets_option
@click.pass_obj
def command(options: Options, words: tuple[str, ...], output: str, show_secrets: bool) -> None:
    """Show why a resource is in its state.

    The first error across the logs of all workers, codes explained, events, what differs from the last
    version that succeeded, earlier states, what was done from here, metrics, and next steps. Parts that
    cannot be had are named with the reason.

    ID may be a name that only one has; a job's version is JOB/VERSION.
    """
    from matui.cli.context.resolve import parse_target

    refuse_secrets_in(output, show_secrets)
    kind, ident = parse_target(words)
    run_async(_print_why(options, kind.id, ident, output, show_secrets=show_secrets))


async def _print_why(options: Options, kind_id: str, ident: str, output: str, *, show_secrets: bool) -> None:
    from matui.cli.context.resolve import find_one
    from matui.cli.get.triage import judge_resource
    from matui.cli.signals.jobs import read_job_findings
    from matui.live.why.gather import WhyGatherer
    from matui.live.why.parts import Sources
    from matui.resources.registry import get_kind

    async with open_session(options) as session:
        resource = await find_one(session, get_kind(kind_id), ident)
        found: list[str] = []

        async def load_findings() -> None:
            found.extend(await read_job_findings(session, resource))

        sources = Sources(
            session.cloud,
            session.clock,
            lambda: session.settings.logs.build_time_parser(resource.created_at),
            lambda: _read_audit(session),
            session.journal.opened if session.journal is not None else None,
            session.settings.logs.compile_error_rules(),
            read_findings=lambda: found,
            load_findings=load_findings,
            judge=lambda: judge_resource(session, resource),
        )
        card = await WhyGatherer(sources, resource, lambda _card: None).run()
        _write(session, _add_global_options(card, options), output, show_secrets=show_secrets)


def _read_audit(session: Session) -> tuple[AuditEntry, ...]:
    from matui.config.paths import get_audit_dir
    from matui.live.audit.trail import open_audit_file, read_audit

    return read_audit(open_audit_file(get_audit_dir(demo=session.demo)), session.clock.now()).entries


def _write(session: Session, card: WhyCard, output: str, *, show_secrets: bool) -> None:
    from matui.base.text.formatting import format_local_time
    from matui.cli.output.streams import measure_terminal_width, print_line, to_json
    from matui.clouds.protocols import compute_clock_correction_ms
    from matui.live.why.card import serialize_card
    from matui.live.why.text import format_card_markdown, render_card

    now_ms, ahead_ms = session.clock.now() * 1000, compute_clock_correction_ms(session.cloud)
    card = card if output == "json" else _keep_command_lines(card)
    if output == "json":
        print_line(
            to_json(serialize_card(card, _serialize_card(session, card.resource, show_secrets)), indent=2)
        )
    elif output == "markdown":
        print_line(format_card_markdown(card, now_ms=now_ms, time=format_local_time, ahead_ms=ahead_ms))
    else:
        lines = render_card(
            card,
            now_ms=now_ms,
            time=format_local_time,
            keys={},
            width=measure_terminal_width(),
            ahead_ms=ahead_ms,
        )
        print_line("\n".join(line.text.rstrip() for line in lines))


def _add_global_options(card: WhyCard, options: Options) -> WhyCard:
    """Return the card with next steps for the same config file and profile: another has the same ids."""
    import shlex

    program = ["matui", *(["--demo"] if options.demo else [])]
    program += ["--config", str(options.config)] if options.config is not None else []
    program += ["-p", options.profile] if options.profile is not None else []
    part = card.get_part("next")
    if part.value is None:
        return card
    steps = [
        step._replace(line=f"{shlex.join(program)} {step.line.removeprefix('matui ')}") if step.line else step
        for step in part.value
    ]
    return card.add_part("next", part._replace(value=steps))


def _keep_command_lines(card: WhyCard) -> WhyCard:
    """Return the card with the next steps that a shell takes; the others need the console."""
    from matui.live.why.card import NO_COMMANDS, Part

    part = card.get_part("next")
    steps = [step for step in part.value or () if step.line]
    if part.value is None:
        return card
    return card.add_part("next", part._replace(value=steps) if steps else Part(missing=NO_COMMANDS))


def _serialize_card(session: Session, resource: Resource, show_secrets: bool) -> dict[str, object]:
    from matui.live.actions.guard import list_offered_actions
    from matui.resources.export import format_resource
    from matui.resources.registry import get_kind

    offered = list_offered_actions(session.cloud, get_kind(resource.kind), policy=session.policy)
    return format_resource(resource, offered, show_secrets=show_secrets)

"""``matui changes``: what changed, as any console or command of this user has seen it."""

from __future__ import annotations

from collections.abc import Sequence

import click

from matui.base.text.sanitize import clean
from matui.cli.completion.candidates import complete_ident, complete_targets, complete_times
from matui.cli.options import (
    Options,
    list_chosen_profiles,
    output_option,
    parse_moment_option,
    refuse_empty_range,
    since_option,
)
from matui.cli.output.streams import note, print_line, to_json
from matui.live.journal.change import Change, Span
from matui.live.journal.journal import Journal

_INCOMPLETE = 6


@click.command("changes")
@click.argument("kind", required=False, shell_complete=complete_targets)
@click.argument("ident", metavar="[ID]", required=False, shell_complete=complete_ident)
@since_option
@click.option("--until", metavar="TIME", shell_complete=complete_times, help="In the same forms.")
@output_option("table", "json", "jsonl")
@click.pass_obj
def command(
    options: Options, kind: str | None, ident: str | None, since: str | None, until: str | None, output: str
) -> int:
    """Show the changes in the journal of this user, newest first; with -p those of some profiles.

    ID may be an id or a name; one that the journal does not know is an error. Of JOB/VERSION the changes of
    the job are shown, since the journal records no versions. Stretches of three minutes and
    more in which nothing polled are shown. It needs neither a config file nor a network. Exits 6 where the
    journal cannot be read or knows nothing of a profile.
    """
    from matui.base.clock import SystemClock
    from matui.cli.context.settings import check_state, refuse_changeable_config
    from matui.config.paths import get_state_path
    from matui.live.journal.journal import open_journal

    refuse_changeable_config(options)
    kind_id, ident = _parse_target(kind, ident)
    clock = SystemClock()
    now_ms = clock.now() * 1000
    bounds = (parse_moment_option("--since", since, now_ms), parse_moment_option("--until", until, now_ms))
    refuse_empty_range(since, until, bounds, now_ms)
    if not options.demo:
        check_state(get_state_path())
    journal = open_journal(None if options.demo else get_state_path(), clock=clock, on_problem=note)
    try:
        unknown = note_unknown_profiles(journal, list_chosen_profiles(options))
        if kind_id == "jobs" and ident is not None:
            ident = _find_job_name(journal, ident)
        found = _read(journal, options, kind_id, ident, bounds)
        if kind_id is not None and ident is not None and not found and not unknown:
            _check_known(journal, options, kind_id, ident)
        spans = _list_spans(journal, found, kind_id, bounds, int(now_ms))
    finally:
        journal.close()
    if not options.demo:
        _note_if_off(options)
    if output != "json" and not found and not journal.problem:
        _note_none(ident, bounds)
    if found or not journal.problem:  # a journal that cannot be read does not say that nothing was watched
        _write(found, spans, output, bounds, int(now_ms))
    elif output == "json":
        print_line(to_json({"items": [], "watched": []}, indent=2))
    return _INCOMPLETE if journal.problem or unknown else 0


def _parse_target(kind: str | None, ident: str | None) -> tuple[str | None, str | None]:
    """Return the kind and the id or name of ``[KIND [ID]]``, or of ``KIND/ID``."""
    from matui.cli.context.resolve import parse_target, strip_kind
    from matui.resources.registry import find_kind

    if kind is None:
        return None, None
    if ident is None and "/" in kind:
        found, ident = parse_target([kind])
    else:
        found = find_kind(kind)
    return found.id, None if ident is None else strip_kind(found, ident)


def _find_job_name(journal: Journal, ident: str) -> str:
    """Return the job of ``JOB/VERSION``, with a note; any other id, one with a slash too, unchanged."""
    job, slash, _version = ident.rpartition("/")
    names = journal.reader.read_names("jobs") if slash else ()
    if ident in names or job not in names:
        return ident
    note(f"The journal records jobs, not their versions: these are the changes of the job {clean(job)}.")
    return job


def _note_if_off(options: Options) -> None:
    """Note that nothing new is recorded where the settings turn the journal off. A wrong file is ignored."""
    from matui.base.errors import MatuiError
    from matui.cli.context.settings import read_settings

    try:
        enabled = read_settings(options).journal.enabled
    except MatuiError:
        return
    if not enabled:
        note("Nothing new is recorded: journal.enabled is false in the config file.")


def note_unknown_profiles(journal: Journal, chosen: Sequence[str] | None) -> bool:
    """Return whether a profile was named that the journal has never read, and say so."""
    unknown = [name for name in chosen or () if not journal.reader.read_accounts([name])]
    if unknown:
        profiles, of = ("profile", "it") if len(unknown) == 1 else ("profiles", "them")
        names = ", ".join(unknown)
        note(f"The journal knows nothing of the {profiles} {names}: no list of {of} was read here.")
    return bool(unknown)


def _read(
    journal: Journal,
    options: Options,
    kind: str | None,
    ident: str | None,
    bounds: tuple[int | None, int | None],
) -> list[Change]:
    """Return the changes of a kind, or of the resource with an id or a name, in the profiles chosen.

    They are in the order of the times shown, newest first, in every format.
    """
    accounts = None
    chosen = list_chosen_profiles(options)
    if chosen is not None:
        accounts = journal.reader.read_accounts(chosen)
    found = journal.reader.read_changes(kind, None, *bounds, accounts=accounts)
    chosen_changes = [
        change
        for change in found
        if (ident is None or ident in (change.id, change.name))
        and (not options.workspace or change.workspace == options.workspace)
    ]
    return sorted(chosen_changes, key=lambda change: (change.shown_at, change.number), reverse=True)


def _check_known(journal: Journal, options: Options, kind: str, ident: str) -> None:
    """Raise NotFoundError for an id or name that no list had: a mistyped one would look like no change."""
    from matui.base.errors import NotFoundError
    from matui.base.text.near_names import format_suggestion
    from matui.resources.registry import KINDS

    chosen = list_chosen_profiles(options)
    accounts = None if chosen is None else journal.reader.read_accounts(chosen)
    names = journal.reader.read_names(kind, accounts=accounts)
    if ident not in names and not journal.problem:
        what = f"{KINDS[kind].singular} {clean(ident)}"
        near = format_suggestion(clean(ident), map(clean, names)).strip()
        remedy = near or f"See what there is with: matui get {kind}"
        raise NotFoundError(f"The journal knows no {what}: no list had it.", remedy=remedy)


def _list_spans(
    journal: Journal,
    found: Sequence[Change],
    kind: str | None,
    bounds: tuple[int | None, int | None],
    now_ms: int,
) -> tuple[Span, ...]:
    """Return the stretches in which lists were polled, from ``--since`` or the oldest change on."""
    since, until = bounds
    oldest = min((change.seen_at for change in found), default=0)
    return journal.reader.read_watched(since if since is not None else oldest, until or now_ms, kind)


def _write(
    found: Sequence[Change],
    spans: Sequence[Span],
    output: str,
    bounds: tuple[int | None, int | None],
    now_ms: int,
) -> None:
    from matui.live.journal.change_views import serialize_change, serialize_span

    if output == "json":
        items = [serialize_change(change) for change in found]
        print_line(to_json({"items": items, "watched": [serialize_span(span) for span in spans]}, indent=2))
    elif output == "jsonl":
        for change in found:
            print_line(to_json(serialize_change(change)))
    else:
        _write_table(found, spans, bounds, now_ms)


def _note_none(about: str | None, bounds: tuple[int | None, int | None]) -> None:
    since, until = bounds
    of = f" of {clean(about)}" if about is not None else ""
    when = " until then" if since is None else " since then" if until is None else " in that time"
    note(f"No change{of} is recorded{when if since is not None or until is not None else ''}.")


def _write_table(
    found: Sequence[Change], spans: Sequence[Span], bounds: tuple[int | None, int | None], now_ms: int
) -> None:
    from matui.cli.output.table import print_table
    from matui.live.journal.change_views import build_change_row, build_gaps
    from matui.resources.kinds.changes import CHANGES, order_by_time

    since, until = bounds
    until = until or now_ms
    start = since if since is not None else min((change.seen_at for change in found), default=until)
    rows = [*map(build_change_row, found), *build_gaps(spans, start, until)]
    if rows:
        rows.sort(key=order_by_time, reverse=True)
        print_table(CHANGES, rows)

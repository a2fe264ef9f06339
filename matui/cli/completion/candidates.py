"""The candidates of arguments and options. Nothing here sends a request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from matui.resources.kind import Kind

_ALIAS = r" \(| or |\)"  # SIGKILL (exit 137 or -9)
_TIMES = ("10m", "30m", "1h", "2h", "8h", "1d", "7d", "today", "yesterday")


def complete_targets(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return kinds for the first word of ``KIND ID…``, then names and ids that the journal knows."""
    typed = _get_typed(ctx, param)
    kind_name, slash, begin = incomplete.partition("/")
    if not typed and not slash:
        return _build_items(incomplete, _list_kind_names(ctx))
    kind = _find_kind(kind_name if slash else typed[0].partition("/")[0])
    if kind is None:
        return []
    before = f"{kind_name}/" if slash else ""
    return complete_rows(ctx, kind.id, begin if slash else incomplete, before, without=typed[1:])


def complete_jobs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the jobs that the journal knows, for ``JOB[/VERSION]``."""
    return [] if _get_typed(ctx, param) else complete_rows(ctx, "jobs", incomplete)


def complete_ident(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return known names and ids for an argument after that of the kind."""
    kind = _find_kind(ctx.params.get("kind") or "")
    return complete_rows(ctx, kind.id, incomplete) if kind is not None else []


def complete_workspaces(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the ids of the workspaces that the journal knows, with their names."""
    from click.shell_completion import CompletionItem

    from matui.cli.completion.known_rows import find_known_rows, is_plain

    rows = find_known_rows(ctx, "workspaces", incomplete)
    return [
        CompletionItem(row.id, help=row.name)
        for row in rows
        if is_plain(row.id) and row.id.startswith(incomplete)
    ]


def complete_rows(
    ctx: click.Context, kind_id: str, incomplete: str, before: str = "", without: Sequence[str] = ()
) -> list[CompletionItem]:
    """Return known names that begin with ``incomplete``, each after ``before``; ids where names do not fit.

    A name that several rows have is left to their ids.
    """
    from click.shell_completion import CompletionItem

    from matui.cli.completion.known_rows import find_known_rows, is_plain

    rows = find_known_rows(ctx, kind_id, incomplete)
    names = [row.name for row in rows]
    found: dict[str, str] = {}
    for row in rows:
        is_named = is_plain(row.name) and names.count(row.name) == 1 and row.name.startswith(incomplete)
        word = row.name if is_named else row.id
        if is_plain(word) and word.startswith(incomplete) and word not in without:
            found[word] = f"{row.status} · {row.id}" if is_named else f"{row.status} · {row.name}"
    return [CompletionItem(f"{before}{word}", help=_clean_for_shell(text)) for word, text in found.items()]


def complete_kind_option(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the names of kinds for an option."""
    from matui.resources.registry import KINDS

    return _build_items(incomplete, [*KINDS, "triage"])


def complete_columns(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the columns of the kind that is typed, each after ``-`` where one is."""
    from matui.resources.columns import add_profile_columns

    kind = find_typed_kind(ctx)
    if kind is None:
        return []
    sign = incomplete[:1] if incomplete.startswith("-") else ""
    return _build_items(incomplete, [f"{sign}{column.id}" for column in add_profile_columns(kind).columns])


def complete_profiles(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the profiles of the config file, after the last comma; none where it cannot be read."""
    before, comma, word = incomplete.rpartition(",")
    chosen = before.split(",")
    names = [name for name in list_profile_names(ctx) if name not in chosen]
    return _build_items(incomplete, [f"{before}{comma}{name}" for name in names if name.startswith(word)])


def list_profile_names(ctx: click.Context) -> list[str]:
    """Return the names of the profiles of the config file or of the demo."""
    from matui.cli.completion.known_rows import is_plain, read_tables
    from matui.config.values import NAMED_DEMO_PROFILES

    if ctx.find_root().params.get("demo"):
        return list(NAMED_DEMO_PROFILES)
    profiles = read_tables(ctx).get("profiles")
    return [name for name in profiles if is_plain(name)] if isinstance(profiles, dict) else []


def complete_themes(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names of matui's themes and the user's."""
    from matui.cli.completion.known_rows import is_plain
    from matui.config.paths import get_user_themes_dir
    from matui.config.theme_files import read_themes

    themes, _notices = read_themes(get_user_themes_dir())
    return _build_items(incomplete, [theme.name for theme in themes if is_plain(theme.name)])


def complete_goals(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the goals of ``wait``, after the last comma, with the statuses known of the kind."""
    from matui.cli.completion.known_rows import list_known_statuses
    from matui.resources.model import Phase
    from matui.resources.state_words import list_statuses

    before, comma, word = incomplete.rpartition(",")
    goals = [*(phase.value for phase in Phase), "ended", "deleted"]
    kind = find_typed_kind(ctx)
    if word and kind is not None:
        goals += [*list_known_statuses(ctx, kind.id), *list_statuses(kind)]
    return _build_items(incomplete, [f"{before}{comma}{goal}" for goal in dict.fromkeys(goals)])


def complete_catalogs(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names of catalogs."""
    from matui.resources.kinds.configs import CATALOGS

    return _build_items(incomplete, CATALOGS)


def complete_codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the next word of the codes that ``explain`` knows: ``ModelArts.0010``, ``exit 137``."""
    from click.shell_completion import CompletionItem

    from matui.base.codes.error_codes import list_explanations, list_peer_codes
    from matui.base.codes.run_codes import list_run_codes

    codes = (*list_explanations(), *list_peer_codes(), *list_run_codes())
    known = {word: each.kind for each in codes for word in re.split(_ALIAS, each.code) if word}
    typed = _get_typed(ctx, param)
    begin = " ".join((*typed, incomplete)).casefold()
    found = {
        code.split()[len(typed)]: words for code, words in known.items() if code.casefold().startswith(begin)
    }
    return [CompletionItem(word, help=_clean_for_shell(words)) for word, words in found.items()]


def complete_topics(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the topics of the guide, then the commands."""
    from matui.guide import TOPICS

    group = ctx.find_root().command
    commands = group.list_commands(ctx) if isinstance(group, click.Group) else []
    return _build_items(incomplete, dict.fromkeys([*TOPICS, *commands]))


def complete_times(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return a few of the times that ``--since`` and ``--until`` take."""
    return _build_items(incomplete, _TIMES)


def complete_capsules(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the ids of the capsules that were saved, the newest first."""
    from matui.cli.completion.known_rows import is_plain
    from matui.config.paths import get_capsules_dir

    try:
        names = sorted((file.stem for file in get_capsules_dir(demo=False).glob("*.zip")), reverse=True)
    except OSError:
        return []
    return _build_items(incomplete, [name for name in names if is_plain(name)])


def find_typed_kind(ctx: click.Context) -> Kind | None:
    """Return the kind that the words of the command begin with, None for none."""
    from matui.cli.completion.known_rows import TypedLine

    words = ctx.params.get("words") or ()
    if not words and isinstance(ctx.obj, TypedLine):
        words = ctx.obj.words
    kinds = (_find_kind(word.partition("/")[0]) for word in words)
    return next((kind for kind in kinds if kind is not None), None)


def _find_kind(name: str) -> Kind | None:
    from matui.resources.kinds.triage import SEVERAL_KINDS
    from matui.resources.registry import KIND_NAMES, KINDS

    folded = name.casefold()
    return SEVERAL_KINDS.get(folded) or KINDS.get(KIND_NAMES.get(folded, ""))


def _list_kind_names(ctx: click.Context) -> list[str]:
    from matui.resources.registry import KINDS

    names = [name for kind in KINDS.values() for name in (kind.id, kind.singular)]
    return [*names, "all", "triage"] if ctx.command.name == "get" else names


def _get_typed(ctx: click.Context, param: click.Parameter) -> Sequence[str]:
    typed = ctx.params.get(param.name or "") or ()
    return (typed,) if isinstance(typed, str) else typed


def _clean_for_shell(text: str) -> str:
    from matui.base.text.sanitize import clean

    return " ".join(clean(text).split())


def _build_items(incomplete: str, names: Iterable[str]) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in names if name.startswith(incomplete)]

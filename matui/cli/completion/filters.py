"""The candidates of ``--filter``: fields of the kind that is typed, and their values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from matui.resources.kind import Kind

_TERM = re.compile(r"(?P<before>.*?)(?P<sign>!?)(?P<field>[\w-]+)(?P<is>[:=])(?P<typed>[^,\s]*(?:,[^,\s]*)*)")
_FIELD = re.compile(r"(?P<before>.*?)(?P<sign>!?)(?P<field>[\w-]*)")
_SPANS = ("2h", "1d", "7d")


def complete_filter(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return what completes the last term of a filter: the name of a field, or a value of one."""
    from click.shell_completion import CompletionItem

    from matui.cli.completion.candidates import find_typed_kind
    from matui.cli.completion.shells import NO_SPACE

    kind = find_typed_kind(ctx)
    head, blank, term = incomplete.rpartition(" ")
    start = head + blank
    if (named := _TERM.fullmatch(term)) and not named["before"]:
        listed, comma, word = named["typed"].rpartition(",")
        before = f"{start}{named['sign']}{named['field']}{named['is']}{listed}{comma}"
        values = _values(ctx, kind, named["field"].casefold())
        return [CompletionItem(before + value) for value in values if value.startswith(word)]
    if (named := _FIELD.fullmatch(term)) and not named["before"]:
        fields = _fields(kind)
        return [
            CompletionItem(f"{start}{named['sign']}{field}", type=NO_SPACE)
            for field in fields
            if field.startswith(named["field"])
        ]
    return []


def _fields(kind: Kind | None) -> list[str]:
    """Return the fields of a kind, each with the sign that follows it."""
    from matui.resources.filter_fields import SPANS, known_fields

    if kind is None:
        names = known_fields(())
    else:
        shared = ("phase", "status", "name", "id", "owner", "workspace", "profile", "cloud")
        names = list(dict.fromkeys((*shared, *sorted(SPANS), *(column.id for column in kind.columns))))
    return [f"{name}{'<' if name in SPANS else ':'}" for name in names]


def _values(ctx: click.Context, kind: Kind | None, field: str) -> list[str]:
    from matui.cli.completion.candidates import profile_names
    from matui.cli.completion.known_rows import is_plain, known_statuses, read_known_rows
    from matui.resources.model import Phase
    from matui.resources.registry import KINDS

    if field == "phase":
        return [phase.value for phase in Phase]
    if field == "kind":
        return list(KINDS)
    if field == "cloud":
        return ["modelarts", "qianfan", "opensearch"]
    if field == "stalled":
        return ["yes", "no"]
    if field == "profile":
        return profile_names(ctx)
    if kind is None:
        return []
    if field == "status":
        return [status.casefold() for status in known_statuses(ctx, kind.id) if is_plain(status)]
    if field == "name":
        return [row.name for row in read_known_rows(ctx, kind.id) if is_plain(row.name)]
    return []

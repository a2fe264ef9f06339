"""The candidates of ``--filter``: fields of the kind that is typed, and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def complete_filter_option(
    ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return what completes the last term of a filter: the name of a field, or a value of one."""
    from click.shell_completion import CompletionItem

    from matui.cli.completion.candidates import find_typed_kind
    from matui.cli.completion.shells import NO_SPACE
    from matui.resources.filter_completion import complete_filter

    kind = find_typed_kind(ctx)
    kind_id = kind.id if kind is not None else ""
    found = complete_filter(incomplete, kind, lambda field: _list_known_values(ctx, kind_id, field))
    return [CompletionItem(one.text, type=NO_SPACE if one.is_open else "plain") for one in found]


def _list_known_values(ctx: click.Context, kind_id: str, field: str) -> list[str]:
    """Return the values of a field that the settings and the journal know."""
    from matui.cli.completion.candidates import list_profile_names
    from matui.cli.completion.known_rows import find_known_rows, is_plain, list_known_statuses
    from matui.cli.group import CLOUDS

    if field == "cloud":
        return list(CLOUDS)
    if field == "profile":
        return list_profile_names(ctx)
    if field == "status" and kind_id:
        return [status.casefold() for status in list_known_statuses(ctx, kind_id) if is_plain(status)]
    if field == "name" and kind_id:
        return [row.name for row in find_known_rows(ctx, kind_id) if is_plain(row.name)]
    return []

"""``matui explain CODE``: what an API error code means and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matui.base.error_codes import all_explanations, explain, suggestions
from matui.base.errors import MatuiError, UsageError
from matui.base.sanitize import clean

if TYPE_CHECKING:
    from matui.base.error_codes import Explanation

_LONGEST_SHOWN = 60


@click.command("explain", short_help="What an API error code means and what to do.")
@click.argument("words", metavar="CODE", nargs=-1)
@click.option("--list", "list_all", is_flag=True, help="Show every code that is known.")
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Format."
)
def command(words: tuple[str, ...], list_all: bool, output: str) -> None:
    """Say what an API error code means and what to do about it.

    CODE is written as the cloud sends it (ModelArts.6305, APIGW.0301) or as its number alone (6305).
    """
    code = " ".join(words).strip()
    if list_all == bool(code):
        raise UsageError("Give one error code or --list.", remedy="Example: matui explain ModelArts.6305")
    if list_all:
        _show_all(output)
    else:
        _show_one(code, output)


def _show_one(code: str, output: str) -> None:
    entry = explain(code)
    if entry is None:
        shown = clean(code[:_LONGEST_SHOWN])
        raise MatuiError(f"The error code {shown} does not exist in matui's list.", remedy=_advice(code))
    click.echo(_json(_as_dict(entry)) if output == "json" else _as_text(entry))


def _show_all(output: str) -> None:
    entries = all_explanations()
    if output == "json":
        click.echo(_json([_as_dict(entry) for entry in entries]))
        return
    width = max(len(entry.code) for entry in entries)
    click.echo("\n".join(f"{entry.code:<{width}}  {entry.meaning}" for entry in entries))


def _advice(code: str) -> str:
    near = suggestions(code)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return "See every code with: matui explain --list"


def _as_text(entry: Explanation) -> str:
    return f"{entry.code} ({entry.kind})\n{entry.meaning}\nWhat to do: {entry.remedy}"


def _as_dict(entry: Explanation) -> dict[str, str]:
    return {"code": entry.code, "kind": entry.kind, "meaning": entry.meaning, "remedy": entry.remedy}


def _json(value: object) -> str:
    import json

    return json.dumps(value, indent=2, ensure_ascii=False)

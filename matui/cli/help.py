"""``matui help [TOPIC]``: the user's guide, or the help of a command."""

from __future__ import annotations

import os
import shutil
import textwrap

import click

from matui.base.errors import UsageError
from matui.base.text.near_names import find_nearest_names
from matui.cli.completion.candidates import complete_topics
from matui.cli.output.streams import escape_for_stdout, note, print_line
from matui.guide import TOPICS, list_topics, read_topic
from matui.guide.rendering import render_text

_WIDEST = 120  # columns
_NARROWEST = 20
_INDENT = "  "


@click.command("help")
@click.argument("topic", required=False, shell_complete=complete_topics)
@click.pass_context
def command(ctx: click.Context, topic: str | None) -> None:
    """Show a topic of the guide, or the help of a command; without TOPIC list the topics.

    On a terminal a topic is shown in a pager: $MATUI_PAGER, $PAGER or less.
    """
    if topic is None:
        _list_topics()
    elif topic.casefold() in TOPICS:
        _show(render_text(read_topic(topic.casefold()).text, _measure_width()))
    else:
        _show_command_help(ctx, topic)


def _measure_width() -> int:
    """Return the columns of text: COLUMNS, those of the terminal, or else 80."""
    return max(_NARROWEST, min(shutil.get_terminal_size().columns, _WIDEST))


def _list_topics() -> None:
    width = _measure_width()
    rows = "\n".join(f"| {topic.name} | {topic.summary} |" for topic in list_topics())
    table = render_text(f"| | |\n| --- | --- |\n{rows}", width - len(_INDENT))
    print_line(render_text("Topics of the guide; show one with: matui help TOPIC", width))
    print_line(textwrap.indent(table, _INDENT))
    print_line(render_text("Help of a command: matui COMMAND --help", width).rstrip())


def _show(text: str) -> None:
    """Show ``text`` in a pager on a terminal; write it to stdout elsewhere."""
    pager = os.environ.get("MATUI_PAGER", "").strip()
    if pager and shutil.which(pager.split()[0]):
        os.environ["PAGER"] = pager
    elif pager:
        note(f"MATUI_PAGER names no program: {pager.split()[0]!r}. The topic is shown as without it.")
    os.environ.setdefault("LESS", "FRX")  # as git does: no pager for what fits on the screen
    click.echo_via_pager(escape_for_stdout(text))


def _is_kind(name: str) -> bool:
    from matui.resources.registry import find_kind

    try:
        return bool(find_kind(name))
    except UsageError:
        return False


def _show_command_help(ctx: click.Context, name: str) -> None:
    group = ctx.find_root().command
    parent = ctx.parent
    if not isinstance(group, click.Group) or parent is None:
        raise TypeError("help is a command of a group")
    names = group.list_commands(parent)
    if name not in names:
        near = ["kinds"] if _is_kind(name) else find_nearest_names(name, [*TOPICS, *names])
        raise UsageError(
            f"There is no topic {name!r}.",
            remedy=f"Did you mean {' or '.join(near)}?" if near else "See the topics with: matui help",
        )
    found = group.get_command(parent, name)
    if found is not None:
        with click.Context(found, info_name=name, parent=parent) as inner:
            print_line(found.get_help(inner))

"""``matui lock|unlock|drain|reboot|reset nodes POOL/NODE…``: actions on the nodes of pools (v2)."""

from __future__ import annotations

from dataclasses import replace

import click

from matui.base.errors import UsageError
from matui.cli.actions import ConfirmOptions, confirm_options
from matui.cli.briefed_actions import run_briefed
from matui.cli.options import Options
from matui.cli.session import Session
from matui.clouds.protocols import Reads, require
from matui.resources.model import Resource
from matui.resources.registry import KINDS


def _build_command(action_id: str, summary: str) -> click.Command:
    @click.command(
        action_id, short_help=summary, help=f"{summary} POOL is an id, or a name that only one has."
    )
    @click.argument("words", metavar="nodes POOL/NODE...", nargs=-1, required=True)
    @confirm_options
    @click.pass_obj
    def act(options: Options, words: tuple[str, ...], asked: ConfirmOptions) -> int:
        kind, *names = words
        if kind not in ("nodes", "node") or not names:
            raise UsageError(
                f"matui {action_id} is for nodes of pools.",
                remedy=f"Example: matui {action_id} nodes POOL/NODE",
            )

        async def find(session: Session) -> list[Resource]:
            return [await _find_node(session, name) for name in dict.fromkeys(names)]

        return run_briefed(options, action_id, find, {}, asked)

    return act


async def _find_node(session: Session, word: str) -> Resource:
    from matui.cli.resolve import find_one

    pool_word, _, name = word.partition("/")
    if not (pool_word and name):
        raise UsageError(f"{word!r} is no node.", remedy="Name it as POOL/NODE.")
    pool = await find_one(session, KINDS["pools"], pool_word)
    node = await require(session.cloud, Reads).read("poolnodes", f"{pool.id}/{name}")
    return replace(node, facts={**node.facts, "pool_name": pool.name})  # by which a rule may protect it


lock = _build_command("lock", "Lock functions of nodes, such as deleting them.")
unlock = _build_command("unlock", "Unlock the functions of nodes.")
drain = _build_command("drain", "Move away what runs on nodes.")
reboot = _build_command("reboot", "Reboot nodes.")
reset = _build_command("reset", "Install nodes anew; their local disks are erased.")

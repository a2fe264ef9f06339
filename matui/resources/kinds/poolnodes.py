"""Nodes of resource pools (v2); their id is ``POOL/NODE``."""

from __future__ import annotations

from matui.resources.columns import AGE, ID, NAME, STATUS, fact_count, fact_text
from matui.resources.kind import Action, Kind
from matui.resources.model import Resource, build_status_table

MOST_AT_ONCE = 10
COUNTDOWN_S = 10.0
STATUSES = build_status_table(running="Available", pending="Creating Deleting Checking", failed="Abnormal")
_MOVING = {
    "creating": "it is still being created",
    "deleting": "it is being deleted",
    "checking": "it is being checked",
}
_LOOK = "In the ModelArts console, Delete of the node is disabled while the node is locked."


def _why_not(node: Resource) -> str | None:
    return _MOVING.get(node.status.lower())


def _why_never(_node: Resource) -> str | None:
    return None


def _action(ident: str, consequence: str, *, typed: bool = False) -> Action:
    free = ident in ("lock", "unlock")
    return Action(
        ident,
        ident,
        _why_never if free else _why_not,
        consequence,
        typed=typed,
        countdown_s=COUNTDOWN_S,
        look=_LOOK if free else "",
    )


def _show_cards(count: float) -> str:
    """Return a number of cards; a workload may hold a part of one."""
    return f"{count:g}"


POOLNODES = Kind(
    id="poolnodes",
    singular="node",
    short=(),
    title="Nodes of a pool",
    within="pools",
    columns=(
        NAME,
        STATUS,
        fact_text("flavor", "FLAVOR", width=10, max_width=28, drop=8),
        fact_text("address", "ADDRESS", width=9, max_width=15, drop=7),
        fact_count("cards", "CARDS", drop=6, width=5, show=_show_cards),
        fact_count("cards_free", "FREE", drop=5, width=4, show=_show_cards),
        fact_count("work", "WORK", drop=6, width=4),
        fact_text("on_it", "ON IT", width=10, max_width=40, drop=9),
        fact_text("maintenance", "MAINTENANCE", width=11, max_width=30, drop=1)._replace(sparse=True),
        AGE,
        ID,
    ),
    cadence_s=30,
    actions=(
        _action("lock", "Functions of the node, such as deleting it, are locked; what runs on it goes on."),
        _action("unlock", "The functions of the node can be used again."),
        _action("drain", "What runs on the node is moved away: its work is interrupted."),
        _action("reboot", "The node reboots: what runs on it is interrupted."),
        _action(
            "reset",
            "The node is installed anew: what runs on it is interrupted, and its local disks are erased.",
            typed=True,
        ),
    ),
)

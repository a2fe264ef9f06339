"""Nodes of resource pools (v2); their id is ``POOL/NODE``."""

from __future__ import annotations

from matui.resources.columns import AGE, ID, NAME, STATUS, build_fact_count_column, build_fact_text_column
from matui.resources.kind import Action, Kind, refuse_in
from matui.resources.model import build_status_table

MOST_AT_ONCE = 10
COUNTDOWN_S = 10.0
STATUSES = build_status_table(running="Available", pending="Creating Deleting Checking", failed="Abnormal")
_MOVING = {
    "creating": "it is still being created",
    "deleting": "it is being deleted",
    "checking": "it is being checked",
}
_LOOK = "In the ModelArts console, Delete of the node is disabled while the node is locked."


def _build_action(ident: str, consequence: str, *, typed: bool = False) -> Action:
    free = ident in ("lock", "unlock")
    return Action(
        ident,
        ident,
        refuse_in({} if free else _MOVING),
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
        build_fact_text_column("flavor", "FLAVOR", width=10, max_width=28, drop=8),
        build_fact_text_column("address", "ADDRESS", width=9, max_width=15, drop=7),
        build_fact_count_column("cards", "CARDS", drop=6, width=5, show=_show_cards),
        build_fact_count_column("cards_free", "FREE", drop=5, width=4, show=_show_cards),
        build_fact_count_column("work", "WORK", drop=6, width=4),
        build_fact_text_column("on_it", "ON IT", width=10, max_width=40, drop=9),
        build_fact_text_column("maintenance", "MAINTENANCE", width=11, max_width=30, drop=1)._replace(
            sparse=True
        ),
        AGE,
        ID,
    ),
    cadence_s=30,
    actions=(
        _build_action(
            "lock", "Functions of the node, such as deleting it, are locked; what runs on it goes on."
        ),
        _build_action("unlock", "The functions of the node can be used again."),
        _build_action("drain", "What runs on the node is moved away: its work is interrupted."),
        _build_action("reboot", "The node reboots: what runs on it is interrupted."),
        _build_action(
            "reset",
            "The node is installed anew: what runs on it is interrupted, and its local disks are erased.",
            typed=True,
        ),
    ),
)

"""The command that helps with a row of triage, of those that its cloud supports. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from matui.clouds.protocols import Cloud
from matui.live.capabilities import explain_missing_pane
from matui.resources.kind import Pane
from matui.resources.model import Resource
from matui.resources.registry import kind_by_id

_PANES: Mapping[str, Pane] = {"logs": "log", "events": "events", "metrics": "metrics"}


def helping_command(cloud: Cloud, row: Resource) -> str:
    """Return the id of the command that a rule names, ``why`` where it opens a pane that the cloud lacks."""
    command = row.text_fact("help")
    pane = _PANES.get(command)
    if pane is not None and explain_missing_pane(cloud, kind_by_id(row.kind), pane) is not None:
        return "why"
    return command

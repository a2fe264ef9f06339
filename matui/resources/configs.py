"""Training job configurations (chapter 5.2 of the reference)."""

from __future__ import annotations

from matui.resources.columns import AGE, ID, NAME, fact_text
from matui.resources.kind import Action, Kind, consequence
from matui.resources.model import Resource


def _why_not_delete(config: Resource) -> str | None:
    return "it is a sample of the cloud's" if config.facts.get("type") == "sample" else None


CONFIGS = Kind(
    id="configs",
    singular="config",
    short=("cfg",),
    title="Job configurations",
    key="8",
    by_workspace=False,
    columns=(
        NAME,
        fact_text("type", "TYPE", width=6, max_width=6, drop=4),
        fact_text("engine", "ENGINE", width=10, max_width=32, drop=5),
        AGE,
        fact_text("description", "DESCRIPTION", width=11, max_width=60, drop=7),
        ID,
    ),
    default_sort="name",
    default_reverse=False,
    cadence_s=60,
    actions=(
        Action(
            "delete",
            "delete",
            _why_not_delete,
            consequence(
                "The configuration is deleted for good; jobs created from it are kept.",
                "{count} configurations are deleted for good; jobs created from them are kept.",
            ),
            typed=True,
        ),
    ),
    panes=("detail", "raw"),
)

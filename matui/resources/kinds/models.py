"""Imported models (chapter 6 of the reference)."""

from __future__ import annotations

from matui.base.formatting import format_bytes
from matui.resources.columns import (
    AGE,
    DESCRIPTION,
    ID,
    NAME,
    OWNER,
    STATUS,
    WORKSPACE,
    fact_count,
    fact_text,
)
from matui.resources.kind import Action, Kind, consequence, delete_action
from matui.resources.model import Resource, build_status_table

STATUSES = build_status_table(
    pending="publishing building deleting",
    done="published",
    failed="failed building_failed",
)


def _why_not_delete(model: Resource) -> str | None:
    return "it is still being built" if model.status == "building" else None


MODELS = Kind(
    id="models",
    singular="model",
    short=("mdl",),
    title="Models",
    key="6",
    columns=(
        NAME,
        fact_text("version", "VERSION", width=7, max_width=10, drop=5),
        STATUS,
        fact_text("type", "TYPE", width=10, max_width=14, drop=7),
        fact_count("size", "SIZE", drop=8, width=8, show=format_bytes),
        fact_text("source", "SOURCE", width=6, max_width=10, drop=10),
        AGE,
        OWNER,
        DESCRIPTION,
        WORKSPACE,
        ID,
    ),
    default_sort="age",
    cadence_s=60,
    actions=(
        delete_action(
            _why_not_delete,
            "This version of the model is deleted for good; the cloud refuses while a service uses it.",
            "{count} model versions are deleted for good; the cloud refuses those that a service uses.",
        ),
        Action(
            "delete-versions",
            "delete all versions",
            _why_not_delete,
            consequence(
                "Every version of this name is deleted for good, 20 at most; those in use are kept.",
                "Every version of {count} names is deleted for good, 20 each at most; those in use are kept.",
            ),
            typed=True,
            verb="delete all versions of",
        ),
    ),
)

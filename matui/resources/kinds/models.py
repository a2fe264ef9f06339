"""Imported models (chapter 6 of the reference)."""

from __future__ import annotations

from matui.base.text.formatting import format_bytes
from matui.resources.columns import (
    AGE,
    DESCRIPTION,
    ID,
    NAME,
    OWNER,
    STATUS,
    WORKSPACE,
    build_fact_count_column,
    build_fact_text_column,
)
from matui.resources.kind import DELETE_VERSIONS, Action, Kind, build_consequence, delete_action, refuse_in
from matui.resources.model import build_status_table

STATUSES = build_status_table(
    pending="publishing building deleting",
    done="published",
    failed="failed building_failed",
)
_explain_no_delete = refuse_in({"building": "it is still being built"})

MODELS = Kind(
    id="models",
    singular="model",
    short=("mdl",),
    title="Models",
    key="6",
    columns=(
        NAME,
        build_fact_text_column("version", "VERSION", width=7, max_width=10, drop=5),
        STATUS,
        build_fact_text_column("type", "TYPE", width=10, max_width=14, drop=7),
        build_fact_count_column("size", "SIZE", drop=8, width=8, show=format_bytes),
        build_fact_text_column("source", "SOURCE", width=6, max_width=10, drop=10),
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
            _explain_no_delete,
            "This version of the model is deleted for good; the cloud refuses while a service uses it.",
            "{count} model versions are deleted for good; the cloud refuses those that a service uses.",
        ),
        Action(
            DELETE_VERSIONS,
            "delete all versions",
            _explain_no_delete,
            build_consequence(
                "Every version of this name is deleted for good, 20 at most; those in use are kept.",
                "Every version of {count} names is deleted for good, 20 each at most; those in use are kept.",
            ),
            typed=True,
            verb="delete all versions of",
        ),
    ),
)

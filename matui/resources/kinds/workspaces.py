"""Workspaces, which control access to resources (chapter 8 of the reference)."""

from __future__ import annotations

from matui.resources.columns import AGE, DESCRIPTION, ID, NAME, OWNER, STATUS, build_fact_text_column
from matui.resources.kind import Kind, delete_action
from matui.resources.model import Resource, build_status_table

STATUSES = build_status_table(
    running="NORMAL",
    pending="CREATING DELETING",
    stopped="DELETED",
    failed="CREATE_FAILED DELETE_FAILED",
)

DEFAULT_WORKSPACE = "0"


def _explain_no_delete(workspace: Resource) -> str | None:
    if workspace.id == DEFAULT_WORKSPACE:
        return "the default workspace cannot be deleted"
    return "it is already being deleted" if workspace.status == "DELETING" else None


WORKSPACES = Kind(
    id="workspaces",
    singular="workspace",
    short=("ws",),
    title="Workspaces",
    key="4",
    by_workspace=False,
    columns=(
        NAME,
        STATUS,
        build_fact_text_column("auth_type", "AUTH", width=8, max_width=8, drop=7),
        build_fact_text_column("enterprise_project", "ENTERPRISE PROJECT", width=18, max_width=28, drop=8),
        OWNER,
        AGE,
        DESCRIPTION,
        ID,
    ),
    cadence_s=60,
    actions=(
        delete_action(
            _explain_no_delete,
            "The workspace is deleted for good; its resources can no longer be reached through it.",
            "{count} workspaces are deleted for good; resources are no longer reached through them.",
            becomes="DELETING",
        ),
    ),
    panes=("detail", "metrics", "raw"),
)

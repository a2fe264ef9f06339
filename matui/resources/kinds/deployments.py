"""Deployments of services and their versions (v2); ids are ``SERVICE/DEPLOYMENT`` and with ``/VERSION``."""

from __future__ import annotations

from matui.resources.columns import (
    AGE,
    DESCRIPTION,
    ID,
    NAME,
    STATUS,
    build_fact_count_column,
    build_fact_text_column,
)
from matui.resources.kind import Action, Kind
from matui.resources.model import Resource, build_status_table

CURRENT, EARLIER = "current", "earlier"
STATUSES = build_status_table(running=CURRENT, stopped=EARLIER)
DEPLOYMENTS = Kind(
    id="deployments",
    singular="deployment",
    short=("deploy",),
    title="Deployments",
    within="services",
    columns=(NAME, STATUS, build_fact_count_column("count", "INSTANCES", drop=7, width=9), AGE, ID),
    cadence_s=15,
)


def _explain_no_rollback(revision: Resource) -> str | None:
    if revision.status == CURRENT:
        return "it is the current version"
    state = revision.get_text("deployment_status")
    return f"the deployment is {state}" if state.lower() in ("upgrading", "deploying", "deleting") else None


REVISIONS = Kind(
    id="revisions",
    singular="revision",
    short=(),
    title="Versions of deployments",
    within="services",
    columns=(
        NAME,
        STATUS,
        build_fact_text_column("version", "VERSION", width=7, max_width=12, drop=0),
        build_fact_text_column("image", "IMAGE", width=10, max_width=32, drop=8),
        build_fact_count_column("count", "INSTANCES", drop=9, width=9),
        AGE,
        DESCRIPTION,
        ID,
    ),
    default_sort="age",
    cadence_s=15,
    actions=(
        Action(
            "rollback",
            "switch",
            _explain_no_rollback,
            "The deployment switches to this version; its instances are replaced one after another.",
            becomes=CURRENT,
            verb="switch to",
        ),
    ),
)


def choose_form_kind_id(kind: Kind, mode: str) -> str:
    """Return the kind whose form is opened: among the versions of deployments a deployment is created."""
    return DEPLOYMENTS.id if kind.id == REVISIONS.id and mode == "create" else kind.id

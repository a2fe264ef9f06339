"""The kinds of deployments and their versions."""

from __future__ import annotations

import pytest

from matui.resources.kinds.deployments import DEPLOYMENTS, REVISIONS, choose_form_kind_id
from matui.resources.model import Phase, Resource

(ROLLBACK,) = REVISIONS.actions


@pytest.mark.parametrize(
    ("status", "deployment", "reason"),
    [
        ("earlier", "running", None),
        ("current", "running", "it is the current version"),
        ("earlier", "upgrading", "the deployment is upgrading"),
    ],
)
def test_why_a_version_cannot_be_switched_to(status: str, deployment: str, reason: str | None) -> None:
    facts = {"deployment_status": deployment}
    row = Resource("revisions", "s/d/1", "1", status, Phase.STOPPED, "modelarts", "prod", facts=facts)
    assert ROLLBACK.why_not(row) == reason


def test_among_the_versions_a_deployment_is_created() -> None:
    assert choose_form_kind_id(REVISIONS, "create") == DEPLOYMENTS.id
    assert choose_form_kind_id(REVISIONS, "edit") == REVISIONS.id
    assert choose_form_kind_id(DEPLOYMENTS, "create") == DEPLOYMENTS.id

"""The default workspace cannot be deleted."""

from __future__ import annotations

from matui.resources.kinds.workspaces import WORKSPACES
from matui.resources.model import Phase, Resource


def test_only_the_default_workspace_cannot_be_deleted() -> None:
    delete = WORKSPACES.find_action("delete")
    assert delete is not None
    reasons = [
        delete.why_not(Resource("workspaces", ident, "w", "NORMAL", Phase.RUNNING, "modelarts", "p"))
        for ident in ("0", "1")
    ]
    assert reasons == ["the default workspace cannot be deleted", None]

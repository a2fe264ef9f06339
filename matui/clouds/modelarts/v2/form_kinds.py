"""What can be edited and created in v2, by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.clouds.modelarts.v1.form_kinds import FormKinds

FORM_KINDS: FormKinds = {
    "notebooks": ("edit",),
    "jobs": ("edit",),
    "workspaces": ("edit", "create"),
}

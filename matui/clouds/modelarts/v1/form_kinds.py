"""What can be edited, created and run again in v1, by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from matui.resources.forms.form import FormMode

FormKinds: TypeAlias = "Mapping[str, tuple[FormMode, ...]]"

FORM_KINDS: FormKinds = {
    "notebooks": ("edit", "create"),
    "jobs": ("edit", "create", "rerun"),
    "versions": ("edit", "rerun"),  # the description of a version is its job's
    "services": ("edit", "create"),
    "workspaces": ("edit", "create"),
    "visualizations": ("edit", "create"),
    "models": ("create",),
    "configs": ("edit", "create"),
}

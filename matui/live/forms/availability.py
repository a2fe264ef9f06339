"""Why a form is not offered. Apart from the forms: the key bar asks before the first rows are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matui.clouds.protocols import Cloud, Forms, explain_unsupported, has_capability, name_cloud
from matui.live.actions.policy import Policy
from matui.resources.model import Resource
from matui.resources.registry import get_kind

if TYPE_CHECKING:
    from matui.resources.forms.form import FormMode


def explain_no_form(
    cloud: Cloud, policy: Policy, mode: FormMode, kind_id: str, resource: Resource | None = None
) -> str | None:
    """Return why the form is not offered for the kind or the resource, or None."""
    has_form = has_capability(cloud, Forms) and cloud.has_form(kind_id, mode)
    if not has_form:
        reason = explain_unsupported(cloud, kind_id, mode)
        return reason or f"{name_cloud(cloud)} has no way to {mode} {get_kind(kind_id).title.lower()}"
    by_rule = policy.explain_denial(cloud.profile, mode)
    if by_rule is None and resource is not None:
        by_rule = policy.explain_denial_for(cloud.profile, resource)
    return by_rule

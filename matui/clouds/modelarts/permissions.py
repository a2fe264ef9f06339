"""Names the IAM action that a refused request lacks."""

from __future__ import annotations

import httpx

from matui.base.errors import PermissionDeniedError
from matui.base.permissions import required_action


def name_action(error: PermissionDeniedError, request: httpx.Request) -> None:
    """Say first which action ``request`` needs, where the reference names one."""
    sets_status = b'"status"' in request.content
    action = required_action(request.method, request.url.path, sets_status=sets_status)
    if action is not None:
        error.sentence = f"This needs the permission {action}. {error.sentence}"
        error.remedy = "Ask an administrator for it, or use another profile."

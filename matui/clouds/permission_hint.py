"""Names the IAM action that a refused request lacks."""

from __future__ import annotations

import httpx

from matui.errors import PermissionDeniedError
from matui.permissions import required_action


def name_action(error: PermissionDeniedError, request: httpx.Request) -> None:
    """Put the action that ``request`` needs into the error's remedy, where the reference names one."""
    sets_status = b'"status"' in request.content
    action = required_action(request.method, request.url.path, sets_status=sets_status)
    if action is not None:
        error.remedy = f"Ask an administrator for the permission {action}, or use another profile."

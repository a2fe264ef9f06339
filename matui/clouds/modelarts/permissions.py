"""Names the IAM action that a refused request lacks."""

from __future__ import annotations

import httpx

from matui.base.errors import PermissionDeniedError
from matui.base.permissions import required_action
from matui.clouds.http.denials import Denial, classify_denial

# Of the permission errors: those that IAM raises, and those about an app, an address or a region.
_IAM_CODES = ("0108", "0109", "0111", "0112", "6653", "7003", "0302")
_OTHER_CODES = ("0304", "0306", "0401", "0402", "0405", "0801", "0802", "0310")


def name_action(error: PermissionDeniedError, request: httpx.Request) -> None:
    """Name the IAM action that ``request`` needs, where the reference has one.

    The sentence names it where the refusal is about a permission, the remedy where it gives no reason.
    """
    sets_status = b'"status"' in request.content
    action = required_action(request.method, request.url.path, sets_status=sets_status)
    if action is None:
        return
    match _classify(error):
        case Denial.PERMISSION:
            error.sentence = f"This needs the permission {action}. {error.sentence}"
            error.remedy = "Ask an administrator for it, or use another profile."
        case Denial.UNSTATED:
            error.remedy = f"If a permission is missing, it is {action}."
        case _:
            return


def _classify(error: PermissionDeniedError) -> Denial:
    number = error.code.rpartition(".")[2]
    if number in _IAM_CODES:
        return Denial.PERMISSION
    return Denial.OTHER if number in _OTHER_CODES else classify_denial(error.code, error.message)

"""The action that keeps a running task or notebook as an image (v2)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from matui.base.errors import UsageError
from matui.resources.kind import Action
from matui.resources.model import Phase, Resource

_ADDRESS = re.compile(
    r"(?P<namespace>[a-z][A-Za-z0-9_.-]{0,63})/(?P<name>[a-z0-9][a-z0-9_.-]{0,127})"
    r"(:(?P<tag>[A-Za-z0-9_.-]{1,64}))?"
)
ARGUMENT = "NAMESPACE/NAME[:TAG] [TASK]"


def parse_image(argument: str) -> Mapping[str, str]:
    """Return the options of ``NAMESPACE/NAME[:TAG] [TASK]``. Raises UsageError."""
    address, _, task = argument.partition(" ")
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise UsageError(
            "save-image needs the image: an SWR namespace, a name in small letters, and a tag if you like.",
            remedy="Such as: save-image my-org/llm-debug:night-1",
        )
    parts = {name: value for name, value in match.groupdict().items() if value}
    return parts | ({"task": task.strip()} if task.strip() else {})


def _explain_no_save(resource: Resource) -> str | None:
    return None if resource.phase is Phase.RUNNING else "it is not running"


SAVE_IMAGE = Action(
    "save-image",
    "save image",
    _explain_no_save,
    "Its container is kept as an image; until that is done it cannot be used.",
    verb="save the image of",
    argument=ARGUMENT,
    parse=parse_image,
)

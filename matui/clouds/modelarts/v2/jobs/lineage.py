"""Which v2 job another one repeats: a rerun is a new job, so its description or its name states it. Pure."""

from __future__ import annotations

import re

from matui.base.sanitize import clean
from matui.clouds.modelarts.v2.jobs.configuration import numbered_base

_STATED = re.compile(r"Rerun of (\S{1,64}) \(([A-Za-z0-9-]{1,64})\)\.")


def state_origin(name: str, job_id: str, description: str) -> str:
    """Return the description of a rerun: the given one, or which job it repeats where that has none."""
    own = description.strip()
    is_free = own in ("", "NULL") or _STATED.fullmatch(own) is not None
    return f"Rerun of {name} ({job_id})." if is_free else description


def origin_id(description: str) -> str:
    """Return the id of the job that a description states to be the original, ``""`` for none."""
    stated = _STATED.search(description)
    return stated[2] if stated else ""


def describe_origin(name: str, description: str) -> str:
    """Return which job this one is a rerun of, as its description or only its name says, ``""`` for none."""
    if stated := _STATED.search(description):
        return clean(f"{stated[1]} ({stated[2]})")
    base = numbered_base(name)
    return f"{clean(base)} (by name)" if base else ""

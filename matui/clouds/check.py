"""What one step of ``matui doctor`` found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from matui.errors import CloudError, MatuiError

State: TypeAlias = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; ``exit_code`` is what it means for the whole when it failed."""

    name: str
    state: State
    found: str
    remedy: str = ""
    exit_code: int = 0


def failed(name: str, error: MatuiError) -> Check:
    """Return the check that ``error`` makes of a step; file, line, key, code and request id are kept."""
    if isinstance(error, CloudError):
        found = f"{error.sentence} ({error.reference})" if error.reference else error.sentence
    else:
        found = str(error).removesuffix(error.remedy).strip()
    return Check(name, "fail", found, error.remedy, error.exit_code)

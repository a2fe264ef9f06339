"""The global options of every command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """The global options as typed; None for those not given."""

    profile: str | None = None
    config: Path | None = None
    workspace: str | None = None
    screen: str | None = None
    read_only: bool = False
    theme: str | None = None
    debug: bool = False
    demo: bool = False
    all_profiles: bool = False
    record: Path | None = None
    redact: bool = False
    replay: Path | None = None

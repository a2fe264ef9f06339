"""Saved training job configurations (5.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Config:
    """A saved configuration; ``kind`` is custom or sample, ``settings`` the fields of the request."""

    name: str
    created: int
    settings: dict[str, Any]
    kind: str = "custom"
    description: str = ""
    override: dict[str, Any] = field(default_factory=dict)

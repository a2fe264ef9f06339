"""A screen that writes few bytes."""

from __future__ import annotations

from textual.screen import Screen


class LeanScreen(Screen[None]):
    """Base of matui's full screens."""

"""Says in words what a cloud lacks that others have: kinds, actions, forms and panes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

Unsupported = Mapping[tuple[str, str], str]
"""(kind, action, form or pane) → why there is none; with ``""`` for the whole kind."""


class UnsupportedMixin:
    """The words of one cloud; what is in its ``unsupported`` it does not offer."""

    title: ClassVar[str]
    kinds: tuple[str, ...]
    unsupported: ClassVar[Unsupported]

    def why_not(self, kind: str, action: str) -> str | None:
        """Return why the kind has no such action, form or pane, or None."""
        return self.unsupported.get((kind, action)) or self._without(kind)

    def _without(self, kind: str) -> str | None:
        from matui.resources.registry import INNER_KINDS, KINDS

        told = self.unsupported.get((kind, ""))
        outer = INNER_KINDS[kind].within if kind in INNER_KINDS else kind
        if told is not None or outer in self.kinds or outer not in KINDS:
            return told
        return f"{self.title} has no {KINDS[outer].label}"

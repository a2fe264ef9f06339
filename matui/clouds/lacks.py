"""Says in words what a cloud lacks that others have: kinds, actions, forms and panes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

Lacks = Mapping[tuple[str, str], str]
"""(kind, action, form or pane) → why there is none; with ``""`` for the whole kind."""

_OUTER = {"versions": "jobs", "nodes": "services"}


class SaysLacks:
    """The words of one cloud; what is in its ``lacks`` it does not offer."""

    title: ClassVar[str]
    kinds: tuple[str, ...]
    lacks: ClassVar[Lacks]

    def why_not(self, kind: str, action: str) -> str | None:
        """Return why there is no such action or form for the kind, None where there is nothing to say."""
        return self.lacks.get((kind, action)) or self._without(kind)

    def why_no_pane(self, kind: str, pane: str) -> str | None:
        """Return why there is no such pane for the kind, None where there is one."""
        return self.lacks.get((kind, pane)) or self._without(kind)

    def _without(self, kind: str) -> str | None:
        from matui.resources.registry import KINDS

        told = self.lacks.get((kind, ""))
        outer = _OUTER.get(kind, kind)
        if told is not None or outer in self.kinds or outer not in KINDS:
            return told
        called = KINDS[outer].title
        return f"{self.title} has no {called.lower() if called[1:].islower() else called}"

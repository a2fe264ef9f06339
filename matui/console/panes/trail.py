"""The panes that the open pane was opened out of, to go back to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matui.console.panes.base import Pane
    from matui.console.session import ConsoleSession
    from matui.resources.model import Resource


class _Step(NamedTuple):
    pane_class: type[Pane]
    session: ConsoleSession
    resource: Resource
    view: Any


class PaneTrail:
    """Remembers panes, the latest last, and builds the latest anew where it was left."""

    def __init__(self) -> None:
        self._steps: list[_Step] = []

    def __bool__(self) -> bool:
        return bool(self._steps)

    def clear(self) -> None:
        """Forget every pane."""
        self._steps.clear()

    def add(self, outer: Pane, inner: Pane) -> None:
        """Remember ``outer``, out of which ``inner`` is opened; not if both show the same."""
        if (type(outer), outer.resource.key) != (type(inner), inner.resource.key):
            self._steps.append(_Step(type(outer), outer.session, outer.resource, outer.save_view()))

    def pop(self, inner: Pane | None) -> Pane:
        """Return the latest pane as it was left; among versions, at that of ``inner``. Raises IndexError."""
        from matui.console.panes.tables import VersionsPane

        step = self._steps.pop()
        pane = step.pane_class(step.session, step.resource)
        if step.view is not None:
            pane.restore_view(step.view)
        if inner is not None and isinstance(pane, VersionsPane):
            pane.follow(inner.resource.id)
        return pane

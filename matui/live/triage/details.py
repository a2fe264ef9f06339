"""The details that were read of rows of late: one answer states both since when a row is so, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matui.base.bounded import drop_oldest
from matui.base.clock import Clock
from matui.clouds.protocols import Describes
from matui.resources.model import Resource, ResourceKey

if TYPE_CHECKING:
    from matui.resources.detail import Detail

_KEPT_S = 60.0
_MOST_KEPT = 50


class ReadDetails:
    """Reads the details of rows, each once a minute while its state is the same.

    ``on_read`` is called with what was read of a row: whatever it was read for, it may state something else.
    """

    def __init__(self, clock: Clock) -> None:
        self.on_read: Callable[[Resource, Detail], None] = lambda _resource, _detail: None
        self._clock = clock
        self._kept: dict[ResourceKey, tuple[str, float, Detail]] = {}

    async def describe(self, cloud: Describes, resource: Resource) -> Detail:
        """Return the details of a row, at most a minute old. Raises the errors of the cloud."""
        detail = self.find(resource)
        if detail is None:
            detail = await cloud.describe(resource)
            self._kept[resource.key] = (resource.status, self._clock.monotonic(), detail)
            drop_oldest(self._kept, _MOST_KEPT)
            self.on_read(resource, detail)
        return detail

    def find(self, resource: Resource) -> Detail | None:
        """Return the details that were read of a row in its state within the last minute."""
        self.drop_old()
        kept = self._kept.get(resource.key)
        return kept[2] if kept is not None and kept[0] == resource.status else None

    def drop_old(self) -> None:
        """Drop what was read more than a minute ago: details may take much memory."""
        since = self._clock.monotonic() - _KEPT_S
        self._kept = {key: kept for key, kept in self._kept.items() if kept[1] > since}

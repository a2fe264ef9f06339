"""How far whole logs were read for their signals, so that a reader that comes back does not begin again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from matui.live.logs.reader import LogReader
from matui.live.signals.file_signals import FileSignals
from matui.resources.model import ResourceKey

_MOST_KEPT = 4


@dataclass(slots=True)
class ReadingPosition:
    """The place of a reader in a file, the signals up to there, and the lines before it still ``unread``.

    ``is_open`` is False until every line before the place of the reader is in one of them.
    """

    signals: FileSignals
    reader: LogReader
    unread: Sequence[str] = ()
    is_open: bool = False


class ReadingPositions:
    """The positions in the logs read last, by the key of the job and the file."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[ResourceKey, str], ReadingPosition] = OrderedDict()

    @property
    def size(self) -> int:
        """The bytes that the points take, roughly."""
        return sum(position.signals.log.size for position in self._kept.values())

    def keep(self, key: ResourceKey, position: ReadingPosition) -> None:
        """Keep a copy of a position: its signals may be added to by other readers of the log."""
        if position.is_open:
            name = (key, position.signals.file)
            self._kept[name] = replace(position, signals=deepcopy(position.signals))
            self._kept.move_to_end(name)
            while len(self._kept) > _MOST_KEPT:
                self.drop_oldest()

    def find(self, key: ResourceKey, file: str) -> ReadingPosition | None:
        """Return the position in a file, which stays kept."""
        return self._kept.get((key, file))

    def take(self, key: ResourceKey, file: str) -> ReadingPosition | None:
        """Return the position in a file, and keep it no longer."""
        return self._kept.pop((key, file), None)

    def drop_oldest(self) -> bool:
        """Drop the position kept longest; return whether there was one."""
        if self._kept:
            self._kept.popitem(last=False)
            return True
        return False

    def clear(self) -> None:
        """Drop every position."""
        self._kept.clear()

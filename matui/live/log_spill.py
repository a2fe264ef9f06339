"""Pages of logs on disk, for what does not fit into memory: private, bounded, gone when the process is."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, NamedTuple

MOST_BYTES = 4 * 1024**3
_SEGMENT = 64 * 1024**2
_LEAVE_FREE = 256 * 1024**2  # bytes of the disk that are not ours to take


class Slot(NamedTuple):
    """Where a page lies: number of the segment, first byte, bytes."""

    segment: int
    at: int
    size: int


class _Segment:
    """One file, written once from its start to its end; ``live`` bytes of it are still wanted."""

    def __init__(self, folder: Path) -> None:
        # The file never has a name where the system can do that, and loses it at once elsewhere: whatever
        # ends the process, nothing of the log stays on the disk.
        self.file: IO[bytes] = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - lives on
        self.end = 0
        self.live = 0


class Spill:
    """Keeps pages in nameless files (0600) of a private folder (0700) of up to ``most_bytes``.

    A segment's place on the disk is given back once no page of it is wanted any more.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES, *, segment_bytes: int = _SEGMENT) -> None:
        self._folder = folder
        self._most = most_bytes
        self._segment_bytes = min(segment_bytes, max(1, most_bytes // 4))
        self._segments: dict[int, _Segment] = {}
        self._last = -1
        self._broken = self._refused = False

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(segment.end for segment in self._segments.values())

    @property
    def full(self) -> bool:
        """Whether no more can be taken: the cap is reached, or the disk takes nothing."""
        return self._broken or self._refused

    def put(self, data: bytes) -> Slot | None:
        """Write a page; None where the cap or the disk does not allow it."""
        self._refused = self.size + len(data) > self._most
        if self._broken or self._refused:
            return None
        try:
            number, segment = self._segment_for(len(data))
            at = segment.end
            _write(segment.file.fileno(), data, at)
        except OSError:
            self._broken = True
            return None
        segment.end += len(data)
        segment.live += len(data)
        return Slot(number, at, len(data))

    def get(self, slot: Slot) -> bytes:
        """Return a page. Raises OSError where the disk fails."""
        data = os.pread(self._segments[slot.segment].file.fileno(), slot.size, slot.at)
        if len(data) != slot.size:
            raise OSError(5, "the disk gave back only a part of the page")
        return data

    def free(self, slot: Slot) -> None:
        """Want a page no more."""
        segment = self._segments[slot.segment]
        segment.live -= slot.size
        if segment.live <= 0 and (slot.segment != self._last or self.full):
            segment.file.close()
            del self._segments[slot.segment]
            self._refused = False

    def close(self) -> None:
        """Give everything back."""
        for segment in self._segments.values():
            segment.file.close()
        self._segments.clear()

    def _segment_for(self, size: int) -> tuple[int, _Segment]:
        last = self._segments.get(self._last)
        if last is None or last.end + size > self._segment_bytes:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._folder.stat().st_mode & 0o077:
                self._folder.chmod(0o700)
            if shutil.disk_usage(self._folder).free < _LEAVE_FREE + self._segment_bytes:
                raise OSError(28, "the disk is nearly full")
            last = _Segment(self._folder)
            self._last += 1
            self._segments[self._last] = last
        return self._last, last


def _write(descriptor: int, data: bytes, at: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, at)
        view, at = view[written:], at + written

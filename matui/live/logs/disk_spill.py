"""A bounded store on disk for log pages that do not fit into memory.

The files are private and have no name: nothing of a log stays on the disk when the process ends.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, NamedTuple

MAX_BYTES = 4 * 1024**3
_SEGMENT = 64 * 1024**2
_MIN_FREE = 256 * 1024**2  # bytes of the disk that stay free


class SpillRef(NamedTuple):
    """The position of a page: segment number, first byte, size in bytes."""

    segment: int
    at: int
    size: int


class _SegmentFile:
    """One file, written once from start to end; ``live`` bytes of it are in use."""

    def __init__(self, folder: Path) -> None:
        # A nameless file: the system removes it however the process ends.
        self.file: IO[bytes] = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - lives on
        self.end = 0
        self.live = 0


class DiskSpill:
    """Keeps pages in nameless files (0600) of a private folder (0700) of up to ``max_bytes``.

    A segment is removed once none of its pages is in use.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES, *, segment_bytes: int = _SEGMENT) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._segment_bytes = min(segment_bytes, max(1, max_bytes // 4))
        self._segments: dict[int, _SegmentFile] = {}
        self._last = -1
        self._broken = self._refused = False

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(segment.end for segment in self._segments.values())

    @property
    def full(self) -> bool:
        """Whether no more pages can be stored: the limit is reached, or the disk failed."""
        return self._broken or self._refused

    def put(self, data: bytes) -> SpillRef | None:
        """Write a page and return its position, or None where the limit or the disk does not allow it."""
        self._refused = self.size + len(data) > self._max_bytes
        if self._broken or self._refused:
            return None
        try:
            number, segment = self._choose_segment(len(data))
            at = segment.end
            _write(segment.file.fileno(), data, at)
        except OSError:
            self._broken = True
            return None
        segment.end += len(data)
        segment.live += len(data)
        return SpillRef(number, at, len(data))

    def get(self, slot: SpillRef) -> bytes:
        """Return a page. Raises OSError where the disk fails."""
        data = os.pread(self._segments[slot.segment].file.fileno(), slot.size, slot.at)
        if len(data) != slot.size:
            raise OSError(5, "the disk returned only a part of the page")
        return data

    def free(self, slot: SpillRef) -> None:
        """Release a page."""
        segment = self._segments[slot.segment]
        segment.live -= slot.size
        if segment.live <= 0 and (slot.segment != self._last or self.full):
            segment.file.close()
            del self._segments[slot.segment]
            self._refused = False

    def close(self) -> None:
        """Remove everything."""
        for segment in self._segments.values():
            segment.file.close()
        self._segments.clear()

    def _choose_segment(self, size: int) -> tuple[int, _SegmentFile]:
        last = self._segments.get(self._last)
        if last is None or last.end + size > self._segment_bytes:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._folder.stat().st_mode & 0o077:
                self._folder.chmod(0o700)
            if shutil.disk_usage(self._folder).free < _MIN_FREE + self._segment_bytes:
                raise OSError(28, "the disk is nearly full")
            last = _SegmentFile(self._folder)
            self._last += 1
            self._segments[self._last] = last
        return self._last, last


def _write(descriptor: int, data: bytes, at: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, at)
        view, at = view[written:], at + written

"""A page of a log, its lines as UTF-8 in memory or on disk, and how to request them; the store on disk.

The store is bounded, for pages that do not fit into memory. Its files are private and have no name: nothing
of a log stays on the disk when the process ends.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO, NamedTuple

MAX_BYTES = 4 * 1024**3
_SEGMENT = 64 * 1024**2
_MIN_FREE = 256 * 1024**2  # bytes of the disk that stay free
_MAX_MERGED_LINES = 500
_MAX_MERGED_BYTES = 1024 * 1024


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


class PageRef(NamedTuple):
    """How to request the lines of a page again: from ``base``, without the first ``skip`` lines.

    ``base`` is a line cursor, or a byte position in a log read by bytes. ``head`` is the line at the base
    itself, which an exclusive cursor leaves out. A page that is a mark has its text in ``mark_text``.
    """

    base: str = ""
    skip: int = 0
    older: bool = False
    head: str | None = None
    by_bytes: bool = False
    mark: str = ""
    mark_text: str = ""


@dataclass(frozen=True, slots=True)
class EvictedPage:
    """A page that is no longer held: its number of lines, how to request them, and their digest."""

    count: int
    ref: PageRef
    digest: bytes = b""

    def matches(self, lines: Sequence[str]) -> bool:
        """Return whether ``lines`` are the lines of the page."""
        return len(lines) == self.count and compute_digest(lines) == self.digest


def compute_digest(lines: Iterable[str]) -> bytes:
    """Return an eight-byte digest of the lines."""
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=8).digest()


class StoredPage:
    """Lines from number ``first`` on, as one text in memory or on disk."""

    __slots__ = ("_count", "_size", "_spill_ref", "_text", "first", "ref")

    def __init__(self, first: int, lines: Sequence[str], ref: PageRef) -> None:
        self.first = first
        self.ref = ref
        self._text: bytes | None = _encode(lines)
        self._count = len(lines)
        self._size = len(self._text)
        self._spill_ref: SpillRef | None = None

    def __len__(self) -> int:
        return self._count

    @property
    def size(self) -> int:
        """Bytes of text."""
        return self._size

    @property
    def spilled(self) -> bool:
        """Whether the text is on the disk and not in memory."""
        return self._text is None

    def load_texts(self, spill: DiskSpill | None) -> list[str]:
        """Return the lines. Raises OSError where the disk fails."""
        data = self._text
        if data is None:
            data = spill.get(self._spill_ref) if spill is not None and self._spill_ref is not None else b""
        return data.decode("utf-8", "surrogatepass").split("\n")

    def can_extend(self, lines: Sequence[str], ref: PageRef) -> bool:
        """Return whether ``lines`` that follow can be stored and requested together with this page."""
        mine = self.ref
        apart = mine.older or ref.older or mine.mark or ref.mark or mine.by_bytes != ref.by_bytes
        small = self._text is not None and self._size <= _MAX_MERGED_BYTES
        return small and not apart and len(self) + len(lines) + mine.skip <= _MAX_MERGED_LINES

    def extend(self, lines: Sequence[str]) -> None:
        """Add lines at the end of a page that is in memory."""
        self._text = b"%b\n%b" % (self._text or b"", _encode(lines))
        self._count += len(lines)
        self._size = len(self._text)

    def spill_to(self, spill: DiskSpill) -> bool:
        """Move the text to the disk; return whether that succeeded."""
        if self._text is not None:
            self._spill_ref = spill.put(self._text)
            if self._spill_ref is None:
                return False
            self._text = None
        return True

    def evict(self, spill: DiskSpill | None) -> EvictedPage:
        """Discard the text; return what is needed to request the page again."""
        try:
            lines_digest = compute_digest(self.load_texts(spill))
        except OSError:
            lines_digest = b""
        if self._spill_ref is not None and spill is not None:
            spill.free(self._spill_ref)
            self._spill_ref = None
        return EvictedPage(len(self), self.ref, lines_digest)


def _encode(lines: Sequence[str]) -> bytes:
    return "\n".join(lines).encode("utf-8", "surrogatepass")

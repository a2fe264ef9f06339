"""Pages of logs on disk, for what does not fit into memory: private, bounded, gone when the process is.

One page of a log: its lines as UTF-8 text, in memory or on the disk, and how to ask for them again.
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


MERGED = 500
_MERGED_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """How to ask for a page's lines again: from ``base``, leaving out the first ``skip`` that come.

    ``base`` is a line cursor, or a byte position in a log read by bytes. ``head`` is the line at the base
    itself, which an exclusive cursor does not give. A page that is a mark keeps its text in ``mark_text``.
    """

    base: str = ""
    skip: int = 0
    older: bool = False
    head: str | None = None
    by_bytes: bool = False
    mark: str = ""
    mark_text: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A page that is held no more: how many lines it had, where to get them again, and how to know them."""

    count: int
    place: Place
    digest: bytes = b""

    def knows(self, lines: Sequence[str]) -> bool:
        """Whether ``lines`` are the page's."""
        return len(lines) == self.count and digest(lines) == self.digest


def digest(lines: Iterable[str]) -> bytes:
    """Return eight bytes that stand for the lines."""
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=8).digest()


class StoredPage:
    """Lines from number ``first`` on, as one text in memory or in a slot of the spill."""

    __slots__ = ("_count", "_size", "_slot", "_text", "first", "place")

    def __init__(self, first: int, lines: Sequence[str], place: Place) -> None:
        self.first = first
        self.place = place
        self._text: bytes | None = _joined(lines)
        self._count = len(lines)
        self._size = len(self._text)
        self._slot: Slot | None = None

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

    def texts(self, spill: Spill | None) -> list[str]:
        """Return the lines. Raises OSError where the disk fails."""
        data = self._text
        if data is None:
            data = spill.get(self._slot) if spill is not None and self._slot is not None else b""
        return data.decode("utf-8", "surrogatepass").split("\n")

    def takes(self, lines: Sequence[str], place: Place) -> bool:
        """Whether ``lines`` that follow can be asked for together with this page."""
        mine = self.place
        apart = mine.older or place.older or mine.mark or place.mark or mine.by_bytes != place.by_bytes
        small = self._text is not None and self._size <= _MERGED_BYTES
        return small and not apart and len(self) + len(lines) + self.place.skip <= MERGED

    def extend(self, lines: Sequence[str]) -> None:
        """Add lines at the end of a page that is in memory."""
        self._text = b"%b\n%b" % (self._text or b"", _joined(lines))
        self._count += len(lines)
        self._size = len(self._text)

    def spill_to(self, spill: Spill) -> bool:
        """Move the text to the disk; whether it went."""
        if self._text is not None:
            self._slot = spill.put(self._text)
            if self._slot is None:
                return False
            self._text = None
        return True

    def drop(self, spill: Spill | None) -> Dropped:
        """Let go of the text; return what is needed to get the page again."""
        try:
            known = digest(self.texts(spill))
        except OSError:
            known = b""
        if self._slot is not None and spill is not None:
            spill.free(self._slot)
            self._slot = None
        return Dropped(len(self), self.place, known)


def _joined(lines: Sequence[str]) -> bytes:
    return "\n".join(lines).encode("utf-8", "surrogatepass")

"""One page of a log: its lines as UTF-8 text, in memory or on disk, and how to request them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from matui.live.logs.disk_spill import DiskSpill, SpillRef

_MAX_MERGED_LINES = 500
_MAX_MERGED_BYTES = 1024 * 1024


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

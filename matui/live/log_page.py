"""One page of a log: its lines as UTF-8 text, in memory or on the disk, and how to ask for them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from matui.live.log_spill import Slot, Spill

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

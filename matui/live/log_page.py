"""One page of a log in memory: its text as UTF-8 bytes and where each line begins."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

MERGED = 500


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
    """Lines from number ``first`` on. About their text in size: one buffer, four bytes a line beside it."""

    __slots__ = ("_ends", "_text", "first", "place")

    def __init__(self, first: int, lines: Sequence[str], place: Place) -> None:
        self.first = first
        self.place = place
        self._text = b""
        self._ends = array("I")
        self._add(lines)

    def _add(self, lines: Sequence[str]) -> None:
        pieces, end = [self._text], len(self._text)
        for line in lines:
            data = line.encode("utf-8", "surrogatepass")
            pieces.append(data)
            end += len(data)
            self._ends.append(end)
        self._text = b"".join(pieces)

    def __len__(self) -> int:
        return len(self._ends)

    @property
    def size(self) -> int:
        """Bytes of text."""
        return len(self._text)

    def line(self, index: int) -> str:
        """Return the text of line ``index``, counted within the page."""
        begin = self._ends[index - 1] if index else 0
        return self._text[begin : self._ends[index]].decode("utf-8", "surrogatepass")

    def takes(self, count: int, place: Place) -> bool:
        """Whether ``count`` lines that follow can be asked for together with this page."""
        mine = self.place
        apart = mine.older or place.older or mine.mark or place.mark or mine.by_bytes != place.by_bytes
        return not apart and len(self) + count + self.place.skip <= MERGED

    def extend(self, lines: Sequence[str]) -> None:
        """Add lines at the end."""
        self._add(lines)

    def drop(self) -> Dropped:
        """Return what is needed to get the page again."""
        return Dropped(len(self), self.place, digest(self.line(index) for index in range(len(self))))

"""Chooses the next page of a big list, so that every row is read although the list shifts. Pure."""

from __future__ import annotations

from math import gcd

from matui.clouds.protocols import ListRequest, Page

FULL_PAGE = 1000
NEWEST_PAGE = 200
_ODD_PAGES = 3  # in turn, of another length than the server's: fewer may be broken answers


class PageRotation:
    """Sweeps over all pages repeatedly, every other time with slightly smaller pages.

    A row at the border of two pages in one sweep is inside one in the next, so its deletion can be proved.
    """

    def __init__(self, kind: str, workspace: str, *, page_size: int = FULL_PAGE) -> None:
        self._kind = kind
        self._workspace = workspace
        self._page_size = page_size
        self._adapts = True
        self._odd = 0
        self._previous: tuple[str, ...] = ()
        self.size = page_size
        self.sweep = 1
        self.number = 0

    @property
    def newest_size(self) -> int:
        """The size of the newest page once the whole list is known, in rows."""
        return min(NEWEST_PAGE, self.size)

    def build_newest_request(self) -> ListRequest:
        """Return the request for the newest rows."""
        return ListRequest(self._kind, 0, self.newest_size, self._workspace)

    def build_request_around(self, position: int) -> ListRequest:
        """Return the request for the page that holds the row at ``position``."""
        return ListRequest(self._kind, position // self.size, self.size, self._workspace)

    def build_next_request(self, known: int) -> ListRequest:
        """Return the request for the next page of the sweep in a list with ``known`` rows."""
        size = _find_coprime_below(self.size) if self.sweep % 2 == 0 and known > self.size else self.size
        return ListRequest(self._kind, self.number, size, self._workspace)

    def restart(self) -> None:
        """Start the sweep again."""
        self.number = 0
        self._previous = ()

    def advance(self, request: ListRequest, page: Page, *, last: bool) -> bool:
        """Record a page of the sweep; return whether it ended the sweep."""
        ids = tuple(row.id for row in page.resources)
        beyond = page.total is not None and request.number * request.size + len(ids) >= page.total
        repeated = bool(ids) and ids == self._previous
        if last or beyond or (not ids and not page.has_more) or repeated:
            if page.total is None and request.number == 1 and (not ids or repeated):
                self.size = self._page_size
            self.restart()
            self.sweep += 1
            return True
        if request.number == 0 and not page.has_more:
            self._adapt(request, len(ids))
        self._previous = ids
        self.number += 1
        return False

    def _adapt(self, request: ListRequest, received: int) -> None:
        """Use the page size of a server that returns shorter pages of its own size, if it keeps to it.

        A longer first page has rows that are in no range of the list, as the samples of configurations.
        """
        if request.size != self.size or not self._adapts or received > request.size:
            return
        if received == request.size:
            self._odd = 0
        elif self.size == self._page_size:
            self.size = received
        else:
            self._odd += 1
            if self._odd == _ODD_PAGES:
                self.size = self._page_size
                self._adapts = False


def _find_coprime_below(size: int) -> int:
    """Return a smaller size whose page borders coincide with those of ``size`` as rarely as possible."""
    smaller = max(1, size - size // 8 - 1)
    while smaller > 1 and gcd(smaller, size) != 1:
        smaller -= 1
    return smaller

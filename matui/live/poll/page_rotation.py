"""Which page of a big list to ask for next, so that every row is seen though the list shifts. Pure."""

from __future__ import annotations

from math import gcd

from matui.clouds.protocols import Page, PageAsk

FULL_PAGE = 1000
NEWEST_PAGE = 200


class Rotation:
    """Sweeps over all pages again and again, every other time with slightly smaller pages.

    A row at the border of two pages in one sweep is inside one in the next, so its deletion can be proved.
    """

    def __init__(self, kind: str, workspace: str, *, asked: int = FULL_PAGE) -> None:
        self._kind = kind
        self._workspace = workspace
        self._asked = asked
        self._adapts = True
        self._previous: tuple[str, ...] = ()
        self.size = asked
        self.sweep = 1
        self.number = 0

    @property
    def newest_size(self) -> int:
        """How many rows the newest page is asked for once the whole list is known."""
        return min(NEWEST_PAGE, self.size)

    def newest(self) -> PageAsk:
        """The newest rows only."""
        return PageAsk(self._kind, 0, self.newest_size, self._workspace)

    def around(self, position: int) -> PageAsk:
        """The page that holds the row at ``position``."""
        return PageAsk(self._kind, position // self.size, self.size, self._workspace)

    def following(self, known: int) -> PageAsk:
        """The next page of the sweep in a list of which ``known`` rows are known."""
        size = _coprime_below(self.size) if self.sweep % 2 == 0 and known > self.size else self.size
        return PageAsk(self._kind, self.number, size, self._workspace)

    def restart(self) -> None:
        """Begin a sweep anew."""
        self.number = 0
        self._previous = ()

    def advance(self, ask: PageAsk, page: Page, *, last: bool) -> bool:
        """Note that a page of the sweep came; return whether it ended the sweep."""
        ids = tuple(row.id for row in page.resources)
        beyond = page.total is not None and ask.number * ask.size + len(ids) >= page.total
        repeated = ids == self._previous
        if last or beyond or not ids or repeated:
            if page.total is None and ask.number == 1 and (not ids or repeated):
                self.size = self._asked
            self.restart()
            self.sweep += 1
            return True
        if ask.number == 0:
            self._adapt(ask, len(ids))
        self._previous = ids
        self.number += 1
        return False

    def _adapt(self, ask: PageAsk, came: int) -> None:
        """A server that gives pages of its own size is asked for pages of that size, if it keeps to it."""
        if came == ask.size or ask.size != self.size or not self._adapts:
            return
        if self.size == self._asked:
            self.size = came
        else:
            self.size = self._asked
            self._adapts = False


def _coprime_below(size: int) -> int:
    """Return a size somewhat smaller whose page borders meet those of ``size`` as late as can be."""
    smaller = max(1, size - size // 8 - 1)
    while smaller > 1 and gcd(smaller, size) != 1:
        smaller -= 1
    return smaller

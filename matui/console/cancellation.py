"""Work in progress that esc and ctrl+c cancel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Cancellations:
    """The functions that cancel what is in progress, in the order in which it started."""

    def __init__(self) -> None:
        self._cancels: list[Callable[[], object]] = []

    @contextmanager
    def register(self, cancel: Callable[[], object]) -> Iterator[None]:
        """Register ``cancel`` for ``cancel_latest`` while the block runs."""
        self._cancels.append(cancel)
        try:
            yield
        finally:
            if cancel in self._cancels:
                self._cancels.remove(cancel)

    def __bool__(self) -> bool:
        """Whether there is anything to cancel."""
        return bool(self._cancels)

    def cancel_latest(self) -> bool:
        """Cancel what started last; return whether there was anything."""
        if self._cancels:
            self._cancels.pop()()
            return True
        return False

"""What everything that runs on one loop passes on to it."""

from __future__ import annotations

from matui.live.loop import Loop


class Paced:
    """Something on a loop that can be hurried, paused, and told who looks."""

    _loop: Loop

    def kick(self) -> None:
        """Fetch as soon as may be, paused or not."""
        self._loop.kick()

    def pause(self) -> None:
        """Ask for nothing new until resumed as many times as paused."""
        self._loop.pause()

    def resume(self) -> None:
        """Take back one pause."""
        self._loop.resume()

    @property
    def hidden(self) -> bool:
        """Whether nobody looks at it: a quarter of the pace. Shown again, what is due is fetched at once."""
        return self._loop.hidden

    @hidden.setter
    def hidden(self, on: bool) -> None:
        self._loop.hidden = on

    @property
    def blurred(self) -> bool:
        """Whether the terminal has lost the focus."""
        return self._loop.blurred

    @blurred.setter
    def blurred(self, on: bool) -> None:
        self._loop.blurred = on

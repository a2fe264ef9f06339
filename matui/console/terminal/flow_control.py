"""How much a terminal may be sent before it has said that it has read what came before. Pure.

A line of unknown speed is asked, behind a frame, where the cursor is: the answer comes once all before it has
been read. Where that takes long, only so much is sent at once that a key's echo is never far behind.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

QUESTION = "\x1b[6n"
LEAST = 200  # bytes that may always be under way, and as many again after a key
_PROMPT_S = 0.08  # that what is under way may take, beyond the way there and back
_FAR_S = 0.6  # the longest way there and back that is believed
_GROWS = 1.25
_PLENTY = 64_000  # a window beyond which there is none
_RARELY_S = 30.0  # between two questions on a line that is quick and near
_PROBE_S = 10.0  # between two questions, on a slow line, behind nothing at all
_WORTH_ASKING = 800  # bytes; a quarter of that on a line from afar
_PATIENCE_S = 2.0
_SLOWEST = 250.0  # bytes a second that are waited for
_MOST_SILENT = 3
_MUTE_RATE = 8_000.0  # bytes a second that a terminal without answers is taken to read


class OutputPace:
    """Bytes written, bytes read as far as is known, and how many more may follow.

    ``remote``: the line is not of this machine, so each frame worth it is asked after.
    """

    def __init__(self, monotonic: Callable[[], float], *, remote: bool = False) -> None:
        self.written = 0
        self.mute = False
        self._monotonic = monotonic
        self._remote = remote
        self._window = inf
        self._way_s = _FAR_S
        self._probed_at = -inf
        self._unread = 0.0
        self._wrote_at = -inf
        self._asked_at = -inf
        self._asked: float | None = None  # the bytes that the question under way comes after
        self._for_key = 0
        self._silent = 0

    @property
    def limited(self) -> bool:
        """Whether the line is known to be slow."""
        return self._window < inf or (self.mute and self._remote)

    @property
    def precious(self) -> bool:
        """Whether bytes that only please are to be spared: the line is slow, or not of this machine."""
        return self._remote or self.limited

    @property
    def waiting(self) -> bool:
        """Whether a question has not been answered."""
        return self._asked is not None

    def room(self, *, patient: bool) -> float:
        """Return how many bytes may be written now; ``patient`` are those that may wait for a key's."""
        if not self.limited:
            return inf
        if self.mute:
            gone = (self._monotonic() - self._wrote_at) * _MUTE_RATE
            return _MUTE_RATE / 4 - max(0.0, self._unread - gone) if patient else inf
        left = self._window - self._unread
        if patient:
            return left if left >= self._window / 2 else 0
        return left + self._for_key

    def typed(self) -> None:
        """Let the echo of a key go out beside what is under way."""
        self._for_key = LEAST

    def wrote(self, size: int) -> None:
        """Note bytes that went out."""
        now = self._monotonic()
        if self.mute:
            self._unread = max(0.0, self._unread - (now - self._wrote_at) * _MUTE_RATE)
        elif not self.limited and not self.waiting and now - self._wrote_at > 1:
            self._unread = 0
        self._wrote_at = now
        self._unread += size
        self.written += size

    @property
    def asks(self) -> bool:
        """Whether a question is to follow what has been written."""
        if self.mute or self.waiting:
            return False
        now = self._monotonic()
        if self.limited:
            return self._unread > 0 or now - self._probed_at > _PROBE_S
        if self._unread >= (_WORTH_ASKING / 4 if self._remote else _WORTH_ASKING):
            return True
        return self._unread > 0 and now - self._asked_at > _RARELY_S

    def asked(self) -> None:
        """Note that a question went out."""
        self._asked, self._asked_at = self._unread, self._monotonic()

    def answered(self, at: float) -> None:
        """Note that an answer came, ``at`` on the monotonic scale."""
        if self._asked is None:
            return
        size, self._asked = self._asked, None
        self._unread = max(0.0, self._unread - size)
        self._for_key = self._silent = 0
        took = max(0.0, at - self._asked_at)
        if size <= len(QUESTION):
            self._way_s, self._probed_at = min(_FAR_S, took), at
        else:
            self._way_s = min(self._way_s, took)
            self._learn(size, took - self._way_s)

    def _learn(self, size: float, queued_s: float) -> None:
        if queued_s <= _PROMPT_S:
            if self.limited and size * _GROWS >= self._window:
                self._window = self._window * _GROWS if self._window < _PLENTY else inf
        elif size >= LEAST / 2:
            self._window = max(LEAST, size / queued_s * (_PROMPT_S + self._way_s))

    def look(self) -> None:
        """Give up a question that has been under way for too long; after some of them, ask no more."""
        if self._asked is None:
            return
        if self._monotonic() - self._asked_at < _PATIENCE_S + self._asked / _SLOWEST:
            return
        self._asked, self._unread = None, 0
        self._silent += 1
        if self._silent >= _MOST_SILENT:
            self.mute, self._window = True, inf

"""Text before each line of one writer in a form that no launcher is known for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from matui.base.log_lines.writers import split_prefix

_TRACEBACK = "Traceback (most recent call last)"
_TIME = re.compile(r"\d+(?:[-/:.,T]\d+)+")
_DIGITS = re.compile(r"\d+")
_END = " >|:])}"  # the last character of a lead
_LONGEST = 80  # characters of a lead
_FURTHEST = 400  # lines between two lines of one error


class Leads:
    """The leads of the error lines so far, each with its latest line."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._latest = -1

    def add(self, texts: Sequence[str], at: int, goes_on: re.Pattern[str]) -> bool | None:
        """Keep an error line; return whether it continues one of its lead, None where that is unknown."""
        line = _normalize(texts[at])
        lead = max((lead for lead in self._last if line.startswith(lead)), key=len, default="")
        if not lead and self._latest >= 0:
            lead = _common(_normalize(texts[self._latest]), line)
        before = self._last.get(lead, self._latest)
        found = bool(lead) and _continues(texts, before, at, lead, goes_on)
        if not found and 0 < (end := line.find(_TRACEBACK)) <= _LONGEST and line[end - 1] in _END:
            beside = self._latest >= 0 and _TRACEBACK in texts[self._latest] and line[:end] not in self._last
            self._last[line[:end]] = self._latest = at
            return False if beside else None
        if lead in self._last or found:
            self._last[lead] = at
        self._latest = at
        return found or None


def _normalize(text: str) -> str:
    """Return the beginning of a line with the digits of times replaced by 0."""
    return _TIME.sub(lambda match: _DIGITS.sub("0", match.group()), text[: 2 * _LONGEST])


def _common(first: str, second: str) -> str:
    pairs = zip(first[:_LONGEST], second[:_LONGEST], strict=False)
    together = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return together[: max(together.rfind(end) for end in _END) + 1]


def _continues(texts: Sequence[str], before: int, at: int, lead: str, goes_on: re.Pattern[str]) -> bool:
    """Return whether the lines of the lead between two lines continue the first.

    Lines of writers of the same family may stand between them.
    """
    if not 0 <= before < at - 1 or at - before > _FURTHEST or not lead.strip():
        return False
    family = _DIGITS.sub("0", lead)
    own = 0
    for number in range(before + 1, at):
        line = _normalize(texts[number])
        if line.startswith(lead) or line == lead.rstrip():
            own += 1
            if not goes_on.match(split_prefix(line[len(lead) :]).body):
                return False
        elif not _DIGITS.sub("0", line).startswith(family):
            return False
    return own > 0

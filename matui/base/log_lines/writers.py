"""The writer of a log line: a rank or the platform, and the prefixes of writers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

_PREFIX = re.compile(
    r"(?:\[(?:(?<=^\[)|(?!\d+\]:\s*$))[^\[\]]{1,40}\](?:<std(?:err|out)>)?:? ?"
    r"|\((?!most recent)[^()]{1,60}\) ?"
    r"|\d{4}-\d\d-\d\d[T ][\d:.,]+(?: ?(?:Z|[+-]\d\d:?\d\d))? (?:std(?:out|err) [FP] )?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?=[\w.-]+ [\w.@/-]+(?:\[\d+\])?: )"  # syslog's time
    r"|[\w.-]+ [\w.@/-]+\[\d+\]: |[\w.-]+ kernel: "  # its host and program
    r"|(?![\w.]*(?:Error|Exception): )[\w-]+(?:\.[\w-]+)*: (?=\{\")"  # fluentd's tag
    r"|(?:[\w.]+-)*(?:rank|worker|node|task|pod|trainer|ps|master|default|ip|gpu)[\w.-]*\d(?::| ?\|) ?"
    r"|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?: |[Rr]ank \d+(?:: ?| ?\| )|(?:\d\d/\d\d )?\d\d:\d\d:\d\d(?:[.,]\d+)? "
    r"|[\w.-]{1,60} +\| | {0,4}\d{1,5}: |<std(?:err|out)>:? ?|std(?:err|out): "
    r"|(?:ERROR|INFO|WARNING|CRITICAL)(?::[\w.]+)?: ?)+"
)
_LEAD_FORMS = (
    r"\[(?:[A-Za-z][\w./-]{0,60}|rank: \d+)\](?:<std(?:out|err)>)?: ?"
    r"|\[\d+(?:,\d+)?\](?:<std(?:out|err)>)?: ?"
    r"|\[(?:pod/|rank|worker|node|task)[\w./-]{0,60}\] |\[Model ?[Aa]rts[ -]?Service Log\] ?"
    r"|\((?:[\w.:<>-]+ )*pid=\d+[^()]{0,60}\) |[A-Za-z][\w.-]{0,60} +\| | {0,4}\d{1,5}: (?!\d+:)"
    r"|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?: "
)
_LEAD = re.compile(rf"(?:{_LEAD_FORMS})+")
_TIMED_LEAD = re.compile(
    rf"(?:{_LEAD_FORMS}"
    r"|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) (?:std(?:out|err) [FP] |(?=[\d\[{<=A-Z]))"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]+ [\w.@/-]+(?:\[\d+\])?: )+"
)
# Not part of the name of a stream: times and levels.
_VARIABLE = re.compile(
    r"\[?\d[\d:.,TZ+ -]{7,}\]?|\[?\b(?:ERROR|INFO|WARN(?:ING)?|CRITICAL|DEBUG|FATAL)\b\]?(?::[\w.]+)?:?"
    r"|\[(?:[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}| *\d+\.\d{6})\]"  # of the kernel
    r"|\[ *[+T]?[-+=]? *\d+(?:\.\d+)? ?(?:s|ms|sec|seconds)\]|\[ *\d+\.\d{1,5}\]"  # since the start
    r"|\[(?:[Ee]rror|[Ww]arning|[Ii]nfo)\]:?(?: \[\d{4,}\])?(?: \[[\w./-]+\.\w+:\d+\])?"
)
_RANK = re.compile(
    r"\[\s*(?:global[ _]?)?rank[ _:=-]?\s*(?P<bracket>\d{1,6})\s*[\]|,]"
    r"|\"(?:global_)?rank\"\s*:\s*\"?(?P<json>\d{1,6})\b"
    r"|\b(?:global[ _]?)?rank\s?[:=]\s?(?P<pair>\d{1,6})\b"
    r"|^(?:global[ _]?)?rank[ _-]?(?P<word>\d{1,6})\s?[:|]"
    r"|^\[1,(?P<mpi>\d{1,6})\]",
    re.IGNORECASE,
)
# Spelled in several ways: [Modelarts Service Log], [ModelArts-Service Log], Platform = ModelArts-Service.
_PLATFORM = re.compile(
    r"\[\s*Model ?Arts[\s_-]*Service[\s_-]*Log\s*\]|\bPlatform\"?\s*[=:]\s*\"?Model ?Arts[\s_-]*Service\b",
    re.IGNORECASE,
)
_TRACEBACK = "Traceback (most recent call last)"
# Before a traceback in the message of an exception, and the frame of a group of exceptions.
_INNER = re.compile(r"(?:(?<= ) *[|+][|+ ]*(?:Exception Group )?|Original )$")
_TIME = re.compile(r"\d+(?:[-/:.,T]\d+)+")
_DIGITS = re.compile(r"\d+")
_END = " >|:])}"  # the last character of a lead
_LONGEST = 80  # characters of a lead
_FURTHEST = 400  # lines between two lines of one error


class PrefixedLine(NamedTuple):
    """The prefix of a line without times and levels, and the rest."""

    prefix: str
    body: str


def split_prefix(text: str) -> PrefixedLine:
    """Return what a launcher or collector put before a line, without times and levels, and the rest."""
    match = _PREFIX.match(f"{text} ")  # a blank line may have lost the blank behind its prefix
    if match is None:
        return PrefixedLine("", text)
    return PrefixedLine(" ".join(_VARIABLE.sub("", match.group()).split()), text[match.end() :])


def skip_lead(text: str) -> int:
    """Return how many characters a launcher or collector put before a line, times and levels excluded."""
    match = _LEAD.match(text)
    return 0 if match is None else match.end()


def skip_timed_lead(text: str) -> int:
    """Return how many characters a launcher or collector put before a line, with its own time."""
    match = _TIMED_LEAD.match(text)
    return 0 if match is None else match.end()


def read_rank(text: str) -> int | None:
    """Return the rank that a line of plain text names as its writer, or None."""
    if "ank" not in text and "ANK" not in text and not text.startswith("[1,"):
        return None
    match = _RANK.search(text)
    return None if match is None else int(next(group for group in match.groups() if group))


def is_of_platform(text: str) -> bool:
    """Return whether ModelArts itself, not the training, wrote a line of plain text."""
    return ("ervice" in text or "ERVICE" in text) and _PLATFORM.search(text) is not None


def format_ranks(ranks: list[int]) -> str:
    """Return ranks as people write them: ``0-28, 30-63``."""
    spans: list[list[int]] = []
    for rank in sorted(set(ranks)):
        if spans and rank == spans[-1][1] + 1:
            spans[-1][1] = rank
        else:
            spans.append([rank, rank])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in spans)


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
            lead = _find_common_start(_normalize(texts[self._latest]), line)
        before = self._last.get(lead, self._latest)
        found = bool(lead) and _continues(texts, before, at, lead, goes_on)
        end = _find_end_of_lead(line)
        if not found and 0 < end <= _LONGEST and line[end - 1] in _END:
            beside = self._latest >= 0 and _TRACEBACK in texts[self._latest] and line[:end] not in self._last
            self._last[line[:end]] = self._latest = at
            return False if beside else None
        if lead in self._last or found:
            self._last[lead] = at
        self._latest = at
        return found or None


def _find_end_of_lead(line: str) -> int:
    """Return where a traceback begins in a line, without what belongs to it, or -1."""
    end = line.find(_TRACEBACK)
    inner = _INNER.search(line[:end]) if end > 0 else None
    return end if inner is None else inner.start()


def _normalize(text: str) -> str:
    """Return the beginning of a line with the digits of times replaced by 0."""
    return _TIME.sub(lambda match: _DIGITS.sub("0", match.group()), text[: 2 * _LONGEST])


def _find_common_start(first: str, second: str) -> str:
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

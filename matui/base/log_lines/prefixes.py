"""What launchers and collectors put before each line of a log: ranks, containers, streams, times."""

from __future__ import annotations

import re
from typing import NamedTuple

_PREFIX = re.compile(
    r"(?:\[[^\[\]]{1,40}\](?:<std(?:err|out)>)?:? ?"
    r"|\((?!most recent)[^()]{1,60}\) ?"
    r"|\d{4}-\d\d-\d\d[T ][\d:.,]+(?: ?(?:Z|[+-]\d\d:?\d\d))? (?:std(?:out|err) [FP] )?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?=[\w.-]+ [\w.@/-]+(?:\[\d+\])?: )"  # syslog's time
    r"|[\w.-]+ [\w.@/-]+\[\d+\]: |[\w.-]+ kernel: "  # its host and program
    r"|[\w-]+(?:\.[\w-]+)*: (?=\{\")"  # fluentd's tag
    r"|(?:[\w.]+-)*(?:rank|worker|node|task|pod|trainer|ps|master|default|ip|gpu)[\w.-]*\d(?::| ?\|) ?"
    r"|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?: "
    r"|[\w.-]{1,60} +\| | {0,4}\d{1,5}: |<std(?:err|out)>:? ?|std(?:err|out): "
    r"|(?:ERROR|INFO|WARNING|CRITICAL)(?::[\w.]+)?: ?"
    r"|\{\"log\": ?\")+"
)
# Not part of the name of a stream: times and levels.
_VARIABLE = re.compile(
    r"\[?\d[\d:.,TZ+ -]{7,}\]?|\[?\b(?:ERROR|INFO|WARN(?:ING)?|CRITICAL|DEBUG|FATAL)\b\]?(?::[\w.]+)?:?"
)


class PrefixedLine(NamedTuple):
    """What was put before a line, without times and levels, and the rest."""

    prefix: str
    body: str


def split_prefix(text: str) -> PrefixedLine:
    """Return what a launcher or collector put before a line, without times and levels, and the rest."""
    match = _PREFIX.match(text)
    if match is None:
        return PrefixedLine("", text)
    return PrefixedLine(" ".join(_VARIABLE.sub("", match.group()).split()), text[match.end() :])

"""One line that says why: from a row, its events, its details or its log; the lines found. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from matui.base.backoff import Backoff
from matui.base.redaction.masking import hide_in_text
from matui.base.text.sanitize import clean
from matui.live.triage.item import KnownReason, Why
from matui.resources.model import Phase, Resource, ResourceKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matui.resources.detail import Event, Section

_LONGEST = 300
_LACK = re.compile(
    r"sold.?out|insufficient|not enough|no (?:free|available) |(?:lack|out) of resources|售罄|资源不足", re.I
)
_SOLD_OUT = re.compile(r"flavor \S.* is sold out")
_WORD = re.compile(r"\w")
_GENERIC = r"""
    \b(?:exit(?:ed)?|return(?:ed)?|errors?|code|status|fail(?:ed|ure|s)?|abnormal(?:ly)?|terminated|ended|end
      |unexpected(?:ly)?|non-?zero|the|a|an|of|in|by|with|has|is|was|on|for|due|to|because|reason|and
      |(?:training)?jobs?|train(?:ing)?|tasks?|workers?|process(?:es)?|container|instance|run|script|user
      |python3?|main|unknown|null|none|now|lost|createfailed|sig[a-z]{2,5}
      |(?:worker|master|ps|server|task|rank|node|pod)[-_ ]?\d+|-?\d+)\b
    |训练|作业|任务|失败|异常|退出|状态|错误|码|进程|容器|运行
"""
MOST_LOG_FILES = 4
"""How many log files of a job are searched for a reason."""
_REQUESTS_WITHOUT_LOG = 2
_REQUESTS_WITH_ONE_LOG = 2
_AGAIN = Backoff(first_s=20.0, cap_s=3600.0)
_QUEUE_AGAIN_MS = 300_000.0  # the place in a queue changes without a change of the state
_MOST_TRIES = 7  # each waits twice as long as the one before: 21 minutes in all


def find_reason_in_facts(resource: Resource) -> Why | None:
    """Return the cloud's own reason in the row, with its code explained; None where the row has none."""
    text = resource.get_text("failure")
    return _explain(text, "cloud") if text else None


def find_reason_in_events(events: Sequence[Event]) -> Why | None:
    """Return the last bad event that explains something, else the last one, with its code explained."""
    return _find_strongest((event.text for event in reversed(events) if event.abnormal), "event")


def find_reason_in_sections(resource: Resource, sections: Sequence[Section]) -> Why | None:
    """Return the reason that the details state."""
    from matui.resources.why import find_failure_texts

    return _find_strongest(find_failure_texts(resource, sections), "cloud")


def find_reason_in_waiting(sections: Sequence[Section]) -> Why | None:
    """Return the place in the queue, the stage, and a quota that is used up, as the details state them."""
    parts: list[str] = []
    for section in sections:
        values = {label: value for label, value in section.rows if isinstance(value, str) and value}
        if section.title == "Waiting":
            if place := values.get("Place in the queue"):
                parts.append(f"place {place} in the queue")
            parts += [f"{label}: {value}" for label, value in values.items() if "used up" in value]
        elif section.title.startswith("Stages") and (now := values.get("Now")):
            parts.append(f"stage {now}")
    return Why(_fold_to_one_line(" · ".join(parts)), "cloud") if parts else None


def build_reason_from_log(file: str, line: str) -> Why:
    """Return the first error of a log, without its time: what it says has the room."""
    from matui.base.log_lines.records import split_line
    from matui.resources.why import explain_codes

    parts = split_line(line)
    line = f"{parts.prefix} {parts.body}".lstrip(" -|") or line
    entry = next(iter(explain_codes(line)), None)
    meaning = f" – {entry.meaning}" if entry is not None else ""
    return Why(_fold_to_one_line(f"{line}{meaning} ({file})" if file else f"{line}{meaning}"), "log")


def build_reason_from_flavor(flavor: str) -> Why:
    """Return that a flavor is sold out."""
    return Why(f"flavor {flavor} is sold out", "cloud")


def is_about_flavor(reason: Why) -> bool:
    """Return whether a reason is that of ``build_reason_from_flavor``."""
    return reason.source == "cloud" and _SOLD_OUT.fullmatch(reason.text) is not None


def names_lack_of_resources(reason: Why) -> bool:
    """Return whether a reason speaks of resources that are sold out or used up."""
    return _LACK.search(reason.text) is not None


def find_reason_in_status(resource: Resource) -> Why | None:
    """Return what the status itself means, where nothing else is known."""
    from matui.resources.why import explain_nodes, explain_status

    if resource.kind == "pools":
        missing = explain_nodes(resource)
        return Why(missing, "cloud") if missing else None
    words = explain_status(resource.kind, resource.status)
    return Why(words, "code") if words else None


def _find_strongest(texts: Iterable[str], source: str) -> Why | None:
    """Return the first reason that is not weak, else the first."""
    found = [_explain(text, source) for text in texts if text.strip()]
    return next((why for why in found if not is_weak(why)), found[0] if found else None)


def _explain(text: str, source: str) -> Why:
    from matui.resources.why import explain_codes

    line = _fold_to_one_line(text)
    entry = next(iter(explain_codes(text)), None)
    if entry is None:
        return Why(line, source)
    if line.casefold().strip(" .:") == entry.code.casefold():
        return Why(_fold_to_one_line(f"{entry.code}: {entry.meaning}"), "code")
    return Why(_fold_to_one_line(f"{line} – {entry.meaning}"), source)


@lru_cache(maxsize=2048)
def _fold_to_one_line(text: str) -> str:
    line = hide_in_text(clean(" ".join(text.split())))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def is_weak(why: Why) -> bool:
    """Return whether a reason states no more than that something failed: a status, or an exit code."""
    if why.source == "code":
        from matui.resources.why import STATUS_WORDS

        return why.text in STATUS_WORDS.values()
    return _WORD.search(_compile_generic_words().sub("", why.text.partition(" – ")[0])) is None


@cache
def _compile_generic_words() -> re.Pattern[str]:
    """Return what matches the words that explain nothing; compiled when the first reason comes."""
    return re.compile(_GENERIC, re.IGNORECASE | re.VERBOSE)


def count_usual_requests(resource: Resource, *, is_brief: bool = False) -> int:
    """Return how many requests the reason of a row usually takes.

    Those of a job are for the list of its log files, one page of each, and its details; with ``is_brief`` for
    the list and the page that has an error. A list that does not state the workers may hide several.
    """
    if resource.kind not in ("jobs", "versions"):
        return _REQUESTS_WITHOUT_LOG
    if is_brief:
        return _REQUESTS_WITH_ONE_LOG
    workers = int(resource.get_number("workers") or MOST_LOG_FILES)
    return 2 + max(1, min(MOST_LOG_FILES, workers))


class FoundReason(NamedTuple):
    """A reason that a process found for a resource when it had ``status``, ``at`` ms since the epoch."""

    key: ResourceKey
    status: str
    why: Why
    at: float


class _Answer(NamedTuple):
    why: Why | None
    tries: int
    asked_at: float


class _ReasonEntry(NamedTuple):
    status: str
    version: str
    answer: _Answer


class KnownReasons:
    """The reason of each resource in its state, of a job in that of its newest version.

    A log comes later than the state that it explains: where nothing was found, or no more than that a
    process failed, the question is due again after 20 s, 40 s and so on.
    """

    def __init__(self) -> None:
        self._entries: dict[ResourceKey, _ReasonEntry] = {}

    def note(self, row: Resource, why: Why | None, now_ms: float) -> None:
        """Keep the answer for a row in its state; a weak one replaces none that is better."""
        known = self._find(row)
        tries = known.tries + 1 if known is not None else 1
        if known is not None and known.why is not None and (why is None or is_weak(why)):
            why = known.why
        self._put(row, _Answer(why, tries, now_ms))

    def load(self, row: Resource, found: FoundReason) -> bool:
        """Keep what another process found for a row; return whether it is news."""
        known = self._find(row)
        if known is not None and known.why is not None and (not is_weak(known.why) or is_weak(found.why)):
            return False
        self._put(row, _Answer(found.why, known.tries if known else 0, found.at))
        return True

    def find(self, row: Resource) -> Why | None:
        """Return the reason of a row in its state, None where none is known."""
        known = self._find(row)
        return known.why if known is not None else None

    def was_sought(self, row: Resource) -> bool:
        """Return whether a reason was asked for at least once."""
        known = self._find(row)
        return known is not None and known.tries > 0

    def is_due(self, row: Resource, now_ms: float) -> bool:
        """Return whether a reason is to be asked for."""
        known = self._find(row)
        if known is None:
            return True
        if row.phase is Phase.PENDING and known.why is not None:
            return now_ms >= known.asked_at + _QUEUE_AGAIN_MS
        if known.why is not None and not is_weak(known.why):
            return False
        if known.tries >= _MOST_TRIES:
            return False
        return now_ms >= known.asked_at + (_AGAIN.compute_base_s(known.tries) * 1000 if known.tries else 0)

    def get_known(self, profile: str) -> dict[tuple[str, str], KnownReason]:
        """Return the answers for the resources of a profile, by kind and id."""
        return {
            key[1:]: KnownReason(entry.status, entry.answer.why)
            for key, entry in self._entries.items()
            if key[0] == profile
        }

    def forget(self, keys: Iterable[ResourceKey]) -> None:
        """Drop what is known of resources that are gone."""
        for key in keys:
            self._entries.pop(key, None)

    def drop(self, profile: str) -> None:
        """Drop what is known of a profile."""
        self._entries = {key: entry for key, entry in self._entries.items() if key[0] != profile}

    def get_time(self, key: ResourceKey) -> float:
        """Return when the reason of a resource was found, in ms since the epoch; infinity for none."""
        entry = self._entries.get(key)
        return entry.answer.asked_at if entry is not None else math.inf

    def _put(self, row: Resource, answer: _Answer) -> None:
        self._entries[row.key] = _ReasonEntry(row.status, row.get_text("version_id"), answer)

    def _find(self, row: Resource) -> _Answer | None:
        entry = self._entries.get(row.key)
        if entry is None or (entry.status, entry.version) != (row.status, row.get_text("version_id")):
            return None
        return entry.answer

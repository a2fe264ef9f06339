"""Gathers the parts of a why card side by side, a few at a time; the reasons stated, and what to do next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matui.base.calls.gather import gather_limited, gather_two
from matui.base.calls.shared_reads import share_reads
from matui.base.errors import MatuiError
from matui.clouds.protocols import Cloud, Describes, ExplainsUnsupported
from matui.live.capabilities import explain_missing_pane
from matui.live.triage.fetch_why import find_sold_out
from matui.live.triage.item import Why
from matui.live.triage.reasons import find_reason_in_facts, find_reason_in_status, is_weak
from matui.live.triage.state_times import lacks_since
from matui.live.why.card import NO_METRICS, NO_STEPS, Next, Part, PartName, WhyCard, find_explanations
from matui.live.why.parts import PartReader, Sources, find_course_texts
from matui.resources.detail import Section
from matui.resources.kind import PaneName
from matui.resources.kinds.triage import LISTS
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS, get_kind
from matui.resources.times import find_stated_end, get_state_since
from matui.resources.why import explain_codes, find_failure_texts

_PANES: tuple[tuple[PaneName, str, str], ...] = (
    ("log", "logs", "the log"),
    ("events", "events", "all events"),
    ("metrics", "metrics", "the metrics"),
    ("versions", "versions", "the versions"),
)

_LIST_STEPS = (
    Next("errors", "the last errors, whole, with what to do", "matui doctor"),
    Next("refresh", "read the lists again"),
    Next("acknowledge", "acknowledge it, with a note"),
)
_HEADLESS = {"logs", "describe", "rerun", "start", "restart", "stop"}
_AT_ONCE = 4
_CODES: tuple[tuple[PartName, str], ...] = (("code", "error code"), ("exit", "exit code"))


@dataclass(frozen=True, slots=True)
class StatedReasons:
    """What is stated of a resource: by ``row`` as triage shows it, and by ``sections`` of its details."""

    row: Resource
    sections: Sequence[Section] = ()
    sold_out: Why | None = None

    @property
    def verdict(self) -> tuple[str, ...]:
        """Why triage shows a resource that has not failed; what has failed is explained by its parts."""
        what, why = self.row.get_text("what"), self.row.get_text("why")
        return (f"{what}: {why}",) if why and what not in ("", "failed", "degraded") else ()

    def list_texts(self, resource: Resource, findings: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the reasons of a resource; ``findings`` are those of its log."""
        texts = find_failure_texts(resource, self.sections)
        course = find_course_texts(resource, self.sections)
        sold_out = (self.sold_out.text,) if self.sold_out is not None else ()
        new = [finding for finding in findings if not self._is_in_verdict(finding)]
        return tuple(dict.fromkeys((*self.verdict, *texts, *sold_out, *course, *new)))

    def _is_in_verdict(self, finding: str) -> bool:
        """Return whether triage states a finding already, with or without the line of the log."""
        words = finding.partition(" (line ")[0].rstrip(".")
        return any(words in verdict for verdict in self.verdict)

    def find_last(self, card: WhyCard) -> tuple[str, ...]:
        """Return what the row or its status says, where no other part of the card explains anything."""
        events = card.get_part("events").value or ()
        if card.get_part("first_error").value is not None or any(event.abnormal for event in events):
            return ()
        own = find_reason_in_facts(self.row) or find_reason_in_status(self.row)
        words = self.row.get_text("why") or (own.text if own is not None else "")
        return (words,) if words else ()

    def select_final(self, card: WhyCard) -> tuple[str, ...]:
        """Return the reasons of a card whose parts have all come: weak ones only where no error was found.

        The reason of triage is the first where no part of the card has it; what it begins with is left out.
        """
        reasons, words = card.reasons, self.row.get_text("why")
        error = card.get_part("first_error").value
        if error is not None:
            reasons = tuple(one for one in reasons if not is_weak(Why(one, "cloud")))
        texts = [*reasons, *(event.text for event in card.get_part("events").value or ())]
        texts += [error.summary, *error.around] if error is not None else []
        if error is not None and is_weak(Why(words, "cloud")):
            return reasons
        core = (words.rpartition(" (")[0] if words.endswith(")") else words).rstrip(".")  # without its file
        if not core or any(core in text for text in texts):
            return reasons
        return (words, *(one for one in reasons if not words.startswith(one)))


def list_next_steps(card: WhyCard, cloud: Cloud) -> list[Next]:
    """Return the commands that help with the resource in its state."""
    resource = card.resource
    if resource.kind == LISTS.id:
        return list(_LIST_STEPS)
    kind = get_kind(resource.kind)
    # The metrics pane draws the numbers of a log too.
    has_log = explain_missing_pane(cloud, kind, "log") is None
    without_curves = card.get_part("metrics").missing == NO_METRICS and not has_log
    steps = [
        Next(command, words, _format_step(command, resource))
        for pane, command, words in _PANES
        if explain_missing_pane(cloud, kind, pane) is None and not (pane == "metrics" and without_curves)
    ]
    if not has_log and resource.kind == "jobs" and isinstance(cloud, Describes):
        steps.append(Next("detail", "the details", _format_step("describe", resource)))
    if resource.phase in (Phase.FAILED, Phase.STOPPED) and resource.kind in ("jobs", "versions"):
        steps.append(Next("rerun", "run it again, changed in the editor", _format_step("rerun", resource)))
    steps += [
        Next(action.id, action.label, _format_step(action.id, resource))
        for action in kind.actions
        if action.id in ("start", "restart", "stop") and action.why_not(resource) is None
    ]
    if resource.phase in (Phase.FAILED, Phase.DEGRADED):
        steps.append(Next("acknowledge", "acknowledge it, with a note"))
    return [step for step in steps if _is_offered(cloud, kind.id, step.command)]


def _is_offered(cloud: Cloud, kind_id: str, command: str) -> bool:
    """Return whether the cloud does not refuse a command: a capsule and a replay refuse all but panes."""
    pane = "log" if command == "logs" else command
    return not isinstance(cloud, ExplainsUnsupported) or cloud.explain_unsupported(kind_id, pane) is None


def _format_step(command: str, resource: Resource) -> str:
    """Return the step as a command line, ``""`` where there is none."""
    if command not in _HEADLESS:
        return ""
    if command in ("logs", "rerun"):
        return f"matui {command} {resource.id}"
    kind = KINDS.get(resource.kind)
    return f"matui {command} {kind.singular if kind is not None else 'job'} {resource.id}"


class WhyGatherer:
    """Gathers one card. ``publish`` is called with the card each time a part has come."""

    def __init__(self, sources: Sources, resource: Resource, publish: Callable[[WhyCard], None]) -> None:
        self._from = sources
        self._publish = publish
        self._read = PartReader(sources, resource)
        self._stated = StatedReasons(resource)
        self.card = WhyCard(resource, reasons=self._stated.verdict)

    async def run(self) -> WhyCard:
        """Gather every part and return the card. What cannot be read is missing, with the reason."""
        parts: list[tuple[PartName, Callable[[], Awaitable[tuple[Any, str]]]]] = [
            ("events", self._read.read_events),
            ("first_error", self._read.read_first_error),
            ("code", self._read_codes),
            ("differs", self._read.read_differences),
            ("metrics", self._read.read_metrics),
            ("states", self._read.read_states),
            ("actions", self._read.read_actions),
        ]

        async def gather(part: tuple[PartName, Callable[[], Awaitable[tuple[Any, str]]]]) -> None:
            await self._gather(*part)

        self._set_next_steps()
        beside = (self._load_findings, self._judge)
        with share_reads():
            await gather_two(
                gather_limited(gather, parts, _AT_ONCE),
                gather_limited(lambda read: read(), beside, len(beside)),
            )
        self._explain()
        self._set_time_of_last_state()
        self._set_next_steps()
        return self.card

    def _set_next_steps(self) -> None:
        steps = list_next_steps(self.card, self._from.cloud)
        now = Part(steps, "matui", self._get_now_ms()) if steps else Part(missing=NO_STEPS)
        self._set("next", now)

    async def _load_findings(self) -> None:
        if self._from.load_findings is not None:
            await self._from.load_findings()

    async def _judge(self) -> None:
        """Take the verdict of triage on a row that it has not shown."""
        if self._from.judge is None or self._stated.row.get_text("what"):
            return
        try:
            judged = await self._from.judge()
        except MatuiError:
            return
        self._stated = replace(self._stated, row=judged)
        self.card = replace(self.card, reasons=self._list_reasons(self.card.resource))
        self._publish(self.card)

    async def _gather(self, name: PartName, read: Callable[[], Awaitable[tuple[Any, str]]]) -> None:
        try:
            value, source = await read()
        except MatuiError as error:
            self._set(name, Part(missing=str(error)))
            return
        if name == "code":
            self._explain_found()
            return  # missing only once everything that may name a code has come
        if value is None:
            self._set(name, Part(missing=source))
        else:
            self._set(name, Part(value, source, self._get_now_ms()))
            if name in ("events", "first_error"):
                self._explain_found()

    def _set(self, name: PartName, part: Part) -> None:
        self.card = self.card.add_part(name, part)
        self._publish(self.card)

    def _get_now_ms(self) -> float:
        return self._from.clock.now() * 1000

    async def _read_codes(self) -> tuple[Any, str]:
        if not self._read.explain_missing("detail"):
            detail = await self._read.describe()
            self._stated = replace(self._stated, sections=detail.sections)
            sold_out = await find_sold_out(self._from.cloud, detail.resource)
            self._stated = replace(self._stated, sold_out=sold_out)
            self._take_described(detail.resource)
        return None, ""

    def _take_described(self, found: Resource) -> None:
        """Show the reasons of the details, and the resource as they have it where its status is the same."""
        resource = self.card.resource
        if (found.key, found.status) == (resource.key, resource.status):
            self._note_end(found)
            resource = self._read.resource = found
        self.card = replace(self.card, resource=resource, reasons=self._list_reasons(resource))
        self._publish(self.card)

    def _list_reasons(self, resource: Resource) -> tuple[str, ...]:
        return self._stated.list_texts(resource, self._from.read_findings())

    def _note_end(self, found: Resource) -> None:
        """Keep for triage, changes and report when the resource ended, where only its details state it."""
        ended_at = find_stated_end(found)
        if ended_at is not None and self._from.journal is not None and lacks_since(self._stated.row):
            self._from.journal.note_end(self._stated.row, ended_at)

    def _set_time_of_last_state(self) -> None:
        """Set the time of the last state from the details, where the list has none or only bounds it."""
        part, since = self.card.get_part("states"), get_state_since(self.card.resource)
        if not part.value or since is None:
            return
        last = part.value[-1]
        is_stated = find_stated_end(self.card.resource) is not None
        is_same = last.status == self.card.resource.status
        if last.at is None or (is_same and (is_stated or not last.exact)):
            last = last._replace(at=float(since), exact=True)
            self._set("states", part._replace(value=[*part.value[:-1], last]))

    def _explain(self) -> None:
        """Set the reasons and the codes, once every part has come."""
        reasons = self._list_reasons(self.card.resource) or self._stated.find_last(self.card)
        self.card = replace(self.card, reasons=reasons)
        failed = self.card.get_part("code").missing
        self._explain_found()
        self.card = replace(self.card, reasons=self._stated.select_final(self.card))
        for name, what in _CODES:
            if self.card.get_part(name).value is None:
                missing = failed or f"no {what} is stated by the row, details, events or log"
                self._set(name, Part(missing=missing))

    def _explain_found(self) -> None:
        """Set the codes that are explained by what has come."""
        texts = [*self.card.reasons]
        texts += [event.text for event in self.card.get_part("events").value or () if event.abnormal]
        error = self.card.get_part("first_error").value
        if error is not None:
            texts += [error.summary, *error.around]
        explained = explain_codes("\n".join(texts))
        for name, _what in _CODES:
            if found := find_explanations(explained, exits=name == "exit"):
                self._set(name, Part(found, "row, details, events and log", self._get_now_ms()))

"""Gathers the parts of a why card side by side, a few at a time; publishes the card after each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from matui.base.calls.gather import gather_limited, gather_two
from matui.base.calls.shared_reads import share_reads
from matui.base.clock import Clock
from matui.base.errors import MatuiError, RefusedError
from matui.base.log_lines.errors import DEFAULT_RULES, ErrorRules
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import (
    Cloud,
    Describes,
    ReportsEvents,
    ReportsMetrics,
    TailsLogs,
    compute_clock_correction_ms,
    require,
)
from matui.live.audit.entry import AuditEntry
from matui.live.capabilities import explain_missing_pane
from matui.live.compare.gather import explain_no_runs, find_last_good, list_runs
from matui.live.journal.journal import Journal
from matui.live.triage.fetch_why import find_sold_out
from matui.live.triage.item import Why
from matui.live.triage.reasons import find_reason_in_facts, find_reason_in_status, is_weak
from matui.live.triage.state_times import lacks_since
from matui.live.why.card import NO_METRICS, NO_STEPS, Part, PartName, WhyCard, find_explanations
from matui.live.why.first_error import LogLimits, find_first_error
from matui.live.why.next_steps import list_next_steps
from matui.live.why.readers import (
    compare_details,
    find_course_texts,
    list_actions,
    list_states,
    pick_events,
    read_values,
)
from matui.resources.detail import Detail
from matui.resources.kind import PaneName
from matui.resources.model import Resource
from matui.resources.registry import get_kind
from matui.resources.times import find_stated_end, get_state_since
from matui.resources.why import explain_codes, find_failure_texts

_AT_ONCE = 4
_LIMITS = LogLimits(tail=5000, files=16, at_once=4, lines=20_000)
_MOST_CHANGES = 50
_CODES: tuple[tuple[PartName, str], ...] = (("code", "error code"), ("exit", "exit code"))


class Sources(NamedTuple):
    """The sources of a card. ``journal`` is None where none is kept; ``read_audit`` reads the disk.

    ``read_findings`` returns the findings in the numbers of the log, from the part that was read;
    ``load_findings`` reads it, side by side with the parts, and ``judge`` returns the row as triage shows it.
    """

    cloud: Cloud
    clock: Clock
    new_parser: Callable[[], TimestampParser]
    read_audit: Callable[[], Sequence[AuditEntry]]
    journal: Journal | None = None
    rules: ErrorRules = DEFAULT_RULES
    read_findings: Callable[[], Sequence[str]] = tuple
    load_findings: Callable[[], Awaitable[None]] | None = None
    judge: Callable[[], Awaitable[Resource]] | None = None


class WhyGatherer:
    """Gathers one card. ``publish`` is called with the card each time a part has come."""

    def __init__(self, sources: Sources, resource: Resource, publish: Callable[[WhyCard], None]) -> None:
        self._from = sources
        self._publish = publish
        self._detail: Detail | None = None
        self._reading: asyncio.Future[Detail] | None = None
        self._sold_out: Why | None = None
        self._row = resource
        self._verdict = _describe_verdict(resource)
        self.card = WhyCard(resource, reasons=self._verdict)

    async def run(self) -> WhyCard:
        """Gather every part and return the card. What cannot be read is missing, with the reason."""
        parts: list[tuple[PartName, Callable[[], Awaitable[tuple[Any, str]]]]] = [
            ("events", self._read_events),
            ("first_error", self._read_first_error),
            ("code", self._read_codes),
            ("differs", self._read_differences),
            ("metrics", self._read_metrics),
            ("states", self._read_states),
            ("actions", self._read_actions),
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
        if self._from.judge is None or self._row.get_text("what"):
            return
        try:
            judged = await self._from.judge()
        except MatuiError:
            return
        self._row, self._verdict = judged, _describe_verdict(judged)
        self.card = replace(self.card, reasons=self._find_reasons())
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

    def _explain_missing(self, pane: PaneName) -> str:
        resource = self.card.resource
        return explain_missing_pane(self._from.cloud, get_kind(resource.kind), pane) or ""

    # Each part: its value, or None, and its source, or the reason why it is missing

    async def _read_states(self) -> tuple[Any, str]:
        resource, journal = self.card.resource, self._from.journal
        changes: Sequence[Any] = ()
        without = "the journal is not available"
        if journal is not None and journal.is_on:
            account = journal.accounts.get_account(resource.profile)
            changes = await asyncio.to_thread(
                journal.reader.read_changes,
                resource.kind,
                resource.id,
                limit=_MOST_CHANGES,
                accounts=(account,),
            )
            without = without if journal.problem else "the journal knows no change of it"
        states = list_states(resource, changes, compute_clock_correction_ms(self._from.cloud))
        return states, "journal and cloud" if changes else f"cloud; {without}"

    async def _read_first_error(self) -> tuple[Any, str]:
        if reason := self._explain_missing("log"):
            return None, reason
        source = self._from
        found = await find_first_error(
            require(source.cloud, TailsLogs),
            self.card.resource,
            clock=source.clock,
            new_parser=source.new_parser,
            rules=source.rules,
            limits=_LIMITS,
        )
        searched = found.describe()
        if found.error is None:
            return None, f"no error in {searched}" if found.searched else "the job has no log yet"
        return found.error, searched

    async def _read_events(self) -> tuple[Any, str]:
        if reason := self._explain_missing("events"):
            return None, reason
        resource = self.card.resource
        events = await require(self._from.cloud, ReportsEvents).fetch_events(resource)
        if not events:
            return None, "the cloud has recorded no events"
        if self._from.journal is not None:
            self._from.journal.record_events(resource, events)
        since = get_state_since(resource)
        return pick_events(events, float(since) if since is not None else None), "cloud"

    async def _read_metrics(self) -> tuple[Any, str]:
        if reason := self._explain_missing("metrics"):
            return None, reason
        metrics = await require(self._from.cloud, ReportsMetrics).fetch_metrics(self.card.resource)
        values = [one for one in read_values(metrics) if one.last is not None or one.most is not None]
        return (values, "cloud") if values else (None, NO_METRICS)

    async def _read_actions(self) -> tuple[Any, str]:
        try:
            entries = await asyncio.to_thread(self._from.read_audit)
        except OSError as error:
            raise RefusedError(
                f"The audit cannot be read: {error.strerror or error}.",
                remedy="Check your rights to the audit's file.",
            ) from None
        done = list_actions(self.card.resource, entries, compute_clock_correction_ms(self._from.cloud))
        return (done, "audit of this user") if done else (None, "nothing in the audit of this user")

    async def _read_codes(self) -> tuple[Any, str]:
        if not self._explain_missing("detail"):
            self._detail = await self._describe()
            found = self._detail.resource
            self._sold_out = await find_sold_out(self._from.cloud, found)
            is_same = (found.key, found.status) == (self.card.resource.key, self.card.resource.status)
            resource = found if is_same else self.card.resource
            if is_same:
                self._note_end(found)
            self.card = replace(self.card, resource=resource, reasons=self._find_reasons())
            self._publish(self.card)
        return None, ""

    def _note_end(self, found: Resource) -> None:
        """Keep for triage, changes and report when the resource ended, where only its details state it."""
        ended_at = find_stated_end(found)
        if ended_at is not None and self._from.journal is not None and lacks_since(self._row):
            self._from.journal.note_end(self._row, ended_at)

    async def _describe(self) -> Detail:
        """Return the detail of the resource, read once for all parts."""
        if self._reading is None:
            describing = require(self._from.cloud, Describes).describe(self.card.resource)
            self._reading = asyncio.ensure_future(describing)
        return await self._reading

    async def _read_differences(self) -> tuple[Any, str]:
        resource, cloud = self.card.resource, self._from.cloud
        if reason := explain_no_runs(cloud, resource):
            return None, reason
        shown, runs = await list_runs(cloud, resource)
        good = find_last_good(shown, runs, earlier=True)
        if good is None:
            return None, "no earlier version has succeeded"
        name = good.name or good.id
        before, now = await gather_two(
            require(cloud, Describes).describe(good),
            self._describe() if shown.key == resource.key else require(cloud, Describes).describe(shown),
        )
        found = compare_details(before, now)
        return (found, f"details, against {name}") if found else (None, f"the same settings as {name}")

    def _find_reasons(self) -> tuple[str, ...]:
        sections = self._detail.sections if self._detail is not None else ()
        texts = find_failure_texts(self.card.resource, sections)
        course = find_course_texts(self.card.resource, sections)
        sold_out = (self._sold_out.text,) if self._sold_out is not None else ()
        findings = [one for one in self._from.read_findings() if not self._is_in_verdict(one)]
        return tuple(dict.fromkeys((*self._verdict, *texts, *sold_out, *course, *findings)))

    def _is_in_verdict(self, finding: str) -> bool:
        """Return whether triage states a finding already, with or without the line of the log."""
        words = finding.partition(" (line ")[0].rstrip(".")
        return any(words in verdict for verdict in self._verdict)

    def _find_last_reason(self) -> tuple[str, ...]:
        """Return what the row or its status says, where no other part of the card explains anything."""
        events = self.card.get_part("events").value or ()
        if self.card.get_part("first_error").value is not None or any(event.abnormal for event in events):
            return ()
        own = find_reason_in_facts(self._row) or find_reason_in_status(self._row)
        words = self._row.get_text("why") or (own.text if own is not None else "")
        return (words,) if words else ()

    def _add_reason_of_triage(self) -> tuple[str, ...]:
        """Return the reasons, and first that of triage where no part of the card has it."""
        words, reasons = self._row.get_text("why"), self.card.reasons
        error = self.card.get_part("first_error").value
        texts = [*reasons, *(event.text for event in self.card.get_part("events").value or ())]
        texts += [error.summary, *error.around] if error is not None else []
        if error is not None and is_weak(Why(words, "cloud")):
            return reasons
        core = (words.rpartition(" (")[0] if words.endswith(")") else words).rstrip(".")  # without its file
        return reasons if not core or any(core in text for text in texts) else (words, *reasons)

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
        reasons = self._find_reasons() or self._find_last_reason()
        self.card = replace(self.card, reasons=reasons)
        failed = self.card.get_part("code").missing
        self._explain_found()
        if self.card.get_part("first_error").value is not None:
            kept = tuple(one for one in reasons if not is_weak(Why(one, "cloud")))
            self.card = replace(self.card, reasons=kept)
        self.card = replace(self.card, reasons=self._add_reason_of_triage())
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


def _describe_verdict(resource: Resource) -> tuple[str, ...]:
    """Return why triage shows a resource that has not failed; what has failed is explained by its parts."""
    what, why = resource.get_text("what"), resource.get_text("why")
    return (f"{what}: {why}",) if why and what not in ("", "failed", "degraded") else ()

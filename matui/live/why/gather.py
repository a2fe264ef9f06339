"""Gathers the parts of a why card side by side, a few at a time; publishes the card after each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from matui.base.calls.gather import gather_limited, gather_two
from matui.base.calls.shared_reads import share_reads
from matui.base.errors import MatuiError
from matui.live.triage.fetch_why import find_sold_out
from matui.live.triage.state_times import lacks_since
from matui.live.why.card import NO_STEPS, Part, PartName, WhyCard, find_explanations
from matui.live.why.next_steps import list_next_steps
from matui.live.why.parts import PartReader, Sources
from matui.live.why.reasons import StatedReasons
from matui.resources.model import Resource
from matui.resources.times import find_stated_end, get_state_since
from matui.resources.why import explain_codes

_AT_ONCE = 4
_CODES: tuple[tuple[PartName, str], ...] = (("code", "error code"), ("exit", "exit code"))


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

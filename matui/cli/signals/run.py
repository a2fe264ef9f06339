"""Reads the signals of one log file, and writes what is known of the whole of it."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from matui.base.text.formatting import pluralize
from matui.cli.context.session import Session
from matui.cli.output.streams import print_line
from matui.live.logs.reader import JobLogFile
from matui.signals.summary import serialize_number

if TYPE_CHECKING:
    from matui.resources.model import Resource
    from matui.signals.findings import Finding
    from matui.signals.progress import LineReading
    from matui.signals.reader import SignalReader
    from matui.signals.series import Point, Series, SignalLog

OUTPUTS = ("table", "json", "jsonl", "csv")
_COLUMNS = ("loss", "eval_loss", "learning_rate", "grad_norm", "step_time", "throughput")


@dataclass(slots=True)
class PointWriter:
    """Writes points, for the formats that have one a line: once released, as they are read."""

    output: str
    _held: list[str] | None = field(default_factory=list)

    def print(self, line: str) -> None:
        """Write a line, or hold it until the release."""
        if self._held is None:
            print_line(line)
        else:
            self._held.append(line)

    def release(self) -> None:
        """Write what is held, and further lines at once."""
        held, self._held = self._held, None
        for line in held or ():
            print_line(line)

    def begin(self) -> None:
        """Write the header of csv."""
        if self.output == "csv":
            self.print("segment,name,step,time,value")

    def write(self, segment: int, series: Series, point: Point) -> None:
        """Write one point."""
        if self.output == "csv":
            time = "" if point.time_ms is None else format_iso_time(point.time_ms)
            step = "" if point.step is None else str(point.step)
            self.print(f"{segment},{_quote_csv(series.name)},{step},{time},{serialize_number(point.value)}")
        elif self.output == "jsonl":
            line = {
                "segment": segment,
                "name": series.name,
                "unit": series.unit,
                "step": point.step,
                "time_ms": _round(point.time_ms),
                "value": serialize_number(point.value),
            }
            self.print(json.dumps(line, ensure_ascii=False))


def serialize_point(point: Point) -> list[Any]:
    """Return a point as ``[step, time in ms, value]``."""
    return [point.step, _round(point.time_ms), serialize_number(point.value)]


def format_iso_time(ms: float) -> str:
    """Return ms since the epoch as ISO 8601 UTC, ``""`` where no calendar holds it."""
    from matui.base.text.formatting import format_iso_utc

    return format_iso_utc(ms) or ""


def _round(ms: float | None) -> int | None:
    return None if ms is None else round(ms)


def _quote_csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n') else text


class SignalRun:
    """Reads the signals of one log file, ``""`` without one. ``stragglers`` are findings of all files.

    ``gaps`` counts the places at which lines may be missing.
    """

    def __init__(self, session: Session, job: Resource, file: str, watcher: Any, writer: PointWriter) -> None:
        from matui.signals.findings import LINES_SINCE_STEP, REMEMBERED_LINES
        from matui.signals.reader import SignalReader
        from matui.signals.series import SignalLog

        self.log: SignalLog = SignalLog()
        self.reader: SignalReader = SignalReader(_load_own_signals(session))
        self.stragglers: tuple[Finding, ...] = ()
        self.gaps = 0
        self._session = session
        self._job = job
        self._file = file
        self._watcher = watcher
        self._writer = writer
        self._times = session.settings.logs.build_time_parser(job.created_at)
        self.found = asyncio.Event()
        self.at_end = asyncio.Event()
        self._printed_header = False
        self._line = -1
        self._last: deque[str] = deque(maxlen=REMEMBERED_LINES)
        self._since_step: deque[str] = deque(maxlen=LINES_SINCE_STEP)

    async def read(self, *, follow: bool, tail: int | None = None) -> None:
        """Read the file to its end; with ``follow`` until the job has ended."""
        async for lines in self._read_pages(follow, tail):
            for text in lines:
                self._take(text)

    def release(self) -> None:
        """Write what has been read, and the rest as it is read."""
        self._writer.release()

    def raise_if_incomplete(self) -> None:
        """Raise IncompleteOutputError where lines of the file may be missing."""
        if self.gaps:
            from matui.base.errors import IncompleteOutputError

            raise IncompleteOutputError(
                f"Lines may be missing at {pluralize(self.gaps, 'place')} of the log.",
                remedy="Repeat the command: the cloud may give them then.",
            )

    async def _read_pages(self, follow: bool, tail: int | None) -> AsyncIterator[list[str]]:
        import random

        from matui.cli.logs.output import LogPrinter
        from matui.cli.logs.selection import find_log_source, open_spill
        from matui.live.logs.stream import HeadlessLog

        messages = LogPrinter(now=lambda: self._session.clock.now(), timestamps=False, named=False)
        log = HeadlessLog(
            JobLogFile(find_log_source(self._session), self._job, self._file),
            clock=self._session.clock,
            rng=random.Random(),  # noqa: S311  jitter between requests, no secret
            failed=partial(messages.report_failure, self._file),
            spill=open_spill(),
            at_end=self.at_end,
        )
        pages = log.read_pages(
            follow=follow,
            tail=tail,
            cadence_s=self._session.profile.build_cadence(self._session.settings)["logs"],
            ended=self._watcher.has_ended,
        )
        async for page in pages:
            self.gaps += sum(line.mark == "gap" for line in page)
            yield [line.text for line in page if not line.mark]

    def _take(self, text: str) -> None:
        from matui.base.log_lines.control import render_plain_text

        self._line += 1
        self._last.append(text)
        if self.log.last_step_line == self._line - 1:
            self._since_step.clear()
        self._since_step.append(text)
        plain = render_plain_text(text)
        stamp = self._times.read(plain)
        time_ms = stamp.ms if stamp else self.log.last_line_ms
        self.log.observe_line(time_ms)
        reading = self.reader.read(plain)
        if reading is None:
            return
        is_followed = stamp is None and self.at_end.is_set()
        self.log.add(
            reading, time_ms, self._line, self._session.cloud_clock.now() * 1000 if is_followed else None
        )
        if self.log.segments:
            self.found.set()
        if reading.values:
            self._show(reading)

    def _show(self, reading: LineReading) -> None:
        if not self._printed_header:
            self._printed_header = True
            self._writer.begin()
            if self._writer.output == "table":
                self._writer.print(
                    _format_row(["STEP", *(name.upper().replace("_", " ") for name in _COLUMNS)])
                )
        segment = self.log.segments[-1]
        for value in reading.values:
            series = segment.series[value.name]
            if series.points[-1].line != self._line:
                continue  # of another unit than the curve
            self._writer.write(len(self.log.segments), series, series.points[-1])
        if self._writer.output == "table" and any(value.name in _COLUMNS for value in reading.values):
            found = {value.name: value.number for value in reading.values}
            step = "–" if segment.last_step is None else str(segment.last_step)
            cells = (f"{found[name]:.6g}" if name in found else "–" for name in _COLUMNS)
            self._writer.print(_format_row([step, *cells]))

    def finish(self) -> None:
        """Write what is known of the whole log: the document of json, or a summary and the findings."""
        from matui.cli.output.streams import note

        now_ms = self._session.cloud_clock.now() * 1000
        findings = self._find_findings(now_ms)
        if self._writer.output == "json":
            print_line(json.dumps(self._build_document(now_ms, findings), ensure_ascii=False, indent=2))
            return
        if not self._printed_header:
            self._writer.begin()
        if self.log.segments and self._writer.output == "table":
            note(self._summarize(now_ms))
        for finding in findings:
            line = "" if finding.line is None else f" (line {finding.line + 1})"
            note(f"{finding.kind}: {finding.words}{line}")

    def _find_findings(self, now_ms: float) -> tuple[Finding, ...]:
        from matui.signals.findings import FindingLimits, adapt_limits, find_faults

        limits = FindingLimits(self._session.settings.triage.silent_minutes)
        found = find_faults(
            self.log,
            now_ms=now_ms,
            running=not self._watcher.has_ended(),
            limits=adapt_limits(self._last, limits, self._since_step),
        )
        return (*found, *self.stragglers)

    def _summarize(self, now_ms: float) -> str:
        step, total = self.log.step, self.log.total_steps
        runs = len(self.log.segments)
        parts = [f"{self._file}: {self.reader.shape}", pluralize(runs, "run")]
        if step is not None:
            parts.append(f"step {step}" + (f" of {total} ({step / total:.0%})" if total else ""))
        eta = None if self._watcher.has_ended() else self.log.compute_eta_ms(now_ms)
        if eta is not None:
            parts.append(f"ends about {format_iso_time(eta)}")
        return ", ".join(parts) + "."

    def _build_document(self, now_ms: float, findings: tuple[Finding, ...]) -> dict[str, Any]:
        job_id, _, version = self._job.id.partition("/")
        version = version or self._job.get_text("version_name") or self._job.get_text("version_id")
        eta = None if self._watcher.has_ended() else self.log.compute_eta_ms(now_ms)
        return {
            "job": job_id,
            "version": version or None,
            "file": self._file or None,
            "shape": self.reader.shape or None,
            "segments": [
                {
                    "started_at": None if segment.started_at is None else format_iso_time(segment.started_at),
                    "series": [
                        {
                            "name": series.name,
                            "unit": series.unit,
                            "points": [serialize_point(point) for point in series.points],
                        }
                        for series in segment.series.values()
                    ],
                }
                for segment in self.log.segments
            ],
            "step": self.log.step,
            "total_steps": self.log.total_steps,
            "eta_at": None if eta is None else format_iso_time(eta),
            "findings": [
                {
                    "kind": finding.kind,
                    "since": None if finding.since_ms is None else format_iso_time(finding.since_ms),
                    "line": None if finding.line is None else finding.line + 1,
                    "words": finding.words,
                }
                for finding in findings
            ],
        }


def _load_own_signals(session: Session) -> list[Any]:
    from matui.base.text.regex import compile_user_regex
    from matui.signals.reader import OwnSignal

    return [OwnSignal(rule.name, compile_user_regex(rule.regex)) for rule in session.settings.signals]


def _format_row(cells: list[str]) -> str:
    return "  ".join(f"{cell:>13}" if index else f"{cell:>9}" for index, cell in enumerate(cells)).rstrip()

"""Reads what a comparison needs: full records, ends of logs, the run that a resource is compared with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from matui.base.calls.gather import gather_two
from matui.base.clock import Clock
from matui.base.errors import MatuiError, RefusedError
from matui.base.log_lines.control import render_plain_text
from matui.base.log_lines.errors import ErrorRules
from matui.base.log_lines.times import TimestampParser
from matui.base.redaction.masking import hide_in_text
from matui.base.text.formatting import pluralize
from matui.clouds.protocols import Cloud, Describes, ListsReruns, ListsVersions, TailsLogs, name_cloud
from matui.live.capabilities import explain_missing_pane
from matui.live.compare.comparison import Comparison, Side, compare
from matui.live.logs.batch import PAGE_LINES
from matui.live.logs.reader import LogReader
from matui.live.signals.file_signals import FileSignals
from matui.live.signals.store import SignalStore
from matui.live.why.first_error import (
    FirstError,
    LogLimits,
    LogSearch,
    find_earliest_error,
    find_first_error,
    summarize_error,
)
from matui.resources.model import Phase, Resource
from matui.resources.registry import get_kind

_MOST_PAGES = 40
_LIMITS = LogLimits(files=16, lines=20_000)
_NAME_TWO = "Mark two rows, or name two: matui diff KIND A B"


class _ReadLog(NamedTuple):
    """The first error and the signals of the files that were read for their signals."""

    error: FirstError | None
    signals: FileSignals | None
    searched: Sequence[str]


def _ignore(_known: object) -> None: ...


class Gatherer:
    """Reads the sides of comparisons from one cloud. ``progress`` is called with what is being read."""

    def __init__(
        self,
        cloud: Cloud,
        *,
        clock: Clock,
        store: SignalStore,
        new_times: Callable[[float | None], TimestampParser],
        rules: ErrorRules,
        progress: Callable[[str], None] = lambda _words: None,
    ) -> None:
        self._cloud = cloud
        self._clock = clock
        self._store = store
        self._new_times = new_times
        self._rules = rules
        self._progress = progress

    async def find_pair(self, resource: Resource) -> tuple[Resource, Resource]:
        """Return the run that a job shows, or the version itself, and the last other run that succeeded.

        Raises RefusedError where there is none.
        """
        if explain_no_runs(self._cloud, resource) is not None:
            raise RefusedError("Only a job has runs to be compared with.", remedy=_NAME_TWO)
        own, runs = await list_runs(self._cloud, resource)
        good = find_last_good(own, runs)
        if good is None:
            raise RefusedError("No other run of the job has succeeded.", remedy=_NAME_TWO)
        return own, good

    async def read_side(self, resource: Resource, on_record: Callable[[Side], None] = _ignore) -> Side:
        """Return a resource with its full record and what its log says. Raises the errors of the record.

        Both are read side by side; ``on_record`` is called with the record where the log takes longer.
        """
        asked, resource = resource, await self._fetch_newest_version(resource)
        job = "" if asked.kind == resource.kind else asked.name
        kind = get_kind(resource.kind)
        if explain_missing_pane(self._cloud, kind, "log") is not None:
            return Side(await self._describe(resource), job=job)
        log = asyncio.ensure_future(self._read_log_side(resource))
        try:
            described = await self._describe(resource)
            if not log.done():
                on_record(Side(described, missing=("The log is being read.",), job=job))
            return (await log)._replace(resource=described, job=job)
        finally:
            log.cancel()

    async def _read_log_side(self, resource: Resource) -> Side:
        cloud = self._cloud
        if not isinstance(cloud, TailsLogs):
            return Side(resource)
        try:
            files = await cloud.list_log_files(resource)
            read, others = await gather_two(
                self._read_signals(cloud, resource, files), self._search_files(cloud, resource, files)
            )
        except MatuiError as failure:
            return Side(resource, missing=(f"The log could not be read: {failure.sentence}",))
        searched = {*others.searched, *read.searched}
        return Side(
            resource,
            find_earliest_error([one for one in (read.error, others.error) if one is not None]),
            read.signals.log if read.signals is not None else None,
            unread=len(set(files) - searched),
        )

    async def _search_files(self, cloud: TailsLogs, job: Resource, files: Sequence[str]) -> LogSearch:
        """Search the files of all workers for the first error, unless there is one or the job is done."""
        if len(files) < 2 or job.phase is Phase.DONE:
            return LogSearch(None)
        try:
            return await find_first_error(
                cloud,
                job,
                clock=self._clock,
                new_parser=lambda: self._new_times(job.created_at),
                rules=self._rules,
                limits=_LIMITS,
            )
        except MatuiError:
            return LogSearch(None)

    async def _fetch_newest_version(self, resource: Resource) -> Resource:
        """Return the newest version of a job that has versions: its record has one configuration only."""
        cloud = self._cloud
        if resource.kind != "jobs" or explain_missing_pane(cloud, get_kind("jobs"), "versions") is not None:
            return resource
        if not isinstance(cloud, ListsVersions):
            return resource
        versions = await cloud.fetch_versions(resource)
        return versions[0] if versions else resource

    async def _describe(self, resource: Resource) -> Resource:
        cloud = self._cloud
        if not isinstance(cloud, Describes):
            return resource
        return (await cloud.describe(resource)).resource

    async def _read_signals(self, cloud: TailsLogs, job: Resource, files: Sequence[str]) -> _ReadLog:
        """Read the last pages of the first file, and of the last one where the first has no signals."""
        error: FirstError | None = None
        signals: FileSignals | None = None
        searched: list[str] = []
        for file in dict.fromkeys((files[0], files[-1])) if files else ():
            lines, is_whole = await self._read_end(cloud, job, file)
            self._progress(f"{job.name}: evaluating {pluralize(len(lines), 'line')}")
            error = error or await self._find_error(file, lines, job, is_whole=is_whole)
            searched.append(file)
            signals = self._store.build_file_reader(job, file)
            for begin in range(0, len(lines), PAGE_LINES):
                signals.add(lines[begin : begin + PAGE_LINES])
                await asyncio.sleep(0)  # a key that was pressed comes first
            if signals.log.segments:
                break
        return _ReadLog(error, signals, searched)

    async def _read_end(self, source: TailsLogs, job: Resource, file: str) -> tuple[list[str], bool]:
        """Return the last lines of a file, at most 20,000, and whether they are all."""
        reader = LogReader(source, job, file)
        pages = [(await reader.read_newer()).lines]
        while reader.opened and not reader.at_top and len(pages) < _MOST_PAGES:
            pages.append((await reader.read_older()).lines)
            self._progress(f"{job.name}: {pluralize(sum(map(len, pages)), 'line')} of {file} read")
        return [line for page in reversed(pages) for line in page], reader.at_top

    async def _find_error(
        self, file: str, lines: list[str], job: Resource, *, is_whole: bool
    ) -> FirstError | None:
        texts = [render_plain_text(line) for line in lines]
        for begin in range(0, len(texts), PAGE_LINES):
            heads = self._rules.find_error_heads(texts[begin : begin + PAGE_LINES])
            if heads:
                return self._describe_error(file, texts, begin + heads[0], job, is_whole=is_whole)
            await asyncio.sleep(0)
        return None

    def _describe_error(
        self, file: str, texts: list[str], at: int, job: Resource, *, is_whole: bool
    ) -> FirstError:
        times, stamp = self._new_times(job.created_at), None
        for text in texts[max(0, at - PAGE_LINES) : at + 1]:
            stamp = times.read(text) or stamp
        line = at + 1 if is_whole else None
        text, summary = map(hide_in_text, (texts[at], summarize_error(texts, at)))
        return FirstError(file, line, stamp.ms if stamp else None, text, summary)


async def compare_sides(
    a: tuple[Gatherer, Resource],
    b: tuple[Gatherer, Resource],
    publish: Callable[[Comparison], None] = _ignore,
) -> Comparison:
    """Return the comparison of two resources of one kind, each read by its gatherer.

    ``publish`` is called with what differs once both records have come, and again as the logs come. Raises
    the errors of the records.
    """
    known: dict[int, Side] = {}

    async def read(number: int, gatherer: Gatherer, resource: Resource) -> Side:
        def note(side: Side) -> None:
            known[number] = side
            if len(known) == 2:
                publish(compare(known[0], known[1]))

        side = await gatherer.read_side(resource, note)
        note(side)
        return side

    return compare(*await gather_two(read(0, *a), read(1, *b)))


def explain_no_runs(cloud: Cloud, resource: Resource) -> str | None:
    """Return why a resource has no other runs, or None. A run is a version or a job that ran again."""
    if resource.kind not in ("jobs", "versions"):
        missing = explain_missing_pane(cloud, get_kind(resource.kind), "versions")
        return missing or "only jobs are compared with an earlier run"
    if resource.kind == "jobs" and _find_reruns(cloud) is not None:
        return None
    missing = explain_missing_pane(cloud, get_kind("jobs"), "versions")
    return missing or (None if isinstance(cloud, ListsVersions) else f"{name_cloud(cloud)} has no versions")


async def list_runs(cloud: Cloud, resource: Resource) -> tuple[Resource, tuple[Resource, ...]]:
    """Return the run that a resource shows, and all runs of it, newest first. Takes one request or a few."""
    reruns = _find_reruns(cloud)
    if resource.kind == "jobs" and reruns is not None:
        runs = await reruns.fetch_reruns(resource)
        return next((run for run in runs if run.id == resource.id), resource), runs
    if not isinstance(cloud, ListsVersions):
        return resource, ()
    job = resource
    if resource.kind == "versions":
        job = replace(resource, kind="jobs", id=resource.id.rpartition("/")[0])
    runs = await cloud.fetch_versions(job)
    own = runs[0] if runs and resource.kind == "jobs" else resource
    return own, runs


def find_last_good(own: Resource, runs: Sequence[Resource], *, earlier: bool = False) -> Resource | None:
    """Return the newest run that succeeded other than ``own``, with ``earlier`` of those before it."""
    ids = [run.id for run in runs]
    listed = runs[ids.index(own.id) + 1 :] if earlier and own.id in ids else runs
    return next((run for run in listed if run.phase is Phase.DONE and run.id != own.id), None)


def _find_reruns(cloud: Cloud) -> ListsReruns | None:
    """Return the cloud if each run is a job of its own there."""
    if explain_missing_pane(cloud, get_kind("jobs"), "versions") is None:
        return None
    return cloud if isinstance(cloud, ListsReruns) else None

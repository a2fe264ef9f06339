"""Scheduled events of nodes: list, read, accept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated

from pydantic import Field, StringConstraints

from matui.base.calls.gather import gather_limited, gather_two
from matui.base.errors import PART_ERRORS, NotFoundError
from matui.base.text.formatting import format_iso_utc, format_local_time
from matui.base.text.sanitize import clean
from matui.clouds.http.decode import build_bad_answer, parse_raw_rows, read_rows
from matui.clouds.modelarts.kind_client import ActionHandler, ActionReply, KindClient, OptionHandler
from matui.clouds.modelarts.mapping import Scope, build_resources
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.paging import PageSlice
from matui.clouds.modelarts.requests import RequestModel, validate_request
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.v2.pools.client import PoolsApi
from matui.clouds.modelarts.v2.pools.poolnodes import NodesApi
from matui.clouds.modelarts.v2.pools.wire import PoolWorkload
from matui.clouds.modelarts.v2.pools.work import (
    build_work_section,
    list_names,
    list_notes,
    name_work,
    read_work,
)
from matui.clouds.modelarts.v2.wire import OFFSET
from matui.clouds.protocols import Briefing
from matui.clouds.rows import map_status
from matui.clouds.sections import build_countdown, build_instant, build_section
from matui.clouds.wire_types import Id, ModelRows, Text, Texts, Whole, WireModel, to_millis
from matui.resources.detail import Detail, DetailRow
from matui.resources.kinds.maintenance import STATUSES
from matui.resources.model import Fact, Phase, RawRecord, Resource, drop_empty

_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"


class ScheduledEvent(WireModel):
    """One scheduled event; times are texts in UTC."""

    id: Id = ""
    catalog: Text = ""
    type: Text = ""
    description: Text = ""
    state: Text = ""
    instance_id: Text = Field(default="", validation_alias="instanceId")
    node: Text = Field(default="", validation_alias="nodeName")
    pool: Text = Field(default="", validation_alias="poolName")
    pool_title: Text = Field(default="", validation_alias="poolDisplayName")
    published: Text = Field(default="", validation_alias="publishTime")
    started: Text = Field(default="", validation_alias="startTime")
    finished: Text = Field(default="", validation_alias="finishTime")
    not_before: Text = Field(default="", validation_alias="notBefore")
    message: Text = Field(default="", validation_alias="probeMsg")
    progress: Text = Field(default="", validation_alias="jobProgress")
    redeploy: Texts = Field(default_factory=list, validation_alias="redeployType")


class ScheduledEvents(WireModel):
    events: ModelRows[ScheduledEvent] = Field(default_factory=list)
    count: Whole = None


class ScheduledEventsQuery(RequestModel):
    """A page of events, or one by its id."""

    limit: Annotated[int, Field(ge=1, le=100)]
    offset: OFFSET
    id: str | None = None


class AcceptEvent(RequestModel):
    """When it begins at the earliest, later than now; left out, at once."""

    not_before: Annotated[str, StringConstraints(pattern=_TIME)] | None = Field(
        default=None, serialization_alias="notBefore"
    )


class MaintenanceApi(OperationTable):
    """The operations on scheduled events."""

    list = Operation("List.", "GET", "scheduled-events", ScheduledEvents, ScheduledEventsQuery)
    accept = Operation("Accept.", "POST", "scheduled-events/{}/accept", ScheduledEvent, AcceptEvent)


class Maintenance(KindClient):
    """The scheduled events of one project."""

    kind = "maintenance"
    most = 100
    by_creation = False
    list_operation = MaintenanceApi.list

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self._api = MaintenanceApi(session)
        self._nodes = NodesApi(session)
        self._pools = PoolsApi(session)

    async def fetch(self, position: int, size: int, scope: Scope) -> PageSlice:
        """Fetch a page, with what runs on the nodes of events that are ahead."""
        reply = await self._api.list(ScheduledEventsQuery(limit=min(size, self.most), offset=position))
        due = (reply.value.count or 0) - position
        rows = read_rows(reply, reply.value.events, "events", due=due)
        found = build_resources(
            self.kind, rows, _map_event, scope, parse_raw_rows(reply.answer, "events"), position
        )
        total = reply.value.count
        shown = await gather_limited(self._add_work, found, 4)
        return PageSlice(tuple(shown), total if total is not None and total >= len(found) else None, total)

    async def _add_work(self, event: Resource) -> Resource:
        """Return an event that is ahead with what runs on its node; what cannot be read is left out."""
        if event.phase is not Phase.PENDING or not event.get_text("pool_id"):
            return event
        try:
            loads, error = await self._fetch_work(event)
        except PART_ERRORS:
            return event
        if error:
            return event
        names = clean(", ".join(load.job or load.name for load in loads))
        return replace(event, facts={**event.facts, **drop_empty({"work": len(loads), "on_it": names})})

    async def read(self, resource_id: str) -> Resource:
        """Return one event as it is now. Raises NotFoundError."""
        return (await self._read(resource_id))[0]

    async def _read(self, resource_id: str) -> tuple[Resource, ScheduledEvent]:
        reply = await self._api.list(ScheduledEventsQuery(limit=100, offset=0, id=resource_id))
        raw = parse_raw_rows(reply.answer, "events")
        rows = read_rows(reply, reply.value.events, "events", due=reply.value.count or 0)
        for at, row in enumerate(rows):
            if row is not None and str(row.id) == resource_id:
                return _map_event(row, self.scope, RawRecord(raw, (at,))), row
        without = sum(row is None or row.id == "" for row in rows)
        if without:
            raise build_bad_answer(
                reply.answer, f"to a request for the event {resource_id} holds {without} without an id"
            )
        raise NotFoundError(
            f"There is no scheduled event {resource_id}.",
            remedy="See those there are with: matui get maintenance -o wide",
        )

    async def describe(self, resource: Resource) -> Detail:
        """Return one event with what runs on its node."""
        now, row = await self._read(resource.id)
        loads, error = ((), "") if now.phase.ended else await self._fetch_work(now)
        return Detail(
            now,
            (
                *build_section("Overview", _build_overview(row, now)),
                *build_work_section("Work on the node", loads, error),
            ),
        )

    async def _fetch_work(self, event: Resource) -> tuple[Sequence[PoolWorkload], str]:
        pool_id, node = event.get_text("pool_id"), event.get_text("node")
        if not (pool_id and node):
            return (), "the event names no node of a pool"
        work = await read_work(self._pools, pool_id)
        if work.error and not work.by_host:
            return (), work.error
        shown = (await self._nodes.show(pool_id, node)).value
        return work.get_work(shown.status.address)

    async def brief(self, action: str, resources: Sequence[Resource], options: Mapping[str, str]) -> Briefing:  # noqa: ARG002
        """Return when each begins by now, and what it will interrupt."""

        async def read(event: Resource) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
            now, (loads, error) = await gather_two(self.read(event.id), self._fetch_work(event))
            begins = to_millis(options.get("not_before")) or self._find_planned_start(now)
            when = format_local_time(begins) if begins is not None else "at once"
            head = f"{event.name}: {event.get_text('type')}, begins {when}"
            node = event.get_text("node") or event.name
            start = f"the maintenance of {node} that begins {when}"
            notes = (head, *list_notes(node, loads, error))
            return notes, (start, *name_work(node, loads)), list_names(loads)

        parts = await gather_limited(read, resources, 4)
        notes = tuple(line for lines, _, _ in parts for line in lines)
        touched = tuple(name for _, some, _ in parts for name in some)
        work = {event.id: names for event, (_, _, names) in zip(resources, parts, strict=True)}
        return Briefing(notes, touched=touched, work=work)

    def get_handlers(self) -> dict[str, ActionHandler]:
        """Accept at the planned time."""
        return {"accept": partial(self._accept, options={})}

    def get_option_handlers(self) -> dict[str, OptionHandler]:
        """Accept at a time of one's own."""
        return {"accept": self._accept}

    def _find_planned_start(self, event: Resource) -> float | None:
        """Return when it is planned to begin, None where that has passed: the API takes a later time only."""
        begins = event.get_number("begins_at")
        return begins if begins is not None and begins > self.scope.clock.now() * 1000 else None

    async def _accept(self, resource: Resource, options: Mapping[str, str]) -> ActionReply:
        begins = self._find_planned_start(resource)
        planned = format_iso_utc(begins) if begins is not None else None
        moment = options.get("not_before") or planned
        body = validate_request(AcceptEvent, {"not_before": moment} if moment else {})
        reply = await self._api.accept(resource.id, body)
        return ActionReply(reply.answer.request_id, clean(reply.value.state))


def _map_event(row: ScheduledEvent, scope: Scope, raw: RawRecord) -> Resource:
    facts: dict[str, Fact] = {
        "type": clean(row.type.replace("_", " ").replace("-", " ")),
        "begins_at": to_millis(row.not_before) or to_millis(row.started),
        "pool": clean(row.pool_title or row.pool),
        "pool_id": row.pool,
        "pool_name": clean(row.pool_title),
        "node": clean(row.node),
        "description": clean(row.description),
    }
    name, state = row.node or row.instance_id, map_status(row.state, STATUSES)
    created = to_millis(row.published)
    return scope.build_resource("maintenance", str(row.id), name, state, raw, created_at=created, facts=facts)


def _build_overview(row: ScheduledEvent, now: Resource) -> Iterator[DetailRow]:
    yield "Node", now.name
    yield "Event", clean(now.id)
    yield "Status", now.status
    yield "What", now.get_text("type")
    yield "Description", now.get_text("description")
    yield "Category", clean(row.catalog)
    yield "Pool", now.get_text("pool")
    yield "Published", build_instant(to_millis(row.published))
    planned = to_millis(row.not_before)
    yield "Begins", build_instant(planned) if now.phase.ended else build_countdown(planned)
    yield "Began", build_instant(to_millis(row.started))
    yield "Ended", build_instant(to_millis(row.finished))
    yield "Progress", clean(row.progress)
    yield "Message", clean(row.message)
    yield "Ways to redeploy", clean(", ".join(row.redeploy))

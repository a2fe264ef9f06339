"""Scales deployments: the number of instances, the autoscaling policy (HPA) and its events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from matui.base.bounded import drop_oldest
from matui.base.errors import PART_ERRORS, UsageError
from matui.base.text.sanitize import clean
from matui.clouds.http.decode import read_rows
from matui.clouds.modelarts.kind_client import ActionReply
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import RequestModel, validate_request
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.v2.services.requests import ScaleDeployment
from matui.clouds.modelarts.v2.services.wire import Deployment, ShownDeployment
from matui.clouds.modelarts.v2.wire import note_unread
from matui.clouds.protocols import Briefing, Effect
from matui.clouds.rows import is_refusal
from matui.clouds.sections import join_text
from matui.clouds.wire_types import Id, ModelRows, Text, Whole, WireModel, to_millis
from matui.resources.detail import DetailRow, Event, Instant
from matui.resources.model import Resource

_DEPLOYMENT = "services/{}/deployments/{}"
_MOST_WARNINGS = 8
_MOST_EVENTS = 500
_MOST_WITHOUT = 2_000


class ScalingApi(OperationTable, api="v2"):
    """Show and scale a deployment."""

    show = Operation("Show.", "GET", _DEPLOYMENT, ShownDeployment, shows=True)
    scale = Operation("Scale.", "PUT", f"{_DEPLOYMENT}/scale", ShownDeployment, ScaleDeployment)


class Scaling:
    """Scales the deployments of services."""

    def __init__(self, session: Transport) -> None:
        self._api = ScalingApi(session)

    async def brief(
        self, service: Resource, deployments: Sequence[Deployment], options: Mapping[str, str]
    ) -> Briefing:
        """Return the deployment that is scaled, from and to how many. Raises UsageError unless it is one."""
        chosen = choose_deployment(service, deployments, options.get("deployment", ""))
        shown = (await self._api.show(service.id, str(chosen.id))).value
        before = shown.count if shown.count is not None else "an unknown number of"
        note = f"{chosen.name}: from {before} to {options['count']} instances"
        touched = clean(f"{before} instances of {chosen.name}")
        return Briefing((clean(note),), {"deployment": chosen.name}, (touched,))

    async def read_effect(
        self, service: Resource, deployments: Sequence[Deployment], options: Mapping[str, str]
    ) -> Effect:
        """Return whether the deployment has the number of instances that was asked for."""
        chosen = choose_deployment(service, deployments, options["deployment"])
        shown = (await self._api.show(service.id, str(chosen.id))).value
        if shown.count is None:
            return "not stated"
        return "done" if shown.count == int(options["count"]) else "not yet"

    async def scale(self, service: Resource, options: Mapping[str, str]) -> ActionReply:
        """Scale the deployment of the options."""
        body = validate_request(ScaleDeployment, {"count": int(options["count"])})
        reply = await self._api.scale(service.id, options["deployment"], body)
        return ActionReply(reply.answer.request_id)


def choose_deployment(service: Resource, deployments: Sequence[Deployment], wanted: str) -> Deployment:
    """Return the deployment of that name, or the only one. Raises UsageError.

    The API addresses a deployment by its name: one without a name is never returned.
    """
    names = ", ".join(clean(one.name) for one in deployments if one.name)
    if wanted:
        found = next((one for one in deployments if one.name == wanted), None)
        if found is None:
            fault = f"{service.name} has no deployment {wanted!r}."
            raise UsageError(fault, remedy=f"It has: {names}." if names else "")
        return found
    nameless = sum(not one.name for one in deployments)
    if len(deployments) != 1:
        some = f", {nameless} without a name" if nameless else ""
        fault = f"{service.name} has {len(deployments)} deployments{some}."
        raise UsageError(fault, remedy=f"Name one: {names}." if names else "")
    if nameless:
        raise UsageError(
            f"The only deployment of {service.name} has no name and cannot be scaled.",
            remedy="Scale it in the cloud's own console.",
        )
    return deployments[0]


class HpaRule(WireModel):
    name: Text = ""
    type: Text = ""
    schedule: Text = ""
    target_replicas: Whole = None
    disable: Text = ""
    status: Text = ""


class Hpa(WireModel):
    id: Id = ""
    name: Text = ""
    min_replicas: Whole = None
    max_replicas: Whole = None
    status: Text = ""
    hpa_rules: ModelRows[HpaRule] = Field(default_factory=list)


class PodEvent(WireModel):
    type: Text = ""
    reason: Text = ""
    message: Text = ""
    count: Whole = None
    first_timestamp: Text = ""
    last_timestamp: Text = ""


class HpaEvent(WireModel):
    """One time that a rule was applied: instances before, aimed at and after."""

    status: Text = ""
    message: Text = ""
    current_replicas: Whole = None
    target_replicas: Whole = None
    final_replicas: Whole = None
    record_time: Text = ""


class HpaEvents(WireModel):
    data: ModelRows[HpaEvent] = Field(default_factory=list)


class HpaEventsQuery(RequestModel):
    limit: Annotated[int, Field(ge=1, le=500)]
    sort_dir: Literal["ASC", "DESC"]


class PolicyApi(OperationTable, api="v2"):
    """Autoscaling and its events, and the events of pods, which come as a bare array."""

    hpa = Operation("Autoscaling.", "GET", f"{_DEPLOYMENT}/hpa", Hpa)
    hpa_events = Operation("Its events.", "GET", f"{_DEPLOYMENT}/hpa/events", HpaEvents, HpaEventsQuery)
    pod_events = Operation(
        "Events of all pods.", "GET", f"{_DEPLOYMENT}/instances/all/pods/all/events", PodEvent
    )

    async def list_pod_events(self, service_id: str, deployment: str) -> list[PodEvent]:
        """Return the events of all pods of a deployment."""
        return await self.pod_events.list_rows(service_id, deployment)


class ScalingPolicies:
    """Reads autoscaling and pod events; a deployment without autoscaling is asked for it once.

    Of thousands without it the newest are remembered.
    """

    def __init__(self, session: Transport) -> None:
        self._api = PolicyApi(session)
        self._without: dict[tuple[str, str], None] = {}

    async def fetch_hpa_rows(self, service_id: str, deployment_id: str) -> list[DetailRow]:
        """Return a row about the policy and one a rule, none where there is no autoscaling."""
        key = service_id, deployment_id
        if key in self._without or not deployment_id:
            return []
        try:
            hpa = (await self._api.hpa(service_id, deployment_id)).value
        except PART_ERRORS as error:
            if is_refusal(error):
                self._note_without(key)
                return []
            return [("Autoscaling", f"not known: {error}")]
        return list(_build_hpa_rows(hpa))

    async def fetch_scaling_events(self, service_id: str, deployment_id: str, name: str) -> tuple[Event, ...]:
        """Return the latest 100 times that autoscaling changed the instances; an error is an event."""
        key = service_id, deployment_id
        if key in self._without or not deployment_id:
            return ()
        query = HpaEventsQuery(limit=100, sort_dir="DESC")
        try:
            reply = await self._api.hpa_events(service_id, deployment_id, query)
            rows = read_rows(reply, reply.value.data, "data")
        except PART_ERRORS as error:
            if is_refusal(error):
                self._note_without(key)
                return ()
            return (Event(None, f"Events of autoscaling are not known: {error}"),)
        return (*note_unread(rows), *(_map_scaling_event(row, name) for row in rows if row is not None))

    def _note_without(self, key: tuple[str, str]) -> None:
        self._without[key] = None
        drop_oldest(self._without, _MOST_WITHOUT)

    async def fetch_event_rows(self, service_id: str, deployment: str) -> list[DetailRow]:
        """Return a row for each of the latest warnings of the pods."""
        if not deployment:
            return []
        try:
            events = await self._api.list_pod_events(service_id, deployment)
        except PART_ERRORS as error:
            return [("Pod events", f"not known: {error}")]
        warnings = [event for event in events if event.type.casefold() == "warning"]
        warnings.sort(key=lambda event: to_millis(event.last_timestamp) or 0)
        return [row for event in warnings[-_MOST_WARNINGS:] for row in _build_event_rows(event)]

    async def fetch_pod_events(self, service_id: str, deployment: str) -> tuple[Event, ...]:
        """Return the latest 500 events of all pods; an error is an event in their place."""
        try:
            rows = await self._api.list_pod_events(service_id, deployment)
        except PART_ERRORS as error:
            return (Event(None, f"Pod events of {clean(deployment)} are not known: {error}"),)
        events = [_map_pod_event(row, deployment) for row in rows]
        return tuple(sorted(events, key=lambda event: event.at or 0)[-_MOST_EVENTS:])


def _map_scaling_event(event: HpaEvent, deployment: str) -> Event:
    before, after = (
        "?" if count is None else str(count) for count in (event.current_replicas, event.final_replicas)
    )
    aim = event.target_replicas
    missed = f" (aimed at {aim})" if aim is not None and aim != event.final_replicas else ""
    words = ": ".join(part for part in (event.status, event.message) if part)
    text = join_text("Autoscaling:", f"{before} → {after} instances{missed}", f"({words})" if words else "")
    return Event(to_millis(event.record_time), text, event.status.casefold() == "failed", clean(deployment))


def _map_pod_event(event: PodEvent, deployment: str) -> Event:
    reason = f"{event.reason}:" if event.reason and event.message else event.reason
    return Event(
        _read_time(event),
        join_text(reason, event.message, _format_times(event)),
        event.type.casefold() not in ("normal", ""),
        clean(deployment),
    )


def _read_time(event: PodEvent) -> int | None:
    return to_millis(event.last_timestamp) or to_millis(event.first_timestamp)


def _format_times(event: PodEvent) -> str:
    return f"(×{event.count})" if (event.count or 0) > 1 else ""


def _build_hpa_rows(hpa: Hpa) -> Iterator[DetailRow]:
    least, most = (str(n) if n is not None else "?" for n in (hpa.min_replicas, hpa.max_replicas))
    if hpa.id or hpa.status:
        yield "Autoscaling", join_text(f"{least} to {most} instances,", hpa.status)
    for rule in hpa.hpa_rules:
        if rule is not None:
            target = f"to {rule.target_replicas}" if rule.target_replicas is not None else ""
            off = "off" if rule.disable.casefold() == "true" else rule.status
            kind = rule.type
            yield f"Rule {clean(rule.name)}", join_text(kind, rule.schedule, target, off)


def _build_event_rows(event: PodEvent) -> Iterator[DetailRow]:
    at = _read_time(event)
    yield f"Pod warning {clean(event.reason)}".rstrip(), join_text(event.message, _format_times(event))
    if at is not None:
        yield "  at", Instant(at)

"""Versions of deployments: list, read, compare, switch (roll back)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from matui.base.calls.gather import gather_limited, gather_two
from matui.base.errors import PART_ERRORS, NotFoundError, RefusedError
from matui.base.redaction.masking import hide_secrets
from matui.base.text.sanitize import clean
from matui.clouds.http.decode import Reply, build_bad_answer, parse_raw_rows
from matui.clouds.modelarts.kind_client import ActionHandler, ActionReply, UnlistedClient
from matui.clouds.modelarts.mapping import Scope, build_unreadable
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import RequestModel, validate_request
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.v2.services.client import V2ServicesApi
from matui.clouds.modelarts.v2.services.requests import SwitchVersion
from matui.clouds.modelarts.v2.services.wire import Deployment
from matui.clouds.modelarts.v2.wire import V2Page, get_page_rows
from matui.clouds.protocols import Briefing
from matui.clouds.sections import build_instant, build_section, format_number
from matui.clouds.wire_types import EmptyReply, Id, Text, Whole, WireModel, to_millis, to_text
from matui.resources.detail import Detail
from matui.resources.kinds.deployments import CURRENT, EARLIER, STATUSES
from matui.resources.model import Fact, RawRecord, Resource, build_empty_record, get_phase

_DEPLOYMENT = "services/{}/deployments/{}"
_MOST_DEPLOYMENTS, _MOST_VERSIONS, _MOST_NOTES = 8, 100, 20
# What differs between two versions whatever their configuration is.
_NO_CONFIGURATION = frozenset(
    {"id", "version", "version_id", "version_count", "create_at", "update_at", "status", "last_used_time"}
)


class RevisionRow(WireModel):
    infer_name: Text = ""
    version: Text = ""
    description: Text = ""
    create_at: Text = ""


RevisionList = V2Page[RevisionRow]


class ShownRevision(WireModel):
    """One version with its configuration, of which the raw answer is compared."""

    id: Id = ""
    version: Text = ""
    description: Text = ""
    count: Whole = None
    create_at: Text = ""


class RevisionsQuery(RequestModel):
    limit: int
    offset: int
    sort_key: str


class RevisionsApi(OperationTable, api="v2"):
    """Versions of a deployment, and the switch to one."""

    versions = Operation("Versions.", "GET", f"{_DEPLOYMENT}/versions", RevisionList, RevisionsQuery)
    show = Operation("A version.", "GET", f"{_DEPLOYMENT}/versions/{{}}", ShownRevision, shows=True)
    switch = Operation("Switch.", "POST", f"{_DEPLOYMENT}/versions/{{}}/switch", EmptyReply, SwitchVersion)


class Revisions(UnlistedClient):
    """The versions of deployments; an id is ``SERVICE/DEPLOYMENT/VERSION``."""

    kind = "revisions"
    no_list = "Versions are listed by their service."

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self._api = RevisionsApi(session)
        self._services = V2ServicesApi(session)

    async def fetch_revisions(self, service: Resource) -> tuple[Resource, ...]:
        """Return the versions of the first eight deployments of a service, newest first."""
        deployments = await self._services.list_deployments(service.id)

        async def read(deployment: Deployment) -> list[Resource]:
            reply, rows = await self._list_versions(service.id, deployment)
            raw = parse_raw_rows(reply.answer, "data")
            named: dict[str, Fact] = {"service_name": service.name, "service_id": service.id}
            return [
                self._map_revision(service.id, deployment, row, named)
                if row is not None and row.version
                else build_unreadable(self.kind, self.scope, at, RawRecord(raw, (at,)))
                for at, row in enumerate(rows)
            ]

        found = await gather_limited(read, deployments[:_MOST_DEPLOYMENTS], 4)
        rows = [row for one in found for row in one]
        return tuple(sorted(rows, key=lambda row: -(row.created_at or 0)))

    async def _list_versions(
        self, service_id: str, deployment: Deployment
    ) -> tuple[Reply[RevisionList], Sequence[RevisionRow | None]]:
        query = RevisionsQuery(limit=_MOST_VERSIONS, offset=0, sort_key="create_at")
        reply = await self._api.versions(service_id, str(deployment.id), query)
        return reply, get_page_rows(reply)

    def _map_revision(
        self, service_id: str, deployment: Deployment, row: RevisionRow, more: dict[str, Fact]
    ) -> Resource:
        status = CURRENT if row.version == deployment.version else EARLIER
        facts: dict[str, Fact] = {
            "version": clean(row.version),
            "deployment_id": str(deployment.id),
            "deployment_status": clean(deployment.status),
            "infer_name": row.infer_name or deployment.infer_name or str(deployment.id),
            "description": clean(row.description),
            "service_id": service_id,
        }
        return self.scope.build_resource(
            self.kind,
            f"{service_id}/{deployment.name}/{row.version}",
            f"{deployment.name} {row.version}",
            (status, get_phase(status, STATUSES)),
            build_empty_record(),
            created_at=to_millis(row.create_at),
            facts=facts | more,
        )

    async def read(self, resource_id: str) -> Resource:
        """Return one version as it is now. Raises NotFoundError."""
        service_id, name, version = split_revision(resource_id)
        for deployment in await self._services.list_deployments(service_id):
            if deployment.name != name:
                continue
            reply, rows = await self._list_versions(service_id, deployment)
            for row in rows:
                if row is not None and row.version == version:
                    return self._map_revision(service_id, deployment, row, {})
            without = sum(row is None or not row.version for row in rows)
            if without:
                raise build_bad_answer(
                    reply.answer,
                    f"to a request for version {clean(version)} lists {without} without a number",
                )
        raise NotFoundError(
            f"There is no version {version} of the deployment {name}.",
            remedy="See them with the versions of the service.",
        )

    async def describe(self, resource: Resource) -> Detail:
        """Return one version with what differs from the current one."""
        now = await self.read(resource.id)
        shown = await self._show(now, now.get_text("version"))
        value = shown.value
        overview = build_section(
            "Overview",
            (
                ("Deployment", now.name),
                ("Status", now.status),
                ("Description", clean(value.description)),
                ("Instances", format_number(value.count)),
                ("Created", build_instant(now.created_at)),
            ),
        )
        differs = build_section("Switching to it changes", (await self._find_differences(now))[1])
        return Detail(replace(now, raw=shown.build_raw()), (*overview, *differs))

    async def _show(self, revision: Resource, version: str) -> Reply[ShownRevision]:
        deployment_id = revision.get_text("deployment_id")
        return await self._api.show(revision.get_text("service_id"), deployment_id, version)

    async def _find_differences(self, revision: Resource) -> tuple[str, list[tuple[str, str]]]:
        """Return the current version, and what differs between it and this one, a row a setting."""
        if revision.status == CURRENT:
            return revision.get_text("version"), []
        service_id, name, _ = split_revision(revision.id)
        deployments = await self._services.list_deployments(service_id)
        deployment = next((one for one in deployments if one.name == name), None)
        if deployment is None:
            raise NotFoundError(
                f"There is no deployment {clean(name)}.",
                remedy=f"See those there are with: matui describe service {service_id}",
            )
        try:
            now, then = await gather_two(
                self._show(revision, deployment.version), self._show(revision, revision.get_text("version"))
            )
        except PART_ERRORS as error:
            return deployment.version, [("Not known", str(error))]
        return deployment.version, list(
            find_differences(now.build_raw().parse_value(), then.build_raw().parse_value())
        )

    async def brief(self, action: str, resources: Sequence[Resource], options: Mapping[str, str]) -> Briefing:  # noqa: ARG002
        """Return what the switch changes, a line a setting."""
        notes: list[str] = []
        touched: list[str] = []
        for revision in resources:
            current, rows = await self._find_differences(revision)
            touched.append(clean(f"version {current} of {split_revision(revision.id)[1]}"))
            notes += [f"{label}: {value}" for label, value in rows[:_MOST_NOTES]]
            notes += [f"… and {len(rows) - _MOST_NOTES} more"] if len(rows) > _MOST_NOTES else []
            notes += [] if rows else [f"{revision.name}: the configurations are the same."]
        return Briefing(tuple(notes), touched=tuple(touched))

    def get_handlers(self) -> dict[str, ActionHandler]:
        """Switch to a version."""
        return {"rollback": self._switch}

    async def _switch(self, revision: Resource) -> ActionReply:
        service_id, version = revision.get_text("service_id"), revision.get_text("version")
        target = {"service_id": service_id, "target_deployment_version": version}
        body = validate_request(SwitchVersion, target | {"infer_name": revision.get_text("infer_name")})
        deployment_id = revision.get_text("deployment_id")
        reply = await self._api.switch(service_id, deployment_id, version, body)
        return ActionReply(reply.answer.request_id)


def split_revision(resource_id: str) -> tuple[str, str, str]:
    """Return service, deployment and version. Raises RefusedError for an id without all three."""
    service_id, _, rest = resource_id.partition("/")
    name, _, version = rest.rpartition("/")
    if not (service_id and name and version):
        raise RefusedError(
            f"{resource_id!r} is no version of a deployment.", remedy="Name it as SERVICE/DEPLOYMENT/VERSION."
        )
    return service_id, name, version


def find_differences(now: Any, then: Any) -> Iterator[tuple[str, str]]:
    """Yield each setting that differs with both values, secrets hidden."""
    yield from _find_differences_below((), hide_secrets(now, ()), hide_secrets(then, ()))


def _find_differences_below(path: tuple[str, ...], now: Any, then: Any) -> Iterator[tuple[str, str]]:
    if now == then or (not path and not isinstance(now, dict)):
        return
    if isinstance(now, dict) and isinstance(then, dict):
        for name in {**now, **then}:
            if path or name not in _NO_CONFIGURATION:
                yield from _find_differences_below((*path, str(name)), now.get(name), then.get(name))
        return
    if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        for at, (one, other) in enumerate(zip(now, then, strict=True)):
            yield from _find_differences_below((*path, str(at)), one, other)
        return
    yield clean(".".join(path)), clean(f"{_show_value(now)} → {_show_value(then)}")


def _show_value(value: Any) -> str:
    return to_text(value) or "–"

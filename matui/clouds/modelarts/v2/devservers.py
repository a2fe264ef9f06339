"""DevServers: list, read, describe, start, stop, reboot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.kind_client import Actions, ActionSpec, read_stated_status
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation
from matui.clouds.modelarts.requests import RequestModel
from matui.clouds.modelarts.spec_client import KindOperations, KindSpec, SpecClient, build_query
from matui.clouds.modelarts.v2.wire import OFFSET, Endpoint, V2Page
from matui.clouds.rows import map_status, match_id
from matui.clouds.sections import build_instant, build_overview, build_section, format_number, join_text
from matui.clouds.wire_types import Id, ModelRows, Number, One, Text, WireModel, make_list, to_millis
from matui.resources.detail import DetailRow, Section
from matui.resources.kinds.devservers import STATUSES
from matui.resources.model import Fact, Phase, RawRecord, Resource
from matui.resources.times import UPDATED_BY_HAND


class OsImage(WireModel):
    name: Text = ""
    arch: Text = ""
    server_type: Text = ""


class Machine(WireModel):
    id: Text = ""
    type: Text = ""


class Disk(WireModel):
    """A disk; ``size`` in GB."""

    size: Number = None
    type: Text = ""
    evs_type: Text = ""


class DevServer(WireModel):
    id: Id = ""
    name: Text = ""
    status: Text = ""
    flavor: Text = ""
    category: Text = ""
    charging_mode: Text = ""
    create_at: Text = ""
    update_at: Text = ""
    order_id: Text = ""
    vpc_id: Text = ""
    subnet_id: Text = ""
    key_pair_name: Text = ""
    image: One[OsImage] = Field(default_factory=OsImage)
    cloud_server: One[Machine] = Field(default_factory=Machine)
    volumes: ModelRows[Disk] = Field(default_factory=make_list)
    endpoints: ModelRows[Endpoint] = Field(default_factory=make_list)


class DevServersQuery(RequestModel):
    """``offset`` counts items."""

    limit: Annotated[int, Field(ge=1, le=1024)]
    offset: OFFSET
    sort_key: Literal["createTime", "updateTime"] = "createTime"
    sort_dir: Literal["ASC", "DESC"] = "DESC"


class DevServersApi(KindOperations):
    """The operations on DevServers."""

    list = Operation("List.", "GET", "dev-servers", V2Page[DevServer], DevServersQuery)
    show = Operation("Show.", "GET", "dev-servers/{}", DevServer, shows=True)
    start = Operation("Start.", "PUT", "dev-servers/{}/start", DevServer)
    stop = Operation("Stop.", "PUT", "dev-servers/{}/stop", DevServer)
    reboot = Operation("Reboot.", "PUT", "dev-servers/{}/reboot", DevServer)


def _map_server(row: DevServer, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    status, phase = map_status(row.status, STATUSES)
    if phase is Phase.UNKNOWN and status.upper().endswith("_FAILED"):
        phase = Phase.FAILED
    facts: dict[str, Fact] = {
        "flavor": clean(row.flavor),
        "server_type": clean(row.cloud_server.type or row.image.server_type or row.category),
        "image": clean(row.image.name),
        "charging": clean(row.charging_mode),
        UPDATED_BY_HAND: True,
    }
    return scope.build_resource(
        "devservers",
        match_id(wire_id, row.id),
        row.name,
        (status, phase),
        raw,
        created_at=to_millis(row.create_at),
        updated_at=to_millis(row.update_at),
        facts=facts,
    )


def _build_sections(row: DevServer, resource: Resource) -> tuple[Section, ...]:
    return (
        *build_overview(resource, _build_overview(row, resource)),
        *build_section("Hardware", _build_hardware(row)),
        *build_section("Network", (("VPC", clean(row.vpc_id)), ("Subnet", clean(row.subnet_id)))),
        *build_section(
            "Addresses", ((clean(e.service), clean(e.uri)) for e in row.endpoints if e is not None)
        ),
    )


def _build_overview(row: DevServer, resource: Resource) -> list[DetailRow]:
    return [
        ("Charged", join_text(row.charging_mode, f"order {row.order_id}" if row.order_id else "")),
        ("Key pair", clean(row.key_pair_name)),
        ("Created", build_instant(resource.created_at)),
        ("Updated", build_instant(resource.updated_at)),
    ]


def _build_hardware(row: DevServer) -> Iterator[DetailRow]:
    yield "Flavor", clean(row.flavor)
    yield "Machine", join_text(row.cloud_server.type, row.cloud_server.id)
    yield "Image", join_text(row.image.name, row.image.arch)
    for disk in row.volumes:
        if disk is not None:
            yield "Disk", join_text(format_number(disk.size, "GB"), disk.type, disk.evs_type)


_NEWEST_FIRST = build_query(DevServersQuery, sort_key="createTime", sort_dir="DESC")


class DevServers(SpecClient[DevServersApi, DevServer]):
    """The DevServers of one project."""

    kind = "devservers"
    operations = DevServersApi
    spec = KindSpec(_NEWEST_FIRST, "data", _map_server, _build_sections, "total")
    actions: ClassVar[Actions] = {
        "start": ActionSpec(DevServersApi.start, status=read_stated_status),
        "stop": ActionSpec(DevServersApi.stop, status=read_stated_status),
        "restart": ActionSpec(DevServersApi.reboot, status=read_stated_status),
    }

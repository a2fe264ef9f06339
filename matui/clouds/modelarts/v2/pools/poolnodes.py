"""Nodes of resource pools: list, read, lock, unlock, drain, reboot, reset (at most ten a request)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from matui.base.calls.gather import gather_limited, gather_two
from matui.base.errors import BadAnswerError, CloudError, MatuiError, RefusedError
from matui.base.text.sanitize import clean
from matui.clouds.http.decode import parse_raw_rows
from matui.clouds.modelarts.kind_client import ActionHandler, ActionReply, UnlistedClient
from matui.clouds.modelarts.mapping import Scope, build_unreadable
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import FILLED, RequestModel, validate_request
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.v2.pools.client import PoolsApi, iterate_node_pages
from matui.clouds.modelarts.v2.pools.usage import count_cards, count_stated_cards
from matui.clouds.modelarts.v2.pools.wire import Node, PoolWorkload
from matui.clouds.modelarts.v2.pools.work import (
    PoolWork,
    build_work_section,
    list_names,
    list_notes,
    name_work,
    read_work,
)
from matui.clouds.protocols import ActionResult, Briefing, Effect
from matui.clouds.rows import refuse_unreadable
from matui.clouds.sections import build_instant, build_section, join_text
from matui.clouds.wire_types import ModelRows, Text, Texts, WireModel, to_text
from matui.resources.detail import Detail, Section
from matui.resources.kinds.poolnodes import MOST_AT_ONCE, STATUSES
from matui.resources.model import Fact, RawRecord, Resource, get_phase

NAMES = Annotated[list[FILLED], Field(min_length=1, max_length=MOST_AT_ONCE, serialization_alias="nodeNames")]


class NodeActionResult(WireModel):
    name: Text = ""
    status: Text = ""


class NodesReply(WireModel):
    nodes: ModelRows[NodeActionResult] = Field(default_factory=list)
    names: Texts = Field(default_factory=list, validation_alias="nodeNames")


class NodeNames(RequestModel):
    """Which nodes, ten at most."""

    node_names: NAMES


class LockNodes(NodeNames):
    """``delete`` is the function that the reference locks."""

    actions: list[Literal["delete"]]


class RollingConfig(RequestModel):
    """The number of nodes that are reset at the same time."""

    strategy: Literal["RollingByNumber", "RollingByPercent"]
    most: Annotated[int, Field(ge=1, serialization_alias="maxUnavailable")]


class ResetNodes(NodeNames):
    """Which nodes are installed anew, all at the same time."""

    rolling: Annotated[RollingConfig, Field(serialization_alias="rollingConfig")]


class NodesApi(OperationTable, api="v2"):
    """The operations on the nodes of a pool."""

    show = Operation("Show.", "GET", "pools/{}/nodes/{}", Node, shows=True)
    lock = Operation("Lock.", "POST", "pools/{}/nodes/batch-lock", NodesReply, LockNodes)
    unlock = Operation("Unlock.", "POST", "pools/{}/nodes/batch-unlock", NodesReply, LockNodes)
    drain = Operation("Drain.", "POST", "pools/{}/nodes/batch-drain", NodesReply, NodeNames)
    reboot = Operation("Reboot.", "POST", "pools/{}/nodes/batch-reboot", NodesReply, NodeNames)
    reset = Operation("Reset.", "POST", "pools/{}/nodes/batch-reset", NodesReply, ResetNodes)


ACTIONS = ("lock", "unlock", "drain", "reboot", "reset")


class PoolNodes(UnlistedClient):
    """The nodes of pools; an id is ``POOL/NODE``."""

    kind = "poolnodes"
    no_list = "Nodes are listed by their pool."
    batched = frozenset(ACTIONS)
    batch_limits: ClassVar[Mapping[str, int]] = dict.fromkeys(ACTIONS, MOST_AT_ONCE)

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self._api = NodesApi(session)
        self._pools = PoolsApi(session)

    async def fetch_nodes(self, pool: Resource) -> tuple[Resource, ...]:
        """Return the nodes of a pool, 2,000 at most, with what runs on them."""
        nodes, work = await gather_two(self._list(pool.id), read_work(self._pools, pool.id))
        owner: dict[str, Fact] = {"pool_name": pool.name}
        return tuple(
            self._map_node(pool.id, node, raw, work.get_work(node.status.address), owner)
            if node is not None and node.metadata.name != ""
            else build_unreadable(self.kind, self.scope, at, raw)
            for at, (node, raw) in enumerate(nodes)
        )

    async def _list(self, pool_id: str) -> list[tuple[Node | None, RawRecord]]:
        found: list[tuple[Node | None, RawRecord]] = []
        async for reply, nodes in iterate_node_pages(self._pools, pool_id):
            raw = parse_raw_rows(reply.answer, "items")
            found += [(node, RawRecord(raw, (at,))) for at, node in enumerate(nodes)]
        return found

    def _map_node(
        self,
        pool_id: str,
        node: Node,
        raw: RawRecord,
        work: tuple[Sequence[PoolWorkload], str],
        more: dict[str, Fact],
        name: str = "",
    ) -> Resource:
        name = name or clean(str(node.metadata.name))
        status = clean(node.status.phase)
        loads, unknown = work
        facts: dict[str, Fact] = {
            "flavor": clean(node.spec.flavor),
            "address": clean(node.status.address),
            "cards": count_stated_cards(node.status.resources),
            "cards_free": count_cards(node.status.free),
            "work": None if unknown else len(loads),
            "on_it": clean(", ".join(load.job or load.name for load in loads)),
            "pool_id": pool_id,
        }
        state, created = (status, get_phase(status, STATUSES)), node.metadata.creation
        return self.scope.build_resource(
            self.kind, f"{pool_id}/{name}", name, state, raw, created_at=created, facts=facts | more
        )

    async def read(self, resource_id: str) -> Resource:
        pool_id, name = split_node(resource_id)
        reply = await self._api.show(pool_id, name)
        return self._map_node(pool_id, reply.value, reply.build_raw(), ((), "it is not read"), {}, name)

    async def describe(self, resource: Resource) -> Detail:
        """Return one node with what runs on it."""
        pool_id, name = split_node(resource.id)
        reply, work = await gather_two(self._api.show(pool_id, name), read_work(self._pools, pool_id))
        node = reply.value
        loads, error = work.get_work(node.status.address)
        now = self._map_node(pool_id, node, reply.build_raw(), (loads, error), {}, name)
        return Detail(now, (*_build_sections(node, now), *build_work_section("Work on it", loads, error)))

    async def brief(self, action: str, resources: Sequence[Resource], options: Mapping[str, str]) -> Briefing:  # noqa: ARG002
        """Return what runs on each node."""
        if action in ("lock", "unlock"):
            return Briefing()
        pools = list(dict.fromkeys(split_node(node.id)[0] for node in resources))

        async def read(pool_id: str) -> PoolWork:
            return await read_work(self._pools, pool_id)

        work = dict(zip(pools, await gather_limited(read, pools, 4), strict=True))
        notes: list[str] = []
        touched: list[str] = []
        names: dict[str, tuple[str, ...]] = {}
        for node in resources:
            loads, error = work[split_node(node.id)[0]].get_work(node.get_text("address"))
            notes += list_notes(node.name, loads, error)
            touched += name_work(node.name, loads)
            names[node.id] = list_names(loads)
        return Briefing(tuple(notes), touched=tuple(touched), work=names)

    async def read_effect(self, action: str, resource: Resource, options: Mapping[str, str]) -> Effect | None:  # noqa: ARG002
        """Return that a lock is not stated: the nodes of the API do not have it."""
        return "not stated" if action in ("lock", "unlock") else None

    def get_handlers(self) -> dict[str, ActionHandler]:
        """Lock, unlock, drain, reboot and reset."""
        return {action: self._make_handler(action) for action in ACTIONS}

    def _make_handler(self, action: str) -> ActionHandler:
        async def handle(node: Resource) -> ActionReply:
            (result,) = await self._act_at_once(action, [node])
            if result.error is not None:
                raise result.error
            return ActionReply(result.request_id)

        return handle

    async def _act_at_once(self, action: str, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
        """Act on nodes of one pool in one request; the answer may say how it went for each."""
        try:
            for resource in resources:
                refuse_unreadable(resource)
            pool_id = split_node(resources[0].id)[0]
            body = validate_request(*_build_body(action, [split_node(one.id)[1] for one in resources]))
            reply = await getattr(self._api, action)(pool_id, body)
        except MatuiError as error:
            request_id = getattr(error, "request_id", "")
            return tuple(ActionResult(resource, request_id, error=error) for resource in resources)
        request_id = reply.answer.request_id
        states = {row.name: row.status.casefold() for row in reply.value.nodes if row is not None}
        named = {*states, *reply.value.names}
        is_listed = any(split_node(one.id)[1] in named for one in resources)

        def judge(resource: Resource) -> ActionResult:
            name, error = split_node(resource.id)[1], None
            if states.get(name) == "failed":
                error = CloudError(
                    f"The cloud reports a failure for {clean(name)}.",
                    request_id=request_id,
                    remedy="Look at the events of its pool, or report the request id to the cloud's support.",
                )
            elif is_listed and name not in named:
                error = BadAnswerError(
                    "The cloud's answer does not mention it.",
                    request_id=request_id,
                    remedy="Look at its state before you repeat the action.",
                )
            return ActionResult(resource, request_id, error=error)

        return tuple(judge(resource) for resource in resources)


def _build_body(action: str, names: list[str]) -> tuple[type[NodeNames], dict[str, Any]]:
    if action in ("lock", "unlock"):
        return LockNodes, {"node_names": names, "actions": ["delete"]}
    if action == "reset":
        rolling = {"strategy": "RollingByNumber", "most": len(names)}
        return ResetNodes, {"node_names": names, "rolling": rolling}
    return NodeNames, {"node_names": names}


def split_node(resource_id: str) -> tuple[str, str]:
    """Return the pool and the name of a node. Raises RefusedError for an id without both."""
    pool_id, _, name = resource_id.partition("/")
    if not (pool_id and name):
        raise RefusedError(f"{resource_id!r} is not a node.", remedy="Name it as POOL/NODE.")
    return pool_id, name


def _build_sections(node: Node, now: Resource) -> tuple[Section, ...]:
    held, free = node.status.resources, node.status.free
    amounts = [
        (
            clean(name),
            join_text(f"{to_text(free.get(name)) or '?'} free of" if free else "", to_text(value) or "?"),
        )
        for name, value in held.items()
    ]
    return (
        *build_section(
            "Overview",
            (
                ("Name", now.name),
                ("Pool", clean(now.get_text("pool_id"))),
                ("Status", now.status),
                ("Flavor", now.get_text("flavor")),
                ("Address", now.get_text("address")),
                ("Zone", clean(node.status.az)),
                ("Created", build_instant(now.created_at)),
            ),
        ),
        *build_section("Resources", amounts),
        *build_section(
            "Labels", ((clean(name), clean(to_text(value))) for name, value in node.metadata.labels.items())
        ),
    )

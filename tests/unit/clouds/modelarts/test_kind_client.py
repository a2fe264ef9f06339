"""The base of every kind's client: what a kind has to state."""

from __future__ import annotations

import inspect
from typing import Any, cast

import pytest

from matui.base.errors import RefusedError
from matui.clouds.modelarts.client_registry import find_client
from matui.clouds.modelarts.kind_client import KindClient, UnlistedClient
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.protocols import ListRequest
from matui.resources.detail import Detail
from matui.resources.model import Resource
from matui.resources.registry import INNER_KINDS, KINDS

PACKAGES = ("matui.clouds.modelarts.v1", "matui.clouds.modelarts.v2")
CLIENTS = [
    found
    for package in PACKAGES
    for kind in (*KINDS, *INNER_KINDS)
    if (found := find_client(package, kind)) is not None
]


class Forgetful(KindClient):
    kind = "jobs"

    async def read(self, resource_id: str) -> Resource:
        raise NotImplementedError

    async def describe(self, resource: Resource) -> Detail:
        raise NotImplementedError


def test_a_kind_that_forgets_its_list_cannot_be_made() -> None:
    assert inspect.isabstract(Forgetful)
    with pytest.raises(TypeError, match="fetch"):
        cast("Any", Forgetful)(None, Scope("p"))


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: f"{client.__module__}.{client.__name__}")
def test_every_kind_lists_or_states_where_it_is_listed(client: type[KindClient]) -> None:
    assert not inspect.isabstract(client)
    assert not issubclass(client, UnlistedClient) or client.no_list.endswith(".")


async def test_the_list_of_an_unlisted_kind_is_refused_not_empty() -> None:
    nodes = find_client("matui.clouds.modelarts.v1", "nodes")
    assert nodes is not None
    client = nodes(cast("Any", None), Scope("p"))
    with pytest.raises(RefusedError, match="Nodes are listed by their service"):
        await client.list_page(ListRequest("nodes"))

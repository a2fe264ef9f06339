"""A kind is added to ModelArts by its file in resources/kinds, its client and its tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from matui.base.errors import UsageError
from matui.clouds.modelarts.client_registry import ClientRegistry, find_client, find_kinds
from matui.clouds.modelarts.form_base import KindForms, find_forms
from matui.clouds.modelarts.mapping import Scope
from matui.resources.registry import INNER_KINDS
from tests.contract.modelarts.samples import FakeSession

V1, V2 = "matui.clouds.modelarts.v1", "matui.clouds.modelarts.v2"
KIND = """
from matui.resources.columns import ID, NAME
from matui.resources.kind import Kind

GADGETS = Kind("gadgets", "gadget", ("gg",), "Gadgets", (NAME, ID), "name", False, 30.0)
"""
CLIENT = """
from typing import ClassVar

from matui.clouds.modelarts.kind_client import ActionHandler, KindClient
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.paging import PageSlice
from matui.clouds.wire_types import WireModel
from matui.resources.model import Phase, Resource


class GadgetsApi(OperationTable):
    list = Operation("List.", "GET", "models", WireModel)


class Gadgets(KindClient):
    kind: ClassVar[str] = "gadgets"
    list_operation = GadgetsApi.list

    async def fetch(self, position, size, scope):
        return PageSlice((Resource("gadgets", "1", "one", "", Phase.DONE, "modelarts", "p"),), 1)

    async def read(self, resource_id): ...
    async def describe(self, resource): ...
    def handlers(self) -> dict[str, ActionHandler]:
        return {}
"""
SCRIPT = """
import asyncio, sys
import matui.clouds.modelarts.v1 as v1
import matui.resources.kinds as kinds

kinds.__path__.append(sys.argv[1])
v1.__path__.append(sys.argv[2])
from matui.clouds.modelarts.v1.cloud import ModelArtsCloud
from matui.clouds.protocols import ListRequest
from matui.resources.registry import find_kind

class Session:
    project_id = ""

cloud = ModelArtsCloud(Session(), profile="p")
rows = asyncio.run(cloud.list_page(ListRequest("gadgets"))).resources
print(find_kind("gg").id, cloud.kinds[-1], rows[0].name, cloud.find_list_permission("gadgets"))
"""


def test_a_kind_is_added_by_its_file_and_its_client(tmp_path: Path) -> None:
    for folder, text in (("kinds", KIND), ("clients", CLIENT)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "gadgets.py").write_text(text)
    arguments = [sys.executable, "-c", SCRIPT, str(tmp_path / "kinds"), str(tmp_path / "clients")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.split()) == ("", ["gadgets", "gadgets", "one", "modelarts:model:list"])


def test_each_generation_has_the_kinds_that_have_a_module() -> None:
    first = ("notebooks", "jobs", "services", "workspaces")
    assert find_kinds(V1) == (*first, "visualizations", "models", "pools", "configs")
    assert find_kinds(V2) == (*first, "pools", "devservers", "maintenance")


@pytest.mark.parametrize("package", [V1, V2])
def test_every_listed_kind_has_a_client_that_lists_it(package: str) -> None:
    for kind in find_kinds(package):
        client = find_client(package, kind)
        assert client is not None
        assert client.kind == kind
        assert client.list_operation is not None


@pytest.mark.parametrize("package", [V1, V2])
def test_a_client_names_the_forms_that_its_kind_has(package: str) -> None:
    for kind in find_kinds(package):
        client = find_client(package, kind)
        assert client is not None
        if client.forms:
            forms = find_forms(client)
            own = [mode for mode in ("edit", "create", "rerun") if f"{mode}_form" in vars(forms)]
            assert (list(client.forms), issubclass(forms, KindForms)) == (own, True)


def test_an_inner_kind_has_its_client_beside_the_outer_one() -> None:
    assert [kind for kind in INNER_KINDS if find_client(V1, kind)] == ["nodes", "versions"]
    assert [kind for kind in INNER_KINDS if find_client(V2, kind)] == [
        "deployments",
        "poolnodes",
        "revisions",
    ]


def test_a_kind_without_a_client_is_a_usage_error_that_lists_the_kinds() -> None:
    clients = ClientRegistry(V2, "ModelArts v2", FakeSession({}), Scope("p"))
    with pytest.raises(UsageError, match="ModelArts v2 has no models") as wrong:
        clients.get_client("models")
    assert "devservers" in wrong.value.remedy
    assert clients.get_client("jobs") is clients.get_client("jobs")

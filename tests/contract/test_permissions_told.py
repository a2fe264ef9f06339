"""A 403 names the IAM action that is missing: in errors, on stderr, in the console and in doctor."""

from __future__ import annotations

from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import PermissionDeniedError
from matui.cli.context.demo import build_demo_profile
from matui.clouds.factory import examine
from matui.clouds.modelarts.v1.cloud import ModelArtsCloud
from matui.clouds.protocols import ListRequest
from tests.contract.test_verbatim_server import cloud, fetch_first, line, run_console, server  # noqa: F401  fixtures
from tests.contract.verbatim_server import Verbatim

LISTS = {
    "notebooks": "modelarts:notebook:list",
    "jobs": "modelarts:trainJob:list",
    "services": "modelarts:service:list",
    "visualizations": "modelarts:tensorboard:list",
    "models": "modelarts:model:list",
    "workspaces": "modelarts:workspace:list",
}
DEEDS = {
    ("notebooks", "stop"): "modelarts:notebook:action",
    ("jobs", "delete"): "modelarts:trainJob:delete",
    ("versions", "stop"): "modelarts:trainJobVersion:stop",
    ("services", "stop"): "modelarts:service:action",
    ("services", "delete"): "modelarts:service:delete",
}


@pytest.mark.parametrize(("kind", "action"), LISTS.items())
async def test_a_list_that_is_denied_names_the_action(
    kind: str,
    action: str,
    cloud: ModelArtsCloud,  # noqa: F811
    server: Verbatim,  # noqa: F811
) -> None:
    server.denying = True
    with pytest.raises(PermissionDeniedError) as denied:
        await cloud.list_page(ListRequest(kind))
    assert f"needs the permission {action}." in denied.value.sentence
    assert (denied.value.code, denied.value.request_id[:11]) == ("ModelArts.0112", "request-of-")


@pytest.mark.parametrize(("operation", "action"), DEEDS.items())
async def test_an_action_that_is_denied_names_the_action(
    operation: tuple[str, str],
    action: str,
    cloud: ModelArtsCloud,  # noqa: F811
    server: Verbatim,  # noqa: F811
) -> None:
    resource = await fetch_first(cloud, operation[0])
    server.denying = True
    [acted] = await cloud.act(operation[1], [resource])
    assert action in str(acted.error)


def test_the_command_line_names_the_action_and_ends_with_three(line: Any, server: Verbatim) -> None:  # noqa: F811
    server.denying = True
    code, _out, err = line("get", "notebooks")
    assert code == 3
    assert "modelarts:notebook:list" in err
    assert "ModelArts.0112" in err


async def test_the_console_names_the_action(server: Verbatim) -> None:  # noqa: F811
    server.denying = True
    async with run_console(server, "notebooks") as (_app, press):
        for _attempt in range(20):  # the first answer may not have been drawn yet
            if "modelarts:notebook:list" in " ".join((await press()).split()):
                break
        assert "modelarts:notebook:list" in await press("exclamation_mark")


async def test_doctor_names_the_action_of_every_list(server: Verbatim) -> None:  # noqa: F811
    server.denying = True
    checks = [
        check
        async for check in examine(
            build_demo_profile(), clock=ManualClock(), cache_dir=None, asgi_app=server.app
        )
    ]
    remedies = {check.name: check.remedy for check in checks if check.state == "fail"}
    for kind, action in LISTS.items():
        assert action in remedies[f"list {kind}"]

"""Each endpoint of today's API answers oddly, one at a time: no call raises anything but a matui error."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from matui.base.errors import CloudError, MatuiError
from matui.clouds.http.api_errors import HttpResponse, raise_for_error
from matui.live.capacity.gather import read_capacity
from matui.live.capacity.summary import PriceList
from matui.resources.model import Phase, Resource
from tests.contract.modelarts_v2.stage import Stage, list_first_page

ERROR = {"error_code": "ModelArts.0107", "error_msg": "A parameter is wrong."}
ODD: dict[str, Any] = {
    "empty object": {},
    "null": None,
    "list": [],
    "text": "hello",
    "no body": b"",
    "html": b"<html>login</html>",
    "error with 200": ERROR,
    "all null": "null",
    "all texts": "texts",
    "all numbers": "numbers",
    "unknown fields": "more",
    "twice": "twice",
    "cut short": "cut",
}


def spoil_body(how: Any, body: bytes) -> bytes:
    """Return the odd form of a body."""
    if isinstance(how, bytes):
        return how
    if how == "cut":
        return body[: len(body) // 2]
    if how not in ("null", "texts", "numbers", "more", "twice"):
        return json.dumps(how).encode()
    return json.dumps(change(how, json.loads(body or b"{}"))).encode()


def change(how: str, tree: Any) -> Any:
    if isinstance(tree, dict):
        more = {"x_new_field": {"a": [1]}} if how == "more" else {}
        return {name: change(how, one) for name, one in tree.items()} | more
    if isinstance(tree, list):
        return [change(how, one) for one in tree] * (2 if how == "twice" else 1)
    if how == "null":
        return None
    if how == "texts" and isinstance(tree, int | float):
        return str(tree)
    return 7 if how == "numbers" and isinstance(tree, str) else tree


async def fetch_first(cloud: Any, kind: str) -> Resource:
    rows = await list_first_page(cloud, kind)
    return next((row for row in rows if row.phase is Phase.RUNNING), rows[0])


async def fetch_version(cloud: Any) -> Resource:
    services = await list_first_page(cloud, "services")
    found = [row for one in services for row in await cloud.fetch_versions(one)]
    return next(row for row in found if row.phase is Phase.STOPPED)


def list_reads(cloud: Any, rows: dict[str, Resource], clock: Any) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Return every call that reads."""
    calls: dict[str, Callable[[], Awaitable[Any]]] = {}
    for kind, row in rows.items():
        if kind in cloud.kinds:
            calls[f"list {kind}"] = lambda kind=kind: list_first_page(cloud, kind)  # type: ignore[misc]
        calls[f"read {kind}"] = lambda row=row: cloud.read(row.kind, row.id)  # type: ignore[misc]
        calls[f"describe {kind}"] = lambda row=row: cloud.describe(row)  # type: ignore[misc]
    for kind in ("jobs", "services", "pools"):
        calls[f"events {kind}"] = lambda row=rows[kind]: cloud.fetch_events(row)  # type: ignore[misc]
    calls["metrics jobs"] = lambda: cloud.fetch_metrics(rows["jobs"])
    calls["metrics pools"] = lambda: cloud.fetch_metrics(rows["pools"])
    calls["log files"] = lambda: cloud.list_log_files(rows["jobs"])
    calls["log page"] = lambda: cloud.read_log_page(rows["jobs"], "worker-0", base="", older=True, limit=50)
    calls["log bytes"] = lambda: cloud.read_log_bytes(rows["jobs"], "worker-0", start=-1, length=100)
    calls["versions"] = lambda: cloud.fetch_versions(rows["services"])
    calls["nodes"] = lambda: cloud.fetch_nodes(rows["pools"])
    calls["quotas"] = lambda: cloud.fetch_quotas()
    calls["capacity"] = lambda: read_capacity([cloud], clock, PriceList())
    for name in ("flavors", "engines", "algorithms", "specs", "experiments", "images"):
        calls[f"catalog {name}"] = lambda name=name: cloud.fetch_choices(name)  # type: ignore[misc]
    for kind in ("jobs", "notebooks", "services", "workspaces"):
        calls[f"form {kind}"] = lambda kind=kind: cloud.create_form(kind, "")  # type: ignore[misc]
    calls["rerun"] = lambda: cloud.rerun_form(rows["jobs"])
    calls["sold out"] = lambda: cloud.list_sold_out_flavors("notebooks")
    return calls


def list_actions(cloud: Any, rows: dict[str, Resource]) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Return every action, each on a row that allows it in the simulator or is refused by it."""
    image = {"namespace": "org", "name": "debug", "task": "worker-0", "tag": "v1"}
    plain = [(kind, word) for kind in ("jobs", "notebooks", "services") for word in ("stop", "delete")]
    plain += [("poolnodes", word) for word in ("lock", "unlock", "drain", "reboot", "reset")]
    plain += [("revisions", "rollback"), ("maintenance", "accept"), ("devservers", "stop")]
    calls: dict[str, Callable[[], Awaitable[Any]]] = {
        f"{word} {kind}": lambda kind=kind, word=word: cloud.act(word, [rows[kind]])  # type: ignore[misc]
        for kind, word in plain
    }
    calls["scale"] = lambda: cloud.act_with(
        "scale", [rows["services"]], {"count": "3", "deployment": "infer-0"}
    )
    for kind in ("jobs", "notebooks"):
        calls[f"save-image {kind}"] = lambda kind=kind: cloud.act_with(  # type: ignore[misc]
            "save-image", [rows[kind]], image
        )
    return calls


async def fetch_rows(cloud: Any) -> dict[str, Resource]:
    kinds = ("jobs", "notebooks", "services", "pools", "workspaces", "devservers", "maintenance")
    rows = {kind: await fetch_first(cloud, kind) for kind in kinds}
    rows["revisions"] = await fetch_version(cloud)
    rows["services"] = await cloud.read("services", rows["revisions"].get_text("service_id"))
    rows["pools"] = next(pool for pool in await list_first_page(cloud, "pools") if pool.name == "v100-shared")
    rows["poolnodes"] = (await cloud.fetch_nodes(rows["pools"]))[0]
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("what", ODD)
async def test_no_read_fails_otherwise_than_by_a_matui_error(what: str) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud(requests_per_minute=100_000) as cloud:
        rows = await fetch_rows(cloud)
        send = cloud._session.send
        seen: list[str] = []
        turn = 0

        async def answer(call: Any) -> Any:
            given = await send(call)
            seen.append(call.path)
            if len(seen) - 1 != turn:
                return given
            body = spoil_body(ODD[what], given.body)
            raise_for_error(HttpResponse(200, {}, body), call.method)
            return replace(given, body=body)

        cloud._session.send = answer
        for name, read in list_reads(cloud, rows, stage.clock).items():
            turn, last = 0, 1
            while turn < min(last, 4):
                seen.clear()
                try:
                    await read()
                except MatuiError:
                    pass
                except Exception as error:
                    raise AssertionError(f"{name}: {seen[turn]}: {error!r}") from error
                last, turn = len(seen), turn + 1


@pytest.mark.slow
@pytest.mark.parametrize("what", ODD)
async def test_no_action_fails_otherwise_than_in_its_result(what: str) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud(requests_per_minute=100_000) as cloud:
        rows = await fetch_rows(cloud)
        send = cloud._session.send

        async def answer(call: Any) -> Any:
            given = await send(call)
            if not call.action:
                return given
            body = spoil_body(ODD[what], given.body)
            raise_for_error(HttpResponse(200, {}, body), call.method)
            return replace(given, body=body)

        cloud._session.send = answer
        for name, act in list_actions(cloud, rows).items():
            (result,) = await act()
            assert result.error is None or isinstance(result.error, MatuiError), (name, result.error)
            assert what != "error with 200" or result.error is not None, name


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize(
    ("body", "is_error"),
    [
        (ERROR, True),
        ({"error_code": "ModelArts.0107"}, True),
        ({"error": {"code": "APIG.0301", "message": "no"}}, True),
        (ERROR | {"request_id": "r"}, True),
        ({"error_code": "", "error_msg": ""}, False),
        ({"error_code": None}, False),
        ({"id": "n-1", "error_code": "ModelArts.6336"}, False),
        ({"items": [{"error_code": "x"}]}, False),
    ],
)
def test_a_body_that_is_nothing_but_an_error_is_one(status: int, body: Any, is_error: bool) -> None:
    response = HttpResponse(status, {}, json.dumps(body).encode())
    if not is_error:
        raise_for_error(response, "GET")
        return
    with pytest.raises(CloudError) as caught:
        raise_for_error(response, "POST")
    assert caught.value.exit_code in (1, 3)

"""What an answer leaves out is stated as not known: never an empty resource, list or node."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from matui.base.errors import BadAnswerError, NotFoundError, ServerFaultError, TimedOutError
from matui.clouds.modelarts.v2.jobs.client import V2Jobs
from matui.resources.model import Phase
from tests.contract.modelarts_v2.stage import Stage, list_first_page

Change = Callable[[Any], Any]


def change_answers(cloud: Any, end: str, change: Change) -> None:
    """Change each answer whose path ends with ``end``."""
    send = cloud._session.send

    async def answer(call: Any) -> Any:
        given = await send(call)
        if not call.path.endswith(end):
            return given
        return replace(given, body=json.dumps(change(json.loads(given.body))).encode())

    cloud._session.send = answer


def drop_values(tree: Any) -> Any:
    """Return the tree with null for each value."""
    if isinstance(tree, dict):
        return {name: drop_values(inner) for name, inner in tree.items()}
    return [drop_values(inner) for inner in tree] if isinstance(tree, list) else None


@pytest.mark.parametrize("change", [lambda _tree: {}, lambda _tree: {"more": 1}, drop_values])
@pytest.mark.parametrize("kind", ["jobs", "notebooks", "services", "pools", "workspaces"])
async def test_an_answer_that_states_nothing_is_no_resource(kind: str, change: Change) -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        row = (await list_first_page(cloud, kind))[0]
        change_answers(cloud, f"/{row.id}", change)
        with pytest.raises(BadAnswerError, match="states nothing"):
            await cloud.read(kind, row.id)
        with pytest.raises(BadAnswerError, match="states nothing"):
            await cloud.describe(row)


async def test_a_node_that_states_nothing_is_no_node() -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        node = (await cloud.fetch_nodes((await list_first_page(cloud, "pools"))[0]))[0]
        change_answers(cloud, f"/{node.name}", lambda _tree: {})
        with pytest.raises(BadAnswerError, match="states nothing"):
            await cloud.read("poolnodes", node.id)
        with pytest.raises(BadAnswerError, match="states nothing"):
            await cloud.describe(node)


async def test_nodes_without_a_list_are_no_empty_pool() -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        pool = (await list_first_page(cloud, "pools"))[0]
        change_answers(cloud, "/nodes", lambda _tree: {})
        with pytest.raises(BadAnswerError, match="no list of items"):
            await cloud.fetch_nodes(pool)


async def test_a_node_that_cannot_be_read_keeps_its_row() -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        pool = (await list_first_page(cloud, "pools"))[0]
        change_answers(cloud, "/nodes", lambda tree: tree | {"items": [None, *tree["items"]]})
        unreadable, *rows = await cloud.fetch_nodes(pool)
        assert unreadable.name == "unreadable row"
        assert rows


async def test_the_detail_states_lists_that_are_missing() -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        pool, service = (
            (await list_first_page(cloud, "pools"))[0],
            (await list_first_page(cloud, "services"))[0],
        )
        change_answers(cloud, "/workloads", lambda _tree: {})
        change_answers(cloud, "/deployments", lambda _tree: {})
        for row, title in ((pool, "Workloads"), (service, "Deployments")):
            parts = {part.title: part.rows for part in (await cloud.describe(row)).sections}
            assert parts[title][0][0] == "Not known", title


async def test_a_deployment_without_a_name_does_not_hide_its_service() -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        service = (await list_first_page(cloud, "services"))[0]
        change_answers(cloud, "/deployments", drop_values)
        titles = {part.title: part.rows for part in (await cloud.describe(service)).sections}
        assert "Overview" in titles
        assert any("states no name" in str(value) for rows in titles.values() for _, value in rows)


async def test_work_that_states_no_node_is_not_taken_for_an_idle_node() -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        pool = next(pool for pool in await list_first_page(cloud, "pools") if pool.name == "v100-shared")
        nodes = await cloud.fetch_nodes(pool)

        def forget_hosts(tree: Any) -> Any:
            hidden = {"hostIps": None, "nodes": None}
            return tree | {"items": [load | hidden for load in tree["items"]]}

        change_answers(cloud, "/workloads", forget_hosts)
        notes = (await cloud.brief("drain", nodes[:1], {})).notes
        assert "not known" in notes[0]
        assert all(node.get_number("work") is None for node in await cloud.fetch_nodes(pool))


@pytest.mark.parametrize(
    ("kind", "end"),
    [("maintenance", "/scheduled-events"), ("revisions", "/deployments"), ("revisions", "/versions")],
)
async def test_a_list_that_is_missing_does_not_mean_that_its_row_is_gone(kind: str, end: str) -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        if kind == "maintenance":
            row = (await list_first_page(cloud, kind))[0]
        else:
            found = [await cloud.fetch_versions(one) for one in await list_first_page(cloud, "services")]
            row = next(versions[0] for versions in found if versions)
        change_answers(cloud, end, lambda _tree: {})
        with pytest.raises(BadAnswerError, match="no list of"):
            await cloud.read(kind, row.id)


async def test_amounts_of_a_node_that_are_null_are_not_left_blank() -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        pool = (await list_first_page(cloud, "pools"))[0]
        change_answers(cloud, "/nodes", drop_values)
        parts = {part.title: part.rows for part in (await cloud.describe(pool)).sections}
        label, value = parts["Nodes"][0]
        assert label == "?"
        assert "cpu ? of ?" in str(value) or "cpu ?" in str(value)
        assert " of ," not in str(value)


@pytest.mark.parametrize(
    ("kind", "end", "field"), [("pools", "/pools", "phase"), ("services", "/services", "status")]
)
async def test_an_unknown_status_word_is_shown_as_it_came(kind: str, end: str, field: str) -> None:
    def set_word(tree: Any) -> Any:
        if isinstance(tree, list):
            return [set_word(inner) for inner in tree]
        if not isinstance(tree, dict):
            return tree
        plain = isinstance(tree.get(field), str)
        return {
            name: "HalfWay" if plain and name == field else set_word(inner) for name, inner in tree.items()
        }

    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        change_answers(cloud, end, set_word)
        assert {row.status for row in await list_first_page(cloud, kind)} == {"HalfWay"}


NULLED = {
    "training-job-flavors": ("flavors", "flavors"),
    "training-job-engines": ("engines", "items"),
    "algorithms": ("algorithms", "items"),
    "training-experiments": ("experiments", "items"),
    "images": ("images", "data"),
    "services/flavors": ("specs", "data"),
}


@pytest.mark.parametrize("given", [None, {}, {"more": 1}])
@pytest.mark.parametrize("path", NULLED)
async def test_a_catalog_without_its_list_is_not_empty(path: str, given: Any) -> None:
    catalog, field = NULLED[path]
    async with Stage().open_cloud(requests_per_minute=100_000) as cloud:
        change_answers(cloud, f"/{path}", lambda _tree: given)
        with pytest.raises(BadAnswerError, match=f"no list of {field}"):
            await cloud.fetch_choices(catalog)


async def test_fine_tuning_metrics_that_could_not_be_read_are_said() -> None:
    stage = Stage()
    stage.world.add_job("plain", began_s_ago=600)
    async with stage.open_cloud(requests_per_minute=100_000) as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        assert "Fine-tuning" not in {section.title for section in (await cloud.describe(job)).sections}
        cloud._clients.get(V2Jobs).evidence._not_tuned.clear()
        send = cloud._session.send

        async def fail(call: Any) -> Any:
            if call.path.endswith("/ft-metrics"):
                raise ServerFaultError("The server had a fault.")
            return await send(call)

        cloud._session.send = fail
        told = {section.title: dict(section.rows) for section in (await cloud.describe(job)).sections}
    assert told["Fine-tuning"] == {"Not known": "The server had a fault."}


async def test_an_event_without_an_id_is_no_missing_event() -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        (event, *_) = await list_first_page(cloud, "maintenance")
        change_answers(cloud, "/scheduled-events", drop_values)
        with pytest.raises(BadAnswerError, match="without an id"):
            await cloud.read("maintenance", event.id)


async def test_a_version_without_a_number_is_a_row_and_no_missing_version() -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        versions = [
            row for one in await list_first_page(cloud, "services") for row in await cloud.fetch_versions(one)
        ]
        change_answers(cloud, "/versions", drop_values)
        service = await cloud.read("services", versions[0].get_text("service_id"))
        assert {row.name for row in await cloud.fetch_versions(service)} == {"unreadable row"}
        with pytest.raises(BadAnswerError, match="without a number"):
            await cloud.read("revisions", versions[0].id)


async def test_metrics_of_a_service_are_those_of_its_monitor_or_said_to_be_elsewhere() -> None:
    stage = Stage()
    stage.world.add_service("up", status="running")
    async with stage.open_cloud(requests_per_minute=100_000) as cloud:
        (service,) = await list_first_page(cloud, "services")
        gauges = {gauge.label: gauge.used for gauge in (await cloud.fetch_metrics(service)).gauges}
        assert {"Instances that run", "Calls in the last minute", "CPU", "Calls"} <= gauges.keys()
        change_answers(cloud, "/monitor", lambda _tree: {"service_id": service.id, "monitors": None})
        with pytest.raises(NotFoundError, match="no metrics of this service") as caught:
            await cloud.fetch_metrics(service)
    assert "SYS.ModelArts" in str(caught.value)


@pytest.mark.parametrize("kind", ["jobs", "services", "pools", "maintenance"])
async def test_a_part_that_does_not_answer_is_said_in_its_place(kind: str) -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        row = next(one for one in await list_first_page(cloud, kind) if one.phase is not Phase.STOPPED)
        send = cloud._session.send

        async def hang(call: Any) -> Any:
            if call.path.endswith((f"/{row.id}", "/scheduled-events")):
                return await send(call)
            raise TimedOutError("No answer within 30 s.")

        cloud._session.send = hang
        detail = await cloud.describe(row)
    assert "No answer within 30 s." in {value for section in detail.sections for _, value in section.rows}


async def test_the_use_of_a_job_is_shown_without_its_fine_tuning() -> None:
    stage = Stage()
    stage.world.add_job("plain", began_s_ago=600)
    async with stage.open_cloud(requests_per_minute=100_000) as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        send = cloud._session.send

        async def fail(call: Any) -> Any:
            if call.path.endswith("/ft-metrics"):
                raise ServerFaultError("The server had a fault.")
            return await send(call)

        cloud._session.send = fail
        assert (await cloud.fetch_metrics(job)).series


async def test_a_row_of_a_pool_that_cannot_be_read_is_said() -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        (pool, *_) = await list_first_page(cloud, "pools")
        for part in ("nodes", "workloads"):
            change_answers(cloud, f"/{part}", lambda tree: {**tree, "items": [*tree["items"], None]})
        told = {section.title: dict(section.rows) for section in (await cloud.describe(pool)).sections}
    assert told["Nodes"]["Not shown"] == "more nodes, or some that could not be read"
    assert told["Workloads"]["Not shown"] == "1 could not be read"


async def test_a_list_that_is_null_is_not_empty_where_it_is_counted() -> None:
    async with Stage(scale=1).open_cloud(requests_per_minute=100_000) as cloud:
        change_answers(cloud, "/scheduled-events", lambda tree: {**tree, "events": None})
        with pytest.raises(BadAnswerError, match="although it counts"):
            await list_first_page(cloud, "maintenance")

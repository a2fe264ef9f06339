"""Every kind, pane and command against a server that answers with the reference's samples, word for word."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.cli.context import session as sessions
from matui.cli.context.demo import build_demo_profile
from matui.cli.context.session import Session
from matui.cli.main import run
from matui.cli.options import Options
from matui.clouds.factory import open_cloud
from matui.clouds.modelarts.v1.cloud import ModelArtsCloud
from matui.clouds.protocols import ListRequest
from matui.config.settings import Settings
from matui.console.app import MatuiApp
from matui.resources.kind import Kind
from matui.resources.model import Resource
from matui.resources.registry import KINDS, get_kind
from tests.contract.modelarts.samples import build_cloud
from tests.contract.verbatim_server import Verbatim
from tests.unit.cli.conftest import QuickClock

KIND_IDS = ModelArtsCloud.kinds
V1_CATALOGS = ("flavors", "engines", "algorithms", "specs")


@pytest.fixture
def server() -> Verbatim:
    return Verbatim()


async def open_verbatim(server: Verbatim, clock: Any) -> ModelArtsCloud:
    cloud = await open_cloud(build_demo_profile(), clock=clock, cache_dir=None, asgi_app=server.app)
    assert isinstance(cloud, ModelArtsCloud)
    return cloud


@pytest.fixture
async def cloud(server: Verbatim) -> AsyncIterator[ModelArtsCloud]:
    found = await open_verbatim(server, ManualClock())
    yield found
    await found.aclose()


async def fetch_first(cloud: ModelArtsCloud, kind: str) -> Resource:
    if kind == "versions":
        return (await cloud.fetch_versions(await fetch_first(cloud, "jobs")))[0]
    return (await cloud.list_page(ListRequest(kind))).resources[0]


@pytest.mark.parametrize("kind", [*KIND_IDS, "versions"])
async def test_every_kind_is_listed_read_and_described(
    kind: str, cloud: ModelArtsCloud, server: Verbatim
) -> None:
    resource = await fetch_first(cloud, kind)
    assert resource.name
    assert (await cloud.describe(resource)).sections
    assert (await cloud.read(kind, resource.id)).kind == kind
    assert resource.raw.parse_value()
    assert server.strangers == []


async def test_every_pane_has_what_it_shows(cloud: ModelArtsCloud, server: Verbatim) -> None:
    for kind in ("jobs", "versions", "services", "pools", "workspaces"):
        metrics = await cloud.fetch_metrics(await fetch_first(cloud, kind))
        assert metrics.gauges or metrics.series, kind
    service = await fetch_first(cloud, "services")
    assert await cloud.fetch_events(service)
    assert await cloud.fetch_updates(service)
    assert await cloud.fetch_nodes(service) == ()
    job = await fetch_first(cloud, "jobs")
    [file, *_] = await cloud.list_log_files(job)
    assert (await cloud.read_log_page(job, file, base="", older=False, limit=100)).content
    assert (await cloud.read_log_bytes(job, file, start=-1, length=2048)).content
    assert server.strangers == []


@pytest.mark.parametrize("catalog", V1_CATALOGS)
async def test_every_catalog_has_choices(catalog: str, cloud: ModelArtsCloud) -> None:
    rows = await cloud.fetch_choices(catalog)
    assert rows
    assert all(row.id and row.name for row in rows)


def list_actions() -> list[tuple[str, str]]:
    kinds: tuple[Kind, ...] = tuple(get_kind(kind) for kind in (*KIND_IDS, "versions", "nodes"))
    offered = build_cloud({}).offers
    return [(k.id, action.id) for k in kinds for action in k.actions if offered(k.id, action.id)]


@pytest.mark.parametrize(("kind", "action"), list_actions())
async def test_every_action_is_taken(kind: str, action: str, cloud: ModelArtsCloud, server: Verbatim) -> None:
    resource = await fetch_first(cloud, "services" if kind == "nodes" else kind)
    if kind == "nodes":
        resource = replace(resource, kind="nodes", id=f"{resource.id}/n1")
    [acted] = await cloud.act(action, [resource])
    assert server.strangers == []
    assert acted.error is None
    if kind == "models":
        assert ("cascade=true" in server.asked[-1][1]) is (action == "delete-versions")
        assert len(acted.deleted) == 2
        assert [ident[:8] for ident, _why in acted.kept] == ["759645d9"]


@pytest.fixture
def line(server: Verbatim, monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Any) -> Callable[..., Any]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    async def session(options: Options, *_more: Any) -> Session:
        clock = QuickClock()
        return sessions._build_session(
            options, await open_verbatim(server, clock), build_demo_profile(), Settings(), clock
        )

    monkeypatch.setattr(sessions, "_open_configured_session", session)

    def said(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return said


COUNT_MORE_THAN_THEY_LIST = ("workspaces", "configs")  # in the samples of the reference


@pytest.mark.parametrize("kind", KIND_IDS)
@pytest.mark.parametrize("output", ["wide", "json", "yaml"])
def test_get_and_describe_show_every_kind(kind: str, output: str, line: Any, server: Verbatim) -> None:
    code, out, err = line("get", kind, "-o", output)
    if kind in COUNT_MORE_THAN_THEY_LIST:
        assert code == 6
        assert f"The list of {kind} is incomplete: 2 of " in err
    else:
        assert (code, err) == (0, "")
    assert out.strip()
    code, listed, _ = line("get", kind, "-o", "json")
    ident = json.loads(listed)["items"][0]["id"]
    code, out, err = line("describe", kind, ident, "-o", "text" if output == "wide" else output)
    assert (code, err) == (0, "")
    assert out.strip()
    assert server.strangers == []


def test_the_other_commands_show_what_the_samples_hold(line: Any, server: Verbatim) -> None:
    for arguments in (
        ("get", "jobs", "10", "--versions"),
        ("get", "jobs", "10", "--versions", "-o", "json"),
        ("logs", "10", "--tail", "5"),
        *(("catalog", name) for name in V1_CATALOGS),
        *(("catalog", name, "-o", "json") for name in V1_CATALOGS),
    ):
        code, out, err = line(*arguments)
        assert (code, err) == (0, ""), arguments
        assert out.strip(), arguments
    assert server.strangers == []


@pytest.mark.parametrize("kind", KIND_IDS)
def test_a_failure_sample_is_reported_with_code_and_request(kind: str, line: Any, server: Verbatim) -> None:
    server.failing = True
    code, _out, err = line("get", kind)
    assert code in (1, 3)
    assert "ModelArts." in err
    assert "request-of-" in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


@pytest.fixture
def own_folders(virtual_time: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


@asynccontextmanager
async def run_console(server: Verbatim, screen: str) -> AsyncIterator[tuple[MatuiApp, Callable[..., Any]]]:
    clock = ManualClock()

    @asynccontextmanager
    async def profile(_name: str | None, *, demo: bool = False) -> AsyncIterator[Session]:
        cloud = await open_verbatim(server, clock)
        yield Session(cloud, build_demo_profile(), Settings(), clock)
        await cloud.aclose()

    app = MatuiApp(Options(screen=screen), profile, rng=random.Random(1))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:

        async def press(*keys: str) -> str:
            for key in keys:
                await pilot.press(key)
            for _ in range(5):
                await clock.advance(0)
                await pilot.pause()
            strips = app.screen._compositor.render_strips()
            return "\n".join("".join(segment.text for segment in strip) for strip in strips)

        await press()
        yield app, press


PANE_KEYS = {"detail": "d", "log": "l", "events": "e", "metrics": "m", "versions": "v"} | {
    "updates": "U",
    "nodes": "h",
    "raw": "y",
}


ONLY_V2_PANES = {("jobs", "events"), ("services", "versions"), ("pools", "events"), ("pools", "nodes")}


@pytest.mark.slow
@pytest.mark.usefixtures("own_folders")
@pytest.mark.parametrize("kind", KIND_IDS)
async def test_every_screen_and_pane_shows_its_sample(kind: str, server: Verbatim) -> None:
    async with run_console(server, kind) as (app, press):
        assert app.browse.tables.kind is not None
        assert app.browse.tables.kind.id == kind
        assert app.browse.tables.table is not None
        assert app.browse.tables.table.row_count
        for pane in KINDS[kind].panes:
            if app.browse.dispatch.explain_disabled("logs" if pane == "log" else pane):
                assert (kind, pane) in ONLY_V2_PANES
                continue
            shown = await press(PANE_KEYS[pane])
            assert app.browse.host.pane is not None, pane
            assert "loading" not in shown, pane
            assert "HTTP" not in shown, pane
            await press("escape")
        assert len(app.browse.session.errors) == 0  # type: ignore[union-attr]
        assert app.crash is None
    assert server.strangers == []


@pytest.mark.usefixtures("own_folders")
async def test_every_failure_sample_can_be_read_whole_in_the_console(server: Verbatim) -> None:
    async with run_console(server, "jobs") as (app, press):
        server.failing = True
        await press("ctrl+r", "d")
        shown = await press("exclamation_mark")
        assert "request-of-5.1." in shown
        assert "ModelArts.0" in shown or "ModelArts." in shown
        assert app.crash is None


def test_together_they_ask_for_every_operation_that_reads() -> None:
    server = Verbatim()
    reads = {"4.2", "4.3", "5.1.2", "5.1.3", "5.1.5", "5.1.10", "5.1.11", "5.1.12", "5.1.13", "5.2.2"}
    reads |= {"5.3.2", "5.3.3", "5.4.1", "5.4.2", "6.1.2", "6.1.3", "7.2", "7.3", "7.6", "7.7", "7.8"}
    reads |= {"5.2.5", "7.10", "7.11", "8.2", "8.4", "8.6"}

    async def ask() -> None:
        cloud = await open_verbatim(server, ManualClock())
        for kind in (*KIND_IDS, "versions"):
            await test_every_kind_is_listed_read_and_described(kind, cloud, server)
        await test_every_pane_has_what_it_shows(cloud, server)
        for catalog in V1_CATALOGS:
            await cloud.fetch_choices(catalog)
        await cloud.aclose()

    import asyncio

    asyncio.run(ask())
    assert server.list_sections() == reads

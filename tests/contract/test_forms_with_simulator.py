"""Forms from opening to sending against the simulator: what holds, what clashes, what is recorded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import MatuiError, RefusedError
from matui.base.text.sanitize import clean
from matui.cli.context.demo import build_demo_profile
from matui.clouds.factory import open_cloud
from matui.clouds.protocols import Cloud, ListRequest, Lists, Reads, require
from matui.live.actions.policy import Policy
from matui.live.audit.entry import AuditEntry
from matui.live.audit.trail import Audit, read_audit
from matui.live.forms.draft import Draft
from matui.live.forms.reconcile import FormReconciler
from matui.live.forms.service import FormService
from matui.resources.forms.document import format_form, parse_form, set_value
from matui.resources.forms.form import Form, copy_tree, find_changes
from matui.resources.model import Phase, Resource
from matui.sim.app import build_app
from matui.sim.server.faults import Faults
from tests.seeded_world import SeededWorld, build_world
from tests.sim_fixtures import add_hostile


class Rig:
    """A world, a cloud on it and its forms."""

    def __init__(
        self, cloud: Cloud, world: SeededWorld, faults: Faults, folder: Path, clock: ManualClock
    ) -> None:
        self.cloud, self.world, self.faults, self.clock = cloud, world, faults, clock
        self.folder = folder
        self.polled: list[str] = []
        self.form_service = self.make_service(Policy())

    def make_service(self, policy: Policy) -> FormService:
        audit = Audit(self.folder, clock=self.clock)
        return FormService(
            self.cloud, clock=self.clock, audit=audit, policy=policy, changed=self.polled.append
        )

    async def read(self, kind: str, wire_id: object) -> Resource:
        return await require(self.cloud, Reads).read(kind, str(wire_id))

    async def edit(self, kind: str, wire_id: object) -> Form:
        return await self.form_service.open("edit", kind, await self.read(kind, wire_id))

    def fill(self, form: Form, *told: str) -> Draft:
        values = copy_tree(form.values)
        for one in told:
            set_value(form, values, one)
        return self.form_service.check_values(form, values)

    def read_audit_lines(self) -> list[dict[str, Any]]:
        file = self.folder / "audit.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def read_entry(self) -> AuditEntry:
        (entry,) = read_audit(Audit(self.folder, clock=self.clock).lines, self.clock.now()).entries
        return entry

    def list_acted(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path, _ in self.world.requests if method != "GET"]


@asynccontextmanager
async def open_rig(folder: Path, *, hostile: bool = False) -> AsyncIterator[Rig]:
    clock = ManualClock(1_760_000_000.0)
    world = build_world(seed=7, scale=1, clock=clock)
    if hostile:
        add_hostile(world)
    faults = Faults()
    app = build_app(world, faults=faults)
    cloud = await open_cloud(build_demo_profile(), clock=clock, cache_dir=None, asgi_app=app)
    try:
        yield Rig(cloud, world, faults, folder, clock)
    finally:
        await cloud.aclose()


async def test_each_kind_can_be_edited(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        world = rig.world
        cases = [
            ("notebooks", world.add_notebook("n1").id, "description=new"),
            ("jobs", world.add_job("j1").id, "job_desc=new"),
            ("services", world.add_service("s1").id, "description=new"),
            ("workspaces", world.add_workspace("w-one").id, "description=new"),
            ("visualizations", world.add_visualization("v1").id, "job_desc=new"),
            ("configs", next(c.name for c in world.configs if c.kind == "custom"), "config_desc=new"),
        ]
        for kind, wire_id, told in cases:
            draft = rig.fill(await rig.edit(kind, wire_id), told)
            assert not draft.problems, (kind, draft.problems)
            sent = await rig.form_service.send(draft)
            assert (kind, sent.outcome.result) == (kind, "done")
            field = told.partition("=")[0]
            assert (await rig.edit(kind, wire_id)).values[field] == "new"
        assert rig.polled == [kind for kind, _, _ in cases]


CREATE = [
    ("notebooks", ["name=n-new"]),
    (
        "jobs",
        [
            "job_name=j-new",
            "spec_id=1",
            "engine_id=1",
            "app_url=/b/c/",
            "boot_file_url=/b/c/t.py",
            "data_url=/b/d/",
            "parameter.lr=0.1",
        ],
    ),
    ("visualizations", ["job_name=v-new", "train_url=/b/t/"]),
    (
        "configs",
        [
            "config_name=c-new",
            "spec_id=1",
            "engine_id=1",
            "app_url=/b/c/",
            "boot_file_url=/b/c/t.py",
            "data_url=/b/d/",
        ],
    ),
    ("models", ["model_name=m-new", "source_location=https://bucket.obs.example/m"]),
    ("workspaces", ["name=w-new", "auth_type=INTERNAL", 'grants=[{ user_name = "li" }]']),
]


@pytest.mark.parametrize(("kind", "told"), CREATE)
async def test_each_kind_can_be_created(tmp_path: Path, kind: str, told: list[str]) -> None:
    async with open_rig(tmp_path) as rig:
        draft = rig.fill(await rig.form_service.open("create", kind), *told)
        assert draft.problems == ()
        sent = await rig.form_service.send(draft)
        assert sent.outcome.result == "done", sent.outcome.sentence
        made = await rig.read(kind, sent.made.resource_id)
        assert made.name.startswith(f"{kind[0]}-new")
        assert made.id in sent.outcome.sentence


async def test_a_service_is_deployed_and_its_traffic_split(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        one, other = rig.world.add_model("a", version="1.0.0"), rig.world.add_model("a", version="2.0.0")
        form = await rig.form_service.open("create", "services")
        sent = await rig.form_service.send(
            rig.fill(form, "service_name=s-new", f"config.0.model_id={one.id}")
        )
        assert sent.outcome.result == "done", sent.outcome.sentence
        await rig.clock.advance(600)
        form = await rig.edit("services", sent.made.resource_id)
        model = form.values["config"][0]
        config = [{**model, "weight": 70}, {**model, "model_id": other.id, "weight": 30}]
        draft = rig.form_service.check_values(form, {**form.values, "config": config})
        sent_split = await rig.form_service.send(draft)
        assert sent_split.outcome.result == "done", sent_split.outcome.sentence
        now = await rig.edit("services", sent.made.resource_id)
        assert [m["weight"] for m in now.values["config"]] == [70, 30]


async def test_a_rerun_is_made_from_the_chosen_version(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        job = rig.world.add_job("mine", versions=2)
        version = await rig.read("versions", f"{job.id}/{job.versions[0].id}")
        form = await rig.form_service.open("rerun", "versions", version)
        sent = await rig.form_service.send(
            rig.fill(form, "parameter.batch_size=8", "parameter.api_token=s3cret")
        )
        assert sent.outcome.result == "done", sent.outcome.sentence
        newest = job.versions[-1]
        assert sent.made.resource_id == f"{job.id}/{newest.id}"
        assert newest.previous == job.versions[0].id
        assert {"label": "api_token", "value": "s3cret"} in newest.config["parameter"]
        intent, result = rig.read_audit_lines()
        assert intent["parameters"]["config.parameter.batch_size"] == "8"
        assert intent["parameters"]["config.pre_version_id"] == job.versions[0].id
        assert "s3cret" not in json.dumps([intent, result])


async def test_quotas_and_the_rest_of_a_workspace_are_two_requests(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        workspace = rig.world.add_workspace("w-one")
        form = await rig.edit("workspaces", workspace.id)
        draft = rig.fill(form, "description=d", "quotas.visualJob.count=5")
        assert (await rig.form_service.send(draft)).outcome.result == "done"
        assert [path.rpartition("/")[2] for _, path in rig.list_acted()] == [workspace.id, "quotas"]
        assert workspace.quotas["visualJob.count"].limit == 5


async def test_what_was_changed_before_a_refusal_is_said_and_not_sent_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        workspace = rig.world.add_workspace("w-one")
        form = await rig.edit("workspaces", workspace.id)
        draft = rig.fill(form, "description=d", "quotas.visualJob.count=5")
        rig.faults.queue.extend([None, None, None, "409"])
        sent = await rig.form_service.send(draft)
        assert sent.outcome.result == "refused"
        assert "Changed already: description." in sent.outcome.sentence
        assert sent.problems
        again = rig.form_service.check_values(sent.form, draft.values or {})
        assert (await rig.form_service.send(again)).outcome.result == "done"
        assert [path.rpartition("/")[2] for _, path in rig.list_acted()] == [workspace.id, "quotas", "quotas"]


async def test_a_lost_answer_is_looked_into_and_never_repeated(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        notebook = rig.world.add_notebook("n1")
        draft = rig.fill(await rig.edit("notebooks", notebook.id), "description=x")
        rig.faults.queue.extend([None, "lost"])
        sending = asyncio.ensure_future(rig.form_service.send(draft))
        while not sending.done():
            await asyncio.sleep(0)
            await rig.clock.advance(1)
        outcome = sending.result().outcome
        assert outcome.result == "unknown"
        assert "Read again: it arrived." in outcome.sentence
        assert len(rig.list_acted()) == 1
        assert [line.get("outcome") for line in rig.read_audit_lines()] == [None, "unknown", None]
        assert rig.read_entry().verdict == "done"


async def lose(rig: Rig, draft: Draft, *faults: str | None) -> str:
    """Send a draft whose answer gets lost, and return what is said of it."""
    rig.faults.queue.extend(faults)
    sending = asyncio.ensure_future(rig.form_service.send(draft))
    while not sending.done():
        await asyncio.sleep(0)
        await rig.clock.advance(1)
    outcome = sending.result().outcome
    assert (outcome.result, rig.read_entry().outcome) == ("unknown", "unknown")
    return outcome.sentence


async def test_what_was_made_although_its_answer_was_lost_is_found_and_settled(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        draft = rig.fill(await rig.form_service.open("create", "notebooks"), "name=n-new")
        said = await lose(rig, draft, "lost")
        made = rig.read_entry().resource_id
        assert f"it is there ({made})" in said
        assert (rig.read_entry().verdict, (await rig.read("notebooks", made)).name) == ("done", "n-new")


async def test_what_was_never_made_is_unchanged_after_a_minute(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.world.add_notebook("n-new", since_s_ago=86_400.0)
        draft = rig.fill(await rig.form_service.open("create", "notebooks"), "name=n-new")
        assert "Look for it before you repeat it" in await lose(rig, draft, "500")
        reconciler = FormReconciler(rig.cloud, Audit(rig.folder, clock=rig.clock), clock=rig.clock)
        assert (await reconciler.reread(), rig.read_entry().verdict) == (1, "")
        await rig.clock.advance(60)
        assert (await reconciler.reread(), rig.read_entry().verdict) == (0, "unchanged")


async def test_a_lost_rerun_is_settled_by_the_version_it_made(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        job = await rig.read("jobs", rig.world.add_job("j1").id)
        draft = rig.fill(await rig.form_service.open("rerun", "jobs", job))
        said = await lose(rig, draft, *[None] * 4, "lost")
        assert (rig.read_entry().verdict, rig.read_entry().status_after) == ("done", "JOBSTAT_INIT")
        assert "Read again: it is there" in said


async def test_a_version_just_made_is_not_taken_for_its_rerun_that_never_arrived(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        job = rig.world.add_job("j1", versions=1)
        job.versions[0].created = int(rig.clock.now() * 1000)
        version = await rig.read("versions", f"{job.id}/{job.versions[0].id}")
        draft = rig.fill(await rig.form_service.open("rerun", "versions", version))
        assert "Look for it before you repeat it" in await lose(rig, draft, *[None] * 4, "504")
        assert (len(job.versions), rig.read_entry().verdict) == (1, "")


async def test_a_lost_edit_that_never_arrived_or_whose_subject_went_is_settled_later(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        notebook = rig.world.add_notebook("n1")
        draft = rig.fill(await rig.edit("notebooks", notebook.id), "description=x")
        assert "did not arrive" in await lose(rig, draft, None, "500")
        reconciler = FormReconciler(rig.cloud, Audit(rig.folder, clock=rig.clock), clock=rig.clock)
        await reconciler.reread()
        assert rig.read_entry().verdict == ""
        rig.world.notebooks.remove(notebook.id)
        await reconciler.reread()
        assert (rig.read_entry().verdict, rig.read_entry().status_after) == ("gone", "gone")


async def test_an_edit_of_several_requests_that_arrived_in_part_is_settled_as_changed(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        workspace = rig.world.add_workspace("w-one")
        form = await rig.edit("workspaces", workspace.id)
        draft = rig.fill(form, "description=d", "quotas.visualJob.count=5")
        said = await lose(rig, draft, None, None, None, "500")
        assert "arrived in part" in said
        assert rig.read_entry().verdict == "changed"


async def test_what_cannot_be_read_or_compared_stays_unknown(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        notebook = rig.world.add_notebook("n1")
        draft = rig.fill(await rig.edit("notebooks", notebook.id), "description=x")
        said = await lose(rig, draft, None, "lost", "503", "503", "503", "503")
        assert "Look for it" in said
        reconciler = FormReconciler(rig.cloud, Audit(rig.folder, clock=rig.clock), clock=rig.clock)
        rig.faults.queue.clear()
        rig.faults.queue.extend(["403"])
        assert (await reconciler.reread(), rig.read_entry().verdict) == (1, "")
        assert (await reconciler.reread(), rig.read_entry().verdict) == (0, "done")


async def test_a_clash_is_refused_with_both_values_and_others_changes_stay(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        workspace = rig.world.add_workspace("w-one")
        form = await rig.edit("workspaces", workspace.id)
        draft = rig.fill(form, "description=ours")
        workspace.description, workspace.name = "theirs", "w-renamed"
        sent = await rig.form_service.send(draft)
        assert sent.outcome.result == "changed"
        assert '"theirs"' in sent.outcome.sentence
        assert rig.list_acted() == []
        again = rig.form_service.check_values(sent.form, draft.values or {})
        assert [change.path for change in again.changes] == [("description",)]
        assert (await rig.form_service.send(again)).outcome.result == "done"
        assert (workspace.description, workspace.name) == ("ours", "w-renamed")


async def test_the_same_change_by_another_user_is_no_conflict(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        notebook = rig.world.add_notebook("n1")
        draft = rig.fill(await rig.edit("notebooks", notebook.id), "description=same")
        notebook.description = "same"
        sent = await rig.form_service.send(draft)
        assert (sent.outcome.result, rig.list_acted()) == ("done", [])
        assert "nothing was sent" in sent.outcome.sentence


async def test_what_was_deleted_meanwhile_is_gone(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        config = rig.world.add_config("c1")
        draft = rig.fill(await rig.edit("configs", "c1"), "config_desc=x")
        rig.world.configs.remove(f"custom:{config.name}")
        assert (await rig.form_service.send(draft)).outcome.result == "gone"


async def test_rules_and_read_only_profiles_are_obeyed(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        notebook = await rig.read("notebooks", rig.world.add_notebook("prod-1").id)
        for policy, words in [
            (Policy(read_only=True), "read-only"),
            (Policy(deny=["edit"]), "guard.deny"),
            (Policy(allow=["stop"]), "guard.allow"),
            (Policy(protect=["prod-*"], protect_how="never"), "guard.protect"),
        ]:
            with pytest.raises(RefusedError, match=words):
                await rig.make_service(policy).open("edit", "notebooks", notebook)
        form = await rig.edit("notebooks", notebook.id)
        draft = rig.fill(form, "description=x")
        assert rig.make_service(Policy(protect=["prod-*"])).plan(draft).typed
        sent = await rig.make_service(Policy(read_only=True)).send(draft)
        assert (sent.outcome.result, rig.list_acted()) == ("refused", [])
        guarded = rig.make_service(Policy(protect=["prod-*"], protect_how="never"))
        new = rig.fill(await guarded.open("create", "notebooks"), "name=prod-2")
        assert "guard.protect" in (guarded.plan(new).targets[0].refusal or "")
        sent = await guarded.send(new)
        assert (sent.outcome.result, rig.list_acted()) == ("refused", [])


async def test_a_dry_run_checks_and_sends_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        draft = rig.fill(await rig.edit("notebooks", rig.world.add_notebook("n1").id), "description=x")
        sent = await rig.form_service.send(draft, dry_run=True)
        assert (sent.outcome.result, rig.list_acted(), rig.read_audit_lines()) == ("dry-run", [], [])


async def test_kinds_without_a_form_say_so(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        for kind, mode in [
            ("pools", "create"),
            ("models", "edit"),
            ("notebooks", "rerun"),
            ("versions", "create"),
        ]:
            assert "no way to" in (rig.form_service.explain_no_form(mode, kind) or "")  # type: ignore[arg-type]
        sample = Resource("configs", "sample/x", "x", "", Phase.DONE, "modelarts", "demo")
        with pytest.raises(MatuiError, match="sample configuration cannot be changed"):
            await rig.form_service.open("edit", "configs", sample)


@pytest.mark.slow
async def test_hostile_values_make_forms_that_read_back(tmp_path: Path) -> None:
    async with open_rig(tmp_path, hostile=True) as rig:
        lists = require(rig.cloud, Lists)
        opened = 0
        for kind in rig.cloud.kinds:
            if rig.form_service.explain_no_form("edit", kind):
                continue
            for resource in (await lists.list_page(ListRequest(kind, 0, 100))).resources:
                await rig.clock.advance(10)  # within the budget of requests
                for mode in ("edit", "rerun") if kind == "jobs" else ("edit",):
                    try:
                        form = await rig.form_service.open(mode, kind, resource)  # type: ignore[arg-type]
                    except MatuiError:
                        continue
                    opened += 1
                    text = format_form(form, f"edit {resource.name}")
                    reading = parse_form(text)
                    assert reading.values is not None, text
                    assert find_changes(form, form.values, reading.values) == ()
                    assert all(clean(line) == line for line in text.split("\n"))
                    rig.form_service.check_values(form, {**reading.values, "zz": 1})
        assert opened > 50

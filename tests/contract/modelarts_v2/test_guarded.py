"""Every new action under the guard: rules, a lost answer, and what has changed since the dialog."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from matui.base.calls.send_gate import FRESH_S
from matui.base.errors import ConnectionLostError, MatuiError, RefusedError
from matui.cli.briefed_actions import _find_node
from matui.cli.context import session as sessions
from matui.cli.options import Options
from matui.clouds.modelarts.v2.maintenance import ScheduledEvents
from matui.clouds.modelarts.v2.pools.poolnodes import NodesReply
from matui.clouds.modelarts.v2.pools.wire import Node, WorkloadList
from matui.clouds.modelarts.v2.services.revisions import RevisionList, ShownRevision
from matui.clouds.modelarts.v2.services.scaling import Hpa, PodEvent
from matui.config.settings import Settings
from matui.live.actions.executor import Executor
from matui.live.actions.guard import Plan
from matui.live.actions.policy import STAND_INS, Policy
from matui.live.audit.trail import Audit
from matui.live.forms.draft import Draft
from matui.live.forms.service import FormService
from matui.resources.forms.form import FormMode, copy_tree
from matui.resources.model import Resource
from matui.resources.registry import get_kind
from tests.contract.modelarts_v2.stage import Stage, list_first_page
from tests.contract.modelarts_v2.test_briefed import fetch_nodes, fetch_versions
from tests.contract.modelarts_v2.test_creating import SERVICE

IMAGE = {"namespace": "my-org", "name": "debug"}


async def fetch_service(cloud: Any) -> Resource:
    row: Resource = await cloud.read("services", (await fetch_versions(cloud))[0].get_text("service_id"))
    return row


async def fetch_earlier_version(cloud: Any) -> Resource:
    return (await fetch_versions(cloud))[1]


async def fetch_node(cloud: Any) -> Resource:
    return (await fetch_nodes(cloud))[0]


async def fetch_event(cloud: Any) -> Resource:
    return (await list_first_page(cloud, "maintenance"))[0]


async def fetch_running_job(cloud: Any) -> Resource:
    return next(job for job in await list_first_page(cloud, "jobs") if job.status == "Running")


CASES: dict[str, tuple[Callable[[Any], Any], dict[str, str]]] = {
    "rollback": (fetch_earlier_version, {}),
    "scale": (fetch_service, {"count": "3"}),
    "lock": (fetch_node, {}),
    "unlock": (fetch_node, {}),
    "drain": (fetch_node, {}),
    "reboot": (fetch_node, {}),
    "reset": (fetch_node, {}),
    "save-image": (fetch_running_job, IMAGE),
    "accept": (fetch_event, {}),
}


class Scene:
    """One action on one resource of the demo's project, planned under the rules given."""

    def __init__(self, stage: Stage, cloud: Any, tmp_path: Any, action: str) -> None:
        self.stage, self.cloud, self.tmp_path, self.action = stage, cloud, tmp_path, action

    async def plan(self, **rules: Any) -> tuple[Executor, Plan, Resource]:
        find, options = CASES[self.action]
        target = await find(self.cloud)
        audit = Audit(self.tmp_path, clock=self.stage.clock)
        executor = Executor(self.cloud, clock=self.stage.clock, audit=audit, policy=Policy(**rules))
        plan = executor.plan(get_kind(target.kind), self.action, [target])
        return executor, await executor.brief(plan, options) if plan.ready else plan, target

    def list_changes(self) -> list[str]:
        return [
            path
            for method, path in self.stage.list_sent()
            if method != "GET" and not path.endswith("training-job-searches")
        ]

    def read_audit_lines(self) -> list[dict[str, Any]]:
        files = [path for path in self.tmp_path.rglob("*.jsonl") if path.is_file()]
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_every_new_word_is_tried() -> None:
    assert set(CASES) == set(STAND_INS)


@pytest.mark.parametrize("action", CASES)
async def test_the_rules_of_a_profile_hold(tmp_path: Any, action: str) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        scene = Scene(stage, cloud, tmp_path, action)
        for rules in (
            {"read_only": True},
            {"deny": [action]},
            {"deny": [STAND_INS[action]]},
            {"allow": ["edit"]},
            {"protect": ["/./"], "protect_how": "never"},
        ):
            executor, plan, _ = await scene.plan(**rules)
            assert not plan.ready, rules
            (outcome,) = await executor.run(plan)
            assert outcome.result == "refused"
        assert not scene.list_changes()
        _, plan, _ = await scene.plan(protect=["/./"])
        assert plan.typed
        _, plan, _ = await scene.plan(countdown_s={action: 60.0})
        assert plan.countdown_s == 60
        executor, plan, _ = await scene.plan()
        (tried,) = await executor.run(plan, dry_run=True)
        assert (tried.result, scene.list_changes()) == ("dry-run", [])


@pytest.mark.parametrize("action", ["lock", "drain", "reboot", "reset", "accept"])
async def test_the_rule_of_the_work_on_a_node_holds_for_what_interrupts_it(
    tmp_path: Any, action: str
) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        scene = Scene(stage, cloud, tmp_path, action)
        name = next(node.get_text("on_it").split(", ")[0] for node in await fetch_nodes(cloud))
        rule = [name]
        if action == "accept":
            _, plan, _ = await scene.plan()
            rule = [plan.touched[1].partition(" on ")[0]]
        executor, plan, _ = await scene.plan(protect=rule, protect_how="never")
        (outcome,) = await executor.run(plan)
        _, asked, _ = await scene.plan(protect=rule)
    if action == "lock":
        assert (outcome.result, asked.typed) == ("done", False)
        return
    assert (outcome.result, scene.list_changes(), asked.protected[0].protected) == ("refused", [], rule[0])
    assert f"would interrupt {rule[0]}, which" in outcome.sentence


@pytest.mark.parametrize(("late_s", "settled"), [(6, ["done"]), (60, [])])
@pytest.mark.parametrize("action", ["scale", "save-image"])
async def test_an_effect_that_shows_late_is_read_again_for_15_s(
    tmp_path: Any, action: str, late_s: float, settled: list[str]
) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        scene = Scene(stage, cloud, tmp_path, action)
        executor, plan, _ = await scene.plan()
        send, lost_at, reads = cloud._session.send, None, []

        async def losing(call: Any) -> Any:
            nonlocal lost_at
            answer = await send(call)
            if call.action:
                lost_at = stage.clock.now()
                raise ConnectionLostError("The connection was lost.", sent=True)
            return answer

        async def effect_of(*_: object) -> str:
            reads.append("effect")
            if len(reads) == 1:
                raise ConnectionLostError("The connection was lost again.", sent=True)
            return "done" if lost_at is not None and stage.clock.now() - lost_at >= late_s else "not yet"

        cloud._session.send, cloud.read_effect = losing, effect_of
        (outcome,), _ = await asyncio.gather(executor.run(plan), stage.clock.advance(30))
    assert [line["verdict"] for line in scene.read_audit_lines() if line.get("verdict")] == settled
    assert reads.count("effect") <= 4
    assert (outcome.result, outcome.exit_code) == ("unknown", 5)
    if not settled:
        assert "not yet confirmed" in outcome.sentence


@pytest.mark.parametrize("action", CASES)
async def test_a_lost_answer_is_unknown_and_sent_once(tmp_path: Any, action: str) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        scene = Scene(stage, cloud, tmp_path, action)
        executor, plan, _ = await scene.plan()
        send = cloud._session.send

        async def losing(call: Any) -> Any:
            answer = await send(call)
            if call.action:
                raise ConnectionLostError("The connection was lost.", sent=True)
            return answer

        cloud._session.send = losing
        (outcome,), _ = await asyncio.gather(executor.run(plan), stage.clock.advance(5))
    assert outcome.result == "unknown", outcome.sentence
    assert outcome.exit_code == 5
    assert len(scene.list_changes()) == 1
    assert [line for line in scene.read_audit_lines() if line.get("outcome") == "unknown"]
    settled = [line["verdict"] for line in scene.read_audit_lines() if line.get("verdict")]
    if action in ("scale", "save-image"):
        assert settled == ["done"], outcome.sentence
        assert "Read again: it is done." in outcome.sentence
    if action in ("lock", "unlock"):
        assert settled == ["not stated"], outcome.sentence
        assert (
            "The API does not state whether it is done. In the ModelArts console, Delete" in outcome.sentence
        )


@pytest.mark.parametrize("action", CASES)
async def test_what_has_changed_since_the_dialog_is_not_acted_on(tmp_path: Any, action: str) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        scene = Scene(stage, cloud, tmp_path, action)
        executor, plan, target = await scene.plan()
        world = stage.world
        if target.kind == "poolnodes":
            pool = next(pool for pool in world.pools if pool.name == "v100-shared")
            world.current.get_node(pool.id, 0).busy_until = world.now + 600_000
        elif target.kind == "maintenance":
            world.current.maintenance[target.id].state = "canceled"
        elif target.kind == "revisions":
            (deployment,) = world.current.deployments[target.get_text("service_id")]
            deployment.current = target.get_text("version")
        elif target.kind == "services":
            world.services.rows[target.id].stop(world.now)
        else:
            await cloud.act("stop", [target])
        before = len(scene.list_changes())
        (outcome,) = await executor.run(plan)
    assert outcome.result == "changed", outcome.sentence
    assert len(scene.list_changes()) == before


async def test_what_the_dialog_did_not_name_is_not_touched(tmp_path: Any) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        for action, words in (
            ("rollback", "it concerns version 1.0.0 of infer-0 by now"),
            ("scale", "it concerns 4 instances of infer-0 by now"),
            ("drain", " on os-node-v100-shared-000"),
            ("accept", " on os-node-"),
        ):
            await stage.clock.advance(600)
            scene = Scene(stage, cloud, tmp_path, action)
            executor, plan, target = await scene.plan()
            if action == "rollback":
                target = (await fetch_versions(cloud))[2]
                await cloud.act(action, [target])
            elif action == "scale":
                await cloud.act_with(action, [target], {"count": "4", "deployment": "infer-0"})
            else:
                plan = replace(plan, touched=())
            before = len(scene.list_changes())
            await stage.clock.advance(FRESH_S + 1)
            (outcome,) = await executor.run(plan)
            assert outcome.result == "changed", outcome.sentence
            assert words in outcome.sentence
            assert len(scene.list_changes()) == before
            assert scene.read_audit_lines()[-1]["outcome"] == "not sent"


async def test_what_is_read_again_and_has_not_changed_is_acted_on(tmp_path: Any) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        executor, plan, _ = await Scene(stage, cloud, tmp_path, "scale").plan()
        await stage.clock.advance(FRESH_S + 1)
        (outcome,) = await executor.run(plan)
        assert outcome.result == "done", outcome.sentence


AWKWARD: list[Any] = [
    None,
    {},
    [],
    {"items": None, "data": None, "events": None, "nodes": None},
    {"items": [None, 7, {"metadata": None, "status": {"resources": "{", "availableResources": None}}]},
    {"data": [None, {"version": 1, "create_at": None}], "total": "2"},
    {"events": [None, {"id": 5, "state": "napping", "notBefore": "soon", "redeployType": None}]},
    {"nodes": ["a", {"name": None, "status": 3}], "nodeNames": None},
    {"hpa_rules": [None, {"target_replicas": "2", "disable": True}], "min_replicas": "1"},
]


@pytest.mark.parametrize("answer", AWKWARD, ids=range(len(AWKWARD)))
@pytest.mark.parametrize(
    "model",
    [Node, NodesReply, WorkloadList, ScheduledEvents, RevisionList, ShownRevision, Hpa, PodEvent],
    ids=lambda model: model.__name__,
)
def test_awkward_answers_are_read(model: Any, answer: Any) -> None:
    model.model_validate(answer if isinstance(answer, dict) else {})


async def test_a_node_named_on_the_command_line_is_protected_by_the_name_of_its_pool() -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        session = sessions._build_session(Options(), cloud, stage.build_profile(), Settings(), stage.clock)
        node = await _find_node(session, "v100-shared/os-node-v100-shared-001")
    assert Policy(protect=["v100-*"]).match_pattern(node) == "v100-*"


FORMS: dict[str, tuple[FormMode, str]] = {
    "create job": ("create", "jobs"),
    "create notebook": ("create", "notebooks"),
    "create service": ("create", "services"),
    "rerun": ("rerun", "jobs"),
}
FILLED = {"services": SERVICE, "notebooks": {"name": "desk", "image_id": "i", "flavor": "f"}}


class FormScene(Scene):
    """One form of the demo's project, filled in, under the rules given."""

    async def make_draft(self, **rules: Any) -> tuple[FormService, Draft, Resource | None]:
        mode, kind = FORMS[self.action]
        ended = (job for job in await list_first_page(self.cloud, "jobs") if job.phase.ended)
        about = next(ended) if mode == "rerun" else None
        clock, audit = self.stage.clock, Audit(self.tmp_path, clock=self.stage.clock)
        open_service, service = (
            FormService(self.cloud, clock=clock, audit=audit, policy=Policy(**given)) for given in ({}, rules)
        )
        form = await open_service.open(mode, kind, about)
        self.cloud.find_problems = lambda *_: ()
        values = copy_tree(form.values) | FILLED.get(kind, {"metadata": {"name": "made"}})
        return service, service.check_values(form, values), about


@pytest.mark.parametrize("action", FORMS)
async def test_the_rules_of_a_profile_hold_for_forms(tmp_path: Any, action: str) -> None:
    stage = Stage(scale=1)
    mode, kind = FORMS[action]
    async with stage.open_cloud() as cloud:
        scene = FormScene(stage, cloud, tmp_path, action)
        rules: list[dict[str, Any]] = [{"read_only": True}, {"deny": [mode]}, {"allow": ["edit", "stop"]}]
        if mode == "rerun":
            rules.append({"protect": ["/./"], "protect_how": "never"})
        for given in rules:
            service, draft, about = await scene.make_draft(**given)
            assert not service.plan(draft).ready, given
            assert (await service.send(draft)).outcome.result == "refused"
            with pytest.raises(RefusedError):
                await service.open(mode, kind, about)
        service, draft, _ = await scene.make_draft(protect=["/./"], countdown_s={mode: 60.0})
        assert service.plan(draft).typed
        assert service.plan(draft).countdown_s == 60
        tried = await service.send(draft, dry_run=True)
        assert (tried.outcome.result, scene.list_changes()) == ("dry-run", [])


@pytest.mark.parametrize("action", ["create notebook", "create service", "rerun"])
async def test_a_form_whose_answer_is_lost_is_unknown_and_sent_once(tmp_path: Any, action: str) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        scene = FormScene(stage, cloud, tmp_path, action)
        service, draft, _ = await scene.make_draft()
        send, sendings = cloud._session.send, []

        async def losing(call: Any) -> Any:
            if not call.action:
                return await send(call)
            sendings.append(action)
            with suppress(MatuiError):
                await send(call)
            raise ConnectionLostError("The connection was lost.", sent=True)

        cloud._session.send = losing
        sent, _ = await asyncio.gather(service.send(draft), stage.clock.advance(5))
    assert (sent.outcome.result, sent.outcome.exit_code, sendings) == ("unknown", 5, [action])
    assert [line for line in scene.read_audit_lines() if line.get("outcome") == "unknown"]


async def test_a_job_that_is_deleted_since_its_form_was_opened_is_not_run_again(tmp_path: Any) -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        scene = FormScene(stage, cloud, tmp_path, "rerun")
        service, draft, job = await scene.make_draft()
        (acted,) = await cloud.act("delete", [job])
        assert acted.error is None
        before = scene.list_changes()
        sent = await service.send(draft)
    assert sent.outcome.result == "gone", sent.outcome.sentence
    assert scene.list_changes() == before

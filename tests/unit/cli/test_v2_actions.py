"""``rollback``, ``scale``, node actions, ``save-image`` and ``accept`` on the demo's project over v2."""

from __future__ import annotations

import json

import pytest

from matui.base.errors import MatuiError, RefusedError
from matui.cli.briefed_actions import _choose
from matui.cli.main import run
from matui.resources.kinds.deployments import CURRENT, EARLIER
from matui.resources.model import Phase, Resource


@pytest.fixture
def matui(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments, "--demo", "-p", "demo-v2"])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def get_first(matui, kind: str, *more: str) -> dict:
    return json.loads(matui("get", kind, "-o", "json", *more)[1])["items"][0]


def test_maintenance_is_listed_and_accepted(matui):
    event = get_first(matui, "maintenance", "--filter", "status:inquiring")
    code, said, told = matui("accept", "maintenance", event["id"], "--yes")
    assert (code, "accept done" in said) == (0, True), told
    code, _, told = matui("accept", "maintenance", event["id"], "--at", "tomorrow", "--yes")
    assert (code, "is not a time" in told) == (2, True)


def test_nodes_are_named_by_their_pool(matui):
    code, said, _ = matui("drain", "nodes", "v100-shared/os-node-v100-shared-000", "--yes")
    assert (code, "node os-node-v100-shared-000" in said) == (0, True)
    code, said, _ = matui("reset", "nodes", "v100-shared/os-node-v100-shared-001", "--dry-run")
    assert (code, "would be sent" in said) == (0, True)
    assert matui("lock", "nodes", "v100-shared", "--yes")[0] == 2
    assert matui("lock", "pools", "v100-shared", "--yes")[0] == 2
    assert matui("lock", "nodes", "v100-shared/none", "--yes")[0] == 1
    assert matui("reboot", "nodes", "v100-shared/os-node-v100-shared-002", "--yes", "--read-only")[0] != 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rollback", "services", "ctr-ranking"), "ModelArts v1 keeps no versions of services"),
        (("drain", "nodes", "v100-shared/n1"), "ModelArts v1 lists no nodes of a pool"),
        (("accept", "maintenance", "x"), "ModelArts v1 has no maintenance events"),
    ],
)
def test_v1_refuses_what_only_v2_offers_with_the_reason(matui, capsys, arguments, words):
    assert run(["--demo", *arguments, "--yes"]) == 1
    assert words in capsys.readouterr().err


def test_a_service_is_rolled_back_to_the_version_before(matui):
    services = json.loads(matui("get", "services", "-o", "json")[1])["items"]
    running = [one["id"] for one in services if one["status"] == "RUNNING"]
    done = [matui("rollback", "services", key, "--yes") for key in running]
    assert [said for code, said, _ in done if code == 0 and "infer-0 1.1.0" in said]
    assert all("There is no earlier version" in told for code, _, told in done if code == 1)
    code, _, told = matui("scale", "services", running[0], "--to", "129", "--yes")
    assert "Such as: scale" not in told
    assert (code, "1 to 128" in told) == (2, True)
    assert matui("scale", "services", running[0], "--to", "3", "--deployment", "infer-0", "--yes")[0] == 0
    assert matui("scale", "jobs", "x", "--to", "3", "--yes")[0] == 2


@pytest.mark.parametrize(
    ("current", "times", "outcome"),
    [
        ("1.2.0", (3, 2, 1), "1.1.0"),
        ("1.2.0", (3, 2, None), "--to 1.1.0 | 1.0.0"),
        ("", (3, 2, 1), "--to 1.2.0 | 1.1.0 | 1.0.0"),
        ("1.0.0", (3, 2, 1), "There is no earlier version"),
    ],
)
def test_the_version_before_the_current_is_never_a_guess(current, times, outcome):
    versions = zip(("1.2.0", "1.1.0", "1.0.0"), times, strict=True)
    rows = [
        Resource(
            "revisions",
            f"s/infer-0/{version}",
            version,
            CURRENT if version == current else EARLIER,
            Phase.DONE,
            "modelarts",
            "p",
            created_at=at,
            facts={"version": version},
        )
        for version, at in versions
    ]
    try:
        found = _choose(rows, None, None).name
    except MatuiError as error:
        found = str(error)
    assert outcome in found


def test_an_image_is_saved_of_a_running_job(matui):
    job = get_first(matui, "jobs", "--filter", "status:running")
    code, said, told = matui("save-image", "job", job["id"], "--image", "my-org/debug:1", "--yes")
    assert (code, "save image accepted" in said) == (0, True), told
    assert matui("save-image", "job", job["id"], "--image", "Debug", "--yes")[0] == 2


def test_a_job_runs_again_as_a_new_one(matui):
    code, said, _ = matui("rerun", "yolov5-helmet", "--yes")
    assert (code, "started as job yolov5-helmet-2 (" in said) == (0, True)


def test_a_new_job_is_followed_with_the_exit_status_of_wait(matui, monkeypatch):
    followed = []

    async def wait_for(session, kind, ident, goal, seconds, typed):
        job = await session.cloud.read(kind.id, ident)
        followed.append((job.name, str(goal), seconds))
        if len(followed) > 1:
            raise RefusedError("It will not run.")

    monkeypatch.setattr("matui.cli.wait.wait_for", wait_for)
    code, said, told = matui("rerun", "yolov5-helmet", "--yes", "--follow")
    assert (code, "started as job yolov5-helmet-2 (" in said) == (0, True), told
    assert followed == [("yolov5-helmet-2", "running or done", 3600.0)]
    assert "ctrl+c ends the wait only" in told
    assert matui("rerun", "yolov5-helmet", "--yes", "--follow")[0] == 1
    assert matui("rerun", "yolov5-helmet", "--yes", "--no-follow")[0] == 0
    assert matui("rerun", "yolov5-helmet", "--yes", "--dry-run", "--follow")[0] == 2
    assert len(followed) == 2


def test_only_what_can_run_is_followed(matui):
    code, _, told = matui("create", "deployment", "--set", "name=x", "--yes", "--follow")
    assert (code, "--follow does not apply to deployments" in told) == (2, True), told


def test_v1_says_where_these_are(capsys):
    assert run(["accept", "maintenance", "x", "--yes", "--demo"]) != 0
    assert "has no maintenance" in capsys.readouterr().err
    assert run(["lock", "nodes", "v100-shared/x", "--yes", "--demo"]) != 0
    assert capsys.readouterr().err


def test_without_a_question_the_notes_are_said_on_stderr(matui):
    _, _, told = matui("drain", "nodes", "ascend-910/os-node-ascend-910-003", "--dry-run")
    assert "will be interrupted" in told


def test_a_service_is_described_with_its_versions(matui):
    _, said, _ = matui("describe", "svc", "ocr-receipts-prod")
    assert "infer-0 1.1.0" in said
    assert "VERSION" in said
    assert "WORKERS" not in said


def test_choices_of_a_form_have_plain_spaces(matui):
    _, said, _ = matui("create", "deployment", "--template")
    assert "modelarts.vm.cpu.2u  2 vCPUs 8 GiB" in said
    assert "␠" not in said


def test_a_missing_field_is_named_once(matui):
    code, _, told = matui("create", "notebooks", "--set", "name=probe", "--yes")
    assert code == 2
    assert "matui: image_id: it is needed" in told
    assert "image_id: image_id" not in told


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("create pools", "ModelArts v2 has no way to create resource pools."),
        ("edit pool v100-shared --set x=1", "ModelArts v2 has no way to edit resource pools."),
        ("create model", "over v1 only"),
        ("stop visualization x", "over v1 only"),
    ],
)
def test_without_a_terminal_what_the_cloud_lacks_is_stated_before_options_that_do_not_help(
    matui, words, reason
):
    code, _, stated = matui(*words.split())
    assert (code, reason in stated, "terminal" in stated) == (1, True, False), stated


@pytest.mark.parametrize(
    "words",
    [
        "create job",
        "rerun gpt",
        "edit notebook nb",
        "stop job gpt",
        "drain nodes pool/node",
        "rollback services chat",
        "scale services chat --to 3",
        "accept maintenance e",
        "save-image job gpt --image a/b:1",
    ],
)
def test_without_a_terminal_a_rule_is_stated_before_options_that_do_not_help(matui, words):
    code, _, stated = matui(*words.split(), "--read-only")
    assert (code, "is read-only" in stated, "terminal" in stated) == (1, True, False), stated

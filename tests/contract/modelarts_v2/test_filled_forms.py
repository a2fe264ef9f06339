"""The forms of today's API filled in as text: what is sent, who is made, and what is said of wrong values."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from matui.live.audit.trail import Audit
from matui.live.forms.draft import Draft
from matui.live.forms.service import FormService
from matui.resources.forms.document import format_form
from matui.resources.forms.form import format_path
from tests.contract.modelarts_v2.rebuild import is_same_by_sdk
from tests.contract.modelarts_v2.stage import Stage, list_first_page
from tests.contract.modelarts_v2.test_forms import record_bodies

Pairs = tuple[tuple[str, str], ...]

NOTEBOOK: Pairs = (
    ('\nname = ""', '\nname = "desk-1"'),
    ('# description = ""', 'description = "try 图"'),
    ('\nflavor = ""', '\nflavor = "modelarts.bm.gpu.8v100NV32"'),
    ('\nimage_id = ""', '\nimage_id = "IMAGE"'),
    ('# pool_id = ""', 'pool_id = "POOL"'),
    ("\ncapacity = 5", "\ncapacity = 50"),
    ("\nhours = 1", "\nhours = 2.5"),
    (
        '# [[endpoints]]\n# service = "SSH"\n# key_pair_names = ["my-key"]',
        '[[endpoints]]\nservice = "SSH"\nkey_pair_names = ["key-1"]',
    ),
)
UNIT: Pairs = (
    ('\nflavor = ""', '\nflavor = "modelarts.vm.gpu.p100"'),
    ('swr_path = ""', 'swr_path = "g/i:1"'),
    ('\ncmd = ""', '\ncmd = "serve"\nenvs = { A = "1" }'),
)
SERVICE: Pairs = (
    ('\nname = ""', '\nname = "chat-1"'),
    ('\nname = ""', '\nname = "main"'),
    ("\ncount = 1", "\ncount = 2"),
    *UNIT,
)  # fmt: skip
DEPLOYMENT: Pairs = (
    ('\nservice_id = ""', '\nservice_id = "SERVICE"'),
    ('\nname = ""', '\nname = "canary"'),
    ("\ncount = 1", "\ncount = 3"),
    ("\nweight = 100", "\nweight = 10"),
    ("# priority = 1", "priority = 2"),
    *UNIT,
)
JOB: Pairs = (
    ('\nname = ""', '\nname = "train-1"'),
    ('\ncode_dir = ""', '\ncode_dir = "/b/code/"'),
    ('\nboot_file = ""', '\nboot_file = "/b/code/t.py"'),
    ('\nengine_id = ""', '\nengine_id = "pytorch-27"'),
    ('\nflavor_id = ""', '\nflavor_id = "modelarts.vm.gpu.v100"'),
    ("\nnode_count = 1", "\nnode_count = 2"),
)
FILLED = {
    "notebooks": (NOTEBOOK, "NotebookCreateRequest"),
    "services": (SERVICE, "ServiceCreateRequest"),
    "deployments": (DEPLOYMENT, "GroupConfigs"),
    "jobs": (JOB, "Job"),
}


class Desk:
    """A form of a kind in an editor, and what becomes of the text."""

    def __init__(self, stage: Stage, cloud: Any, tmp_path: Any) -> None:
        self.stage, self.cloud = stage, cloud
        self.service = FormService(cloud, clock=stage.clock, audit=Audit(tmp_path, clock=stage.clock))

    async def fill(self, kind: str, *more: tuple[str, str]) -> Draft:
        form = await self.service.open("create", kind)
        text = format_form(form, "a form")
        known = {
            "IMAGE": (await self.cloud.fetch_choices("images"))[0].id,
            "POOL": (await list_first_page(self.cloud, "pools"))[0].id,
            "SERVICE": (await list_first_page(self.cloud, "services"))[0].id,
        }
        for old, new in (*FILLED[kind][0], *more):
            assert old in text, (old, text)
            for word, ident in known.items():
                new = new.replace(word, ident)
            text = text.replace(old, new, 1)
        return self.service.read_text(form, text)


@pytest.fixture
async def desk(tmp_path: Any) -> AsyncIterator[Desk]:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        yield Desk(stage, cloud, tmp_path)


@pytest.mark.parametrize("kind", FILLED)
async def test_a_filled_form_is_the_body_of_the_sdk_and_names_what_is_made(
    desk: Desk, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await desk.fill(kind)
    assert not draft.problems, draft.problem_words
    with record_bodies(monkeypatch) as sent:
        done = await desk.service.send(draft)
    assert done.outcome.result == "done", done.outcome.sentence
    assert is_same_by_sdk(FILLED[kind][1], sent[-1])
    assert done.made is not None
    name = {"notebooks": "desk-1", "services": "chat-1", "deployments": "canary", "jobs": "train-1"}[kind]
    assert f"{name} ({done.made.resource_id})" in done.outcome.sentence
    if kind != "deployments":
        assert (await desk.cloud.read(kind, done.made.resource_id)).name == name


async def test_the_values_of_the_forms_are_those_that_were_typed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with record_bodies(monkeypatch) as sent:
        for kind in ("notebooks", "services", "deployments"):
            await desk.service.send(await desk.fill(kind))
    notebook, service, deployment = sent[-3:]
    assert notebook["description"] == "try 图"
    assert notebook["lease"] == {"duration": 9_000_000, "type": "TIMING"}
    assert notebook["endpoints"] == [{"service": "SSH", "key_pair_names": ["key-1"]}]
    assert (notebook["volume"]["capacity"], notebook["volume"]["category"]) == (50, "EVS")
    (group,) = service["group_configs"]
    for one, name, count in ((group, "main", 2), (deployment, "canary", 3)):
        (unit,) = one["unit_configs"]
        assert (one["name"], one["count"], unit["envs"], unit["image"]["swr_path"]) == (
            name, count, {"A": "1"}, "g/i:1",
        )  # fmt: skip
    assert (deployment["weight"], deployment["priority"]) == (10, 2)


WRONG: list[tuple[str, str, str, str, str]] = [
    ("notebooks", "hours = 2.5", "hours = 99", "lease.hours", "the most is 72"),
    ("notebooks", "hours = 2.5", 'hours = "x"', "lease.hours", "it has to be a number"),
    ("notebooks", "hours = 2.5", "hours = nan", "lease.hours", "it has to be a number"),
    ("notebooks", "hours = 2.5", "hours = true", "lease.hours", "it has to be a number"),
    ("notebooks", "hours = 2.5", "hurs = 2", "lease.hurs", "did you mean lease.hours?"),
    ("notebooks", "hours = 2.5", "", "lease.hours", "it is needed"),
    ("notebooks", 'type = "TIMING"', 'type = "NEVER"', "lease.type", "'TIMING' or 'IDLE'"),
    ("notebooks", '"desk-1"', '"a b"', "name", "1 to 128"),
    ("notebooks", '"modelarts.bm.gpu.8v100NV32"', '""', "flavor", "it is needed"),
    ("notebooks", '"modelarts.bm.gpu.8v100NV32"', "7", "flavor", "it has to be a text"),
    ("notebooks", "capacity = 50", "capacity = 4097", "volume.capacity", "the most is 4096"),
    ("notebooks", "capacity = 50", "capacity = 5.5", "volume.capacity", "a whole number"),
    ("notebooks", '"EVS"', '"NFS"', "volume.category", "'EVS', 'EFS', 'OBS' or 'OBSFS'"),
    ("notebooks", '["key-1"]', '"key-1"', "endpoints.0.key_pair_names", "it has to be a list"),
    ("notebooks", 'service = "SSH"', 'service = "FTP"', "endpoints.0.service", "'NOTEBOOK' or 'SSH'"),
    ("services", '"1.0.0"', '"x"', "version", "three numbers up to 99"),
    ("services", '"REAL_TIME"', '"BATCH"', "type", "'REAL_TIME' or 'ASYNC_REAL_TIME'"),
    ("services", "count = 2", "count = true", "group.count", "it has to be a number"),
    ("services", "count = 2", "count = 0", "group.count", "the least is 1"),
    ("services", 'name = "main"', 'name = "a b"', "group.name", "1 to 64"),
    ("services", 'category = "GPU"', 'category = "TPU"', "group.unit_configs.0.image.category", "'GPU'"),
    ("services", '{ A = "1" }', '"A"', "group.unit_configs.0.envs", "it has to be a map"),
    ("services", "num = 200", "num = 0", "runtime_config.service_limit.rate_limit.num", "the least is 1"),
    ("deployments", 'service_id = "', '# service_id = "', "service_id", "it is needed"),
    ("deployments", "weight = 10", "weight = 101", "deployment.weight", "the most is 100"),
    ("deployments", "weight = 10", "wieght = 10", "deployment.wieght", "did you mean deployment.weight?"),
    ("deployments", "count = 3", "count = 1.5", "deployment.count", "a whole number"),
    ("deployments", "priority = 2", "priority = 4", "deployment.priority", "the most is 3"),
    ("jobs", '"train-1"', '"a b"', "metadata.name", "1 to 64"),
    ("jobs", "node_count = 2", "node_count = true", "spec.resource.node_count", "it has to be a number"),
    ("jobs", '"/b/code/t.py"', '""', "algorithm.boot_file", "it needs a boot_file"),
]


@pytest.mark.parametrize(("kind", "old", "new", "path", "words"), WRONG)
async def test_a_wrong_value_is_named_and_nothing_is_sent(
    desk: Desk, kind: str, old: str, new: str, path: str, words: str
) -> None:
    draft = await desk.fill(kind, (old, new))
    found = {format_path(problem.path): problem.sentence for problem in draft.problems}
    assert words in found.get(path, ""), found
    assert draft.wrong
    assert not [path for method, path in desk.stage.list_sent() if method == "POST" and "search" not in path]

"""Ids and names as every command takes them: NAME, JOB/VERSION, and what ``get -o name`` prints."""

from __future__ import annotations

import json

import pytest

from matui.base.errors import ServerFaultError
from matui.clouds.protocols import ListRequest, Page
from matui.resources.model import Phase, Resource
from tests.unit.live.acting import FakeCloud


def make_version(job: str, number: int, phase: Phase = Phase.DONE) -> Resource:
    status = "JOBSTAT_RUNNING" if phase is Phase.RUNNING else "JOBSTAT_COMPLETED"
    return Resource("versions", f"{job}/{number}", f"V000{number}", status, phase, "modelarts", "prod")


class VersionedCloud(FakeCloud):
    """A cloud whose job 10 has two versions; ``listed`` counts the pages that were read."""

    listed = 0

    async def list_page(self, request: ListRequest) -> Page:
        self.listed += 1
        return await super().list_page(request)

    async def fetch_versions(self, job: Resource) -> tuple[Resource, ...]:
        return tuple(row for row in self.rows.values() if row.id.startswith(f"{job.id}/"))


@pytest.fixture
def told(line):
    """Give the job ``train`` (10) two versions."""
    rows = (*line.cloud.rows.values(), make_version("10", 1), make_version("10", 2, Phase.RUNNING))
    line.cloud = VersionedCloud(*rows)
    return line


class StrictCloud(VersionedCloud):
    """A cloud that fails (HTTP 500) where it is asked for an id that is no number."""

    async def read(self, kind: str, ident: str) -> Resource:
        if not ident.replace("/", "").isdigit():
            raise ServerFaultError("The cloud failed.", status=500)
        return await super().read(kind, ident)


WORDS = ["10/2", "train/2", "train/V0002", "10/V0002", "job/10/2", "version/10/2", "job/train/V0002"]


@pytest.mark.parametrize("word", WORDS)
def test_a_version_is_described_by_its_jobs_name(told, word):
    said = told("describe", "jobs", word, "-o", "json")
    assert (said.code, json.loads(said.out)["id"]) == (0, "10/2")


@pytest.mark.parametrize("word", WORDS)
def test_a_version_is_stopped_by_its_jobs_name(told, word):
    assert told("stop", "jobs", word, "--yes").code == 0
    assert told.cloud.sent == [("stop", ("10/2",))]


@pytest.mark.parametrize("word", WORDS)
def test_a_version_is_waited_for_by_its_jobs_name(told, word):
    said = told("wait", "jobs", word, "--for", "running")
    assert (said.code, said.err) == (0, "")
    assert "JOBSTAT" not in said.out
    assert "RUNNING" in said.out


@pytest.mark.parametrize("word", WORDS)
def test_a_version_is_listed_by_its_jobs_name(told, word):
    said = told("get", "jobs", word, "-o", "name")
    assert (said.code, said.out) == (0, "version/10/2\n")


@pytest.mark.parametrize("kind", ["jobs", "notebooks"])
def test_what_get_prints_as_names_is_accepted_back(told, kind):
    names = told("get", kind, "-o", "name").out.split()
    assert len(names) == 3
    said = told("get", kind, *names, "-o", "name")
    assert (said.code, said.out.split()) == (0, names)
    assert told("describe", kind, names[0]).code == 0
    assert told("stop", kind, names[0], "--yes", "--dry-run").code == 0


def test_the_list_is_read_once_for_all_names_and_their_jobs(told):
    assert told("get", "jobs", "train/1", "train/V0002", "train", "-o", "name").code == 0
    assert told.cloud.listed == 1


def test_a_version_that_is_not_there_is_reported_with_those_that_are(told):
    said = told("describe", "jobs", "train/9")
    assert said.code == 1
    assert "The job train has no version 9. It has: 10/1, 10/2." in said.err


@pytest.mark.parametrize("command", [["describe"], ["get"], ["get", "--all-profiles"]])
def test_a_job_that_is_not_there_is_reported_without_its_kind(told, command):
    said = told(*command, "jobs", "job/nothing/3")
    assert said.code == 1
    assert "There is no job nothing/3 in " in said.err


@pytest.mark.parametrize("word", ["train/", "/V1", "train//1"])
def test_an_empty_part_beside_a_slash_is_refused_before_anything_is_read(told, word):
    said = told("logs", word)
    assert (said.code, told.cloud.listed) == (2, 0)
    assert f"{word} has an empty part beside a slash." in said.err


def test_the_remedy_of_several_missing_ids_is_said_once(told):
    said = told("get", "jobs", "none", "nothing")
    assert said.code == 1
    assert "There is no job none in profile" in said.err
    assert "There is no job nothing in profile" in said.err
    assert said.err.count("See those there are with") == 1


def test_a_name_that_several_have_is_refused_with_a_version_too(told):
    said = told("stop", "jobs", "twin/1", "--yes")
    assert said.code == 2
    assert "2 jobs are named twin." in said.err
    assert not told.cloud.sent


def test_logs_are_looked_for_under_the_same_names(told):
    said = told("logs", "job/train/9")
    assert said.code == 1
    assert "The job train has no version 9." in said.err


def test_a_job_may_be_named_as_a_kind_is(told):
    told.cloud.rows["77"] = Resource(
        "jobs", "77", "job/odd", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "prod"
    )
    assert told("get", "jobs", "job/odd", "-o", "name").out == "job/77\n"


JOB_FORMS = [
    ("train/9",),
    ("job", "train/9"),
    ("jobs", "train/9"),
    ("job/train/9",),
    ("jobs/train/9",),
    ("j", "job/train/9"),
]
OF_JOBS = [("logs",), ("signals",), ("rerun", "--yes")]
OF_ANY_KIND = [
    ("describe",),
    ("why",),
    ("wait", "--for", "done"),
    ("stop", "--yes"),
    ("delete", "--yes"),
    ("edit", "--yes", "--set", "a=b"),
    ("diff",),
    ("get",),
]


@pytest.mark.parametrize("words", JOB_FORMS, ids=" ".join)
@pytest.mark.parametrize("command", [*OF_JOBS, *OF_ANY_KIND], ids=lambda command: command[0])
def test_every_command_takes_a_job_in_every_form(told, command, words):
    if command in OF_ANY_KIND and words == ("train/9",):
        words = ("j", *words)
    said = told(*command, *words)
    assert said.code == 1
    assert "The job train has no version 9." in said.err


@pytest.mark.parametrize("command", OF_JOBS, ids=lambda command: command[0])
def test_a_command_for_jobs_refuses_other_kinds(told, command):
    said = told(*command, "notebooks", "10")
    assert (said.code, "This is for jobs, not for notebooks." in said.err) == (2, True)
    said = told(*command, "jb", "10")
    assert (said.code, "There is no kind 'jb'" in said.err) == (2, True)
    said = told(*command, "job", "10", "11")
    assert (said.code, "This takes one job." in said.err) == (2, True)


@pytest.mark.parametrize("command", ["get", "describe", "stop"])
def test_an_empty_id_is_a_wrong_command_line(told, command):
    said = told(command, "jobs", "", *(["--yes"] if command == "stop" else []))
    assert said.code == 2
    assert "An ID is empty." in said.err


@pytest.mark.parametrize("word", ["train", "train/V0002", "job/train/2"])
def test_a_name_is_found_where_the_cloud_fails_on_what_is_no_id(told, word):
    told.cloud = StrictCloud(*told.cloud.rows.values())
    said = told("describe", "jobs", word, "-o", "json")
    assert (said.code, json.loads(said.out)["name"]) == (0, "train" if word == "train" else "V0002")


def test_a_failure_is_reported_where_no_name_is_found_either(told):
    told.cloud = StrictCloud(*told.cloud.rows.values())
    said = told("describe", "jobs", "tarin")
    assert (said.code, "The cloud failed" in said.err) == (1, True)

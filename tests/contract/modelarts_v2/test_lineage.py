"""A v2 job that runs again is a new job: its description or its name says of which."""

from __future__ import annotations

import pytest

from matui.clouds.modelarts.v2.jobs.configuration import describe_origin, find_origin_id, state_origin
from matui.live.compare.gather import explain_no_runs, find_last_good, list_runs
from tests.contract.modelarts_v2.stage import Stage, list_first_page


@pytest.mark.parametrize(
    ("name", "description", "origin"),
    [
        ("gpt-3", "Rerun of gpt (job-1).", "gpt (job-1)"),
        ("gpt-3", "", "gpt (by name)"),
        ("gpt-3", "NULL", "gpt (by name)"),
        ("gpt", "", ""),
        ("gpt-1", "", ""),
    ],
)
def test_a_rerun_names_its_original_and_how_that_is_known(name: str, description: str, origin: str) -> None:
    assert describe_origin(name, description) == origin


def test_a_rerun_states_its_original_where_it_has_no_description_of_its_own() -> None:
    first = state_origin("gpt", "job-1", "")
    assert find_origin_id(first) == "job-1"
    assert find_origin_id(state_origin("gpt-2", "job-2", first)) == "job-2"
    assert state_origin("gpt", "job-1", "NULL") == first
    assert state_origin("gpt", "job-1", "the large one") == "the large one"


async def test_a_job_is_compared_with_the_last_good_run_of_its_lineage() -> None:
    stage = Stage()
    world = stage.world
    world.add_job("gpt", status="COMPLETED", began_s_ago=90_000)
    world.add_job("gpt-2", status="COMPLETED", began_s_ago=50_000)
    world.add_job("gpt-3", status="FAILED", began_s_ago=9_000)
    world.add_job("gpt-x", status="COMPLETED", began_s_ago=8_000)
    world.add_job("gpt-4", status="COMPLETED", began_s_ago=7_000)
    async with stage.open_cloud() as cloud:
        jobs = {job.name: job for job in await list_first_page(cloud, "jobs")}
        failed = jobs["gpt-3"]
        assert explain_no_runs(cloud, failed) is None
        own, runs = await list_runs(cloud, failed)
        assert [run.name for run in runs] == ["gpt-4", "gpt-3", "gpt-2", "gpt"]
        assert own.id == failed.id
        assert find_last_good(own, runs) == jobs["gpt-4"]
        assert find_last_good(own, runs, earlier=True) == jobs["gpt-2"]
        overview = dict((await cloud.describe(failed)).sections[0].rows)
    assert overview["Rerun of"] == "gpt (by name)"


async def test_the_form_of_a_rerun_states_the_original() -> None:
    stage = Stage()
    stage.world.add_job("gpt", status="FAILED")
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        form = await cloud.rerun_form(job)
        values = form.values
    assert values["metadata"]["name"] == "gpt-2"
    assert values["metadata"]["description"] == f"Rerun of gpt ({job.id})."

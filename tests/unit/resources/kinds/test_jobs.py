"""The sentence in a confirmation that says what an action does."""

from __future__ import annotations

from dataclasses import replace

from matui.resources.kinds.jobs import JOBS
from matui.resources.kinds.notebooks import NOTEBOOKS
from matui.resources.model import Phase, Resource


def _make_job(ident: str, versions: int | None) -> Resource:
    facts = {} if versions is None else {"version_count": versions}
    return Resource("jobs", ident, "a", "x", Phase.DONE, "c", "p", facts=facts)


def test_deleting_jobs_names_how_many_and_their_versions() -> None:
    delete = JOBS.find_action("delete")
    assert delete is not None
    three = [_make_job("1", 4), _make_job("2", 1), _make_job("3", 3)]
    assert (
        delete.describe_consequence(three) == "3 jobs are deleted for good, with their 8 versions and logs."
    )
    assert (
        delete.describe_consequence(three[1:2]) == "The job is deleted for good, with its 1 version and logs."
    )
    unknown = delete.describe_consequence([_make_job("1", None)])
    assert unknown == "The job is deleted for good, with its versions and logs."


def test_deleting_a_job_of_a_cloud_without_logs_names_none() -> None:
    delete = JOBS.find_action("delete")
    assert delete is not None
    job = replace(_make_job("1", 3), cloud="opensearch")
    assert delete.describe_consequence([job]) == "The job is deleted for good, with its 3 versions."


def test_deleting_several_of_another_kind_counts_them() -> None:
    delete, row = NOTEBOOKS.find_action("delete"), Resource("notebooks", "1", "a", "x", Phase.DONE, "c", "p")
    assert delete is not None
    assert (
        delete.describe_consequence([row, row]) == "2 instances and their local storage are deleted for good."
    )


def test_a_stop_says_that_work_is_lost_only_where_there_is_any() -> None:
    stop = JOBS.find_action("stop")
    assert stop is not None
    waiting = Resource("jobs", "1", "a", "JOBSTAT_WAITING", Phase.PENDING, "c", "p", duration_ms=0)
    running = Resource("jobs", "2", "b", "JOBSTAT_RUNNING", Phase.RUNNING, "c", "p", duration_ms=9)
    recovering = Resource("jobs", "3", "c", "Pending", Phase.PENDING, "c", "p", duration_ms=9)
    assert stop.describe_consequence([waiting]) == "It is not training yet: no work is lost."
    assert stop.describe_consequence([waiting, waiting]) == "None of them is training yet: no work is lost."
    for several in ([running], [waiting, running], [recovering]):
        assert (
            stop.describe_consequence(several) == "Training ends now; work since the last checkpoint is lost."
        )

"""Training jobs, their versions and logs (5.1)."""

from __future__ import annotations

from matui.clouds.modelarts.jobs_models import (
    AlgorithmList,
    Done,
    JobCreated,
    JobList,
    JobVersion,
    LogFiles,
    LogLines,
    LogWindow,
    VersionList,
)
from matui.clouds.modelarts.jobs_requests import (
    AlgorithmsQuery,
    CreateJob,
    CreateVersion,
    Description,
    JobsQuery,
    LogLinesQuery,
    LogWindowQuery,
    VersionsQuery,
)
from matui.clouds.modelarts.operations import Operation, OperationTable

_JOB = "training-jobs/{}"
_VERSION = f"{_JOB}/versions/{{}}"


class JobsApi(OperationTable):
    """The thirteen operations of 5.1."""

    create = Operation("5.1.1.", "POST", "training-jobs", JobCreated, CreateJob)
    list = Operation("5.1.2.", "GET", "training-jobs", JobList, JobsQuery)
    show_version = Operation("5.1.3.", "GET", _VERSION, JobVersion)
    delete_version = Operation("5.1.4.", "DELETE", _VERSION, Done)
    list_versions = Operation("5.1.5.", "GET", f"{_JOB}/versions", VersionList, VersionsQuery)
    create_version = Operation("5.1.6.", "POST", f"{_JOB}/versions", JobCreated, CreateVersion)
    stop = Operation("5.1.7.", "POST", f"{_VERSION}/stop", Done)
    set_description = Operation("5.1.8.", "PUT", _JOB, Done, Description)
    delete = Operation("5.1.9.", "DELETE", _JOB, Done)
    log_files = Operation("5.1.10.", "GET", f"{_VERSION}/log/file-names", LogFiles)
    log_window = Operation("5.1.11: a log by bytes.", "GET", f"{_VERSION}/log", LogWindow, LogWindowQuery)
    algorithms = Operation("5.1.12.", "GET", "built-in-algorithms", AlgorithmList, AlgorithmsQuery)
    log_lines = Operation("5.1.13: a log by lines.", "GET", f"{_VERSION}/aom-log", LogLines, LogLinesQuery)

"""Training jobs as the v2 API sends them. Times are ms since the epoch, running records in seconds."""

from __future__ import annotations

from matui.clouds.lenient import (
    Id,
    Json,
    Millis,
    One,
    Received,
    Rows,
    Series,
    Text,
    Texts,
    Whole,
)
from matui.records.record import field


class JobMetadata(Received):
    """Who a job is."""

    id: Id = ""
    name: Text = ""
    workspace_id: Text = ""
    description: Text = ""
    create_time: Millis = None
    user_name: Text = ""


class TaskStatus(Received):
    """How one task ended."""

    task: Text = ""
    exit_code: Whole = None
    message: Text = ""


class Recovery(Received):
    """One recovery from a fault within a run; seconds since the epoch."""

    recover_start_at: Whole = None
    recover_end_at: Whole = None
    recover: Text = ""
    reason: Text = ""
    related_task: Text = ""
    recover_result: Text = ""


class RunningRecord(Received):
    """One run of a job that may have been restarted; ``start_at`` and ``end_at`` in seconds."""

    start_at: Whole = None
    end_at: Whole = None
    start_type: Text = ""
    end_reason: Text = ""
    end_related_task: Text = ""
    end_recover: Text = ""
    recover_records: Rows[Recovery] = field(default_factory=list)


class TaskAddress(Received):
    """Where a task runs."""

    task: Text = ""
    ip: Text = ""
    host_ip: Text = ""
    schedule_count: Whole = None


class JobStatus(Received):
    """Phases, tasks and runs. ``duration`` is ms."""

    phase: Text = ""
    secondary_phase: Text = ""
    duration: Whole = None
    start_time: Millis = None
    tasks: Texts = field(default_factory=list)
    task_statuses: Rows[TaskStatus] = field(default_factory=list)
    running_records: Rows[RunningRecord] = field(default_factory=list)


class Parameter(Received):
    """A hyper-parameter."""

    name: Text = ""
    value: Text = ""


class Obs(Received):
    """A place in object storage."""

    obs_url: Text = ""


class Dataset(Received):
    """A dataset by its id and version."""

    id: Text = ""
    name: Text = ""
    version_id: Text = ""
    version_name: Text = ""


class Remote(Received):
    """Where data comes from or goes to."""

    obs: One[Obs] = field(default_factory=Obs)
    dataset: One[Dataset] = field(default_factory=Dataset)


class Channel(Received):
    """One input or output."""

    name: Text = ""
    local_dir: Text = ""
    remote: One[Remote] = field(default_factory=Remote)


class JobEngine(Received):
    """What the code runs on."""

    engine_id: Text = ""
    engine_name: Text = ""
    engine_version: Text = ""
    image_url: Text = ""


class Algorithm(Received):
    """What is run."""

    id: Text = ""
    name: Text = ""
    code_dir: Text = ""
    boot_file: Text = ""
    command: Text = ""
    working_dir: Text = ""
    engine: One[JobEngine] = field(default_factory=JobEngine)
    parameters: Rows[Parameter] = field(default_factory=list)
    inputs: Rows[Channel] = field(default_factory=list)
    outputs: Rows[Channel] = field(default_factory=list)
    environments: Json = None


class JobResource(Received):
    """Nodes and flavor."""

    policy: Text = ""
    flavor_id: Text = ""
    flavor_name: Text = ""
    node_count: Whole = None
    pool_id: Text = ""
    pool_name: Text = ""


class Mount(Received):
    """A shared file system."""

    nfs_server_path: Text = ""
    local_path: Text = ""


class Volume(Received):
    """A volume of a job."""

    nfs: One[Mount] = field(default_factory=Mount)


class SchedulePolicy(Received):
    """How a job queues."""

    priority: Whole = None


class JobSpec(Received):
    """What a job asked for."""

    resource: One[JobResource] = field(default_factory=JobResource)
    volumes: Rows[Volume] = field(default_factory=list)
    log_export_path: One[Obs] = field(default_factory=Obs)
    schedule_policy: One[SchedulePolicy] = field(default_factory=SchedulePolicy)


class Job(Received):
    """One training job, listed or shown."""

    kind: Text = ""
    metadata: One[JobMetadata] = field(default_factory=JobMetadata)
    status: One[JobStatus] = field(default_factory=JobStatus)
    algorithm: One[Algorithm] = field(default_factory=Algorithm)
    spec: One[JobSpec] = field(default_factory=JobSpec)


class JobList(Received):
    """``count`` jobs match the search, ``total`` are there in all."""

    items: Rows[Job] = field(default_factory=list)
    total: Whole = None
    count: Whole = None


class JobEvent(Received):
    """Something that happened to a job; ``time`` is a text."""

    time: Text = ""
    level: Text = ""
    message: Text = ""
    source: Text = ""


class JobEvents(Received):
    """A page of events."""

    events: Rows[JobEvent] = field(default_factory=list)
    total: Whole = None


class Metric(Received):
    """One value a minute, the newest last; nobody says when the first was."""

    metric: Text = ""
    value: Series = field(default_factory=list)


class MetricList(Received):
    """What one task consumes."""

    metrics: Rows[Metric] = field(default_factory=list)


class LogLines(Received):
    """A page of a log by lines."""

    content: Text = ""
    start_line: Text = ""
    end_line: Text = ""
    lines: Whole = None


class LogPreview(Received):
    """The newest part of a log, sizes in bytes; the text was called ``context`` before March 2022."""

    content: Text = ""
    context: Text = ""
    current_size: Whole = None
    full_size: Whole = None


class Nothing(Received):
    """An answer nobody reads."""

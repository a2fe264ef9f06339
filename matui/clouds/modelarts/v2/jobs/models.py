"""Training jobs as the v2 API sends them. Times are ms since the epoch, running records in seconds."""

from pydantic import Field

from matui.clouds.wire_types import (
    Content,
    Count,
    Cursor,
    Id,
    Json,
    KnownNames,
    Millis,
    ModelRows,
    NumberSeries,
    One,
    Text,
    Texts,
    Whole,
    WireModel,
    make_list,
)


class ExperimentReference(WireModel):
    """The experiment that a job belongs to, and its number there."""

    id: Text = ""
    name: Text = ""
    serial_number: Text = ""


class JobMetadata(WireModel):
    id: Id = ""
    name: Text = ""
    workspace_id: Text = ""
    description: Text = ""
    create_time: Millis = None
    user_name: Text = ""
    training_experiment_reference: One[ExperimentReference] = Field(default_factory=ExperimentReference)


class TaskStatus(WireModel):
    task: Text = ""
    exit_code: Whole = None
    message: Text = ""


class Recovery(WireModel):
    """One recovery from a fault within a run; seconds since the epoch."""

    recover_start_at: Millis = None
    recover_end_at: Millis = None
    recover: Text = ""
    fault_scenario: Text = ""
    reason: Text = ""
    related_task: Text = ""
    recover_result: Text = ""


class RunningRecord(WireModel):
    """One run of a job that may have been restarted."""

    start_at: Millis = None
    end_at: Millis = None
    start_type: Text = ""
    end_reason: Text = ""
    end_related_task: Text = ""
    end_recover: Text = ""
    recover_records: ModelRows[Recovery] = Field(default_factory=make_list)


class TaskAddress(WireModel):
    task: Text = ""
    ip: Text = ""
    host_ip: Text = ""


class JobStatus(WireModel):
    """Phases, tasks and runs. ``duration`` is ms."""

    phase: Text = ""
    secondary_phase: Text = ""
    duration: Whole = None
    start_time: Millis = None
    tasks: KnownNames = Field(default_factory=make_list)
    task_statuses: ModelRows[TaskStatus] = Field(default_factory=make_list)
    running_records: ModelRows[RunningRecord] = Field(default_factory=make_list)


class V2Parameter(WireModel):
    name: Text = ""
    value: Text = ""


class Obs(WireModel):
    obs_url: Text = ""


class Dataset(WireModel):
    id: Text = ""
    name: Text = ""
    version_id: Text = ""
    version_name: Text = ""


class Remote(WireModel):
    obs: One[Obs] = Field(default_factory=Obs)
    dataset: One[Dataset] = Field(default_factory=Dataset)


class Channel(WireModel):
    name: Text = ""
    local_dir: Text = ""
    remote: One[Remote] = Field(default_factory=Remote)


class JobEngine(WireModel):
    engine_id: Text = ""
    engine_name: Text = ""
    engine_version: Text = ""
    image_url: Text = ""


class Algorithm(WireModel):
    """The code of a job: an algorithm, or a boot file and a command."""

    id: Text = ""
    name: Text = ""
    code_dir: Text = ""
    boot_file: Text = ""
    command: Text = ""
    working_dir: Text = ""
    engine: One[JobEngine] = Field(default_factory=JobEngine)
    parameters: ModelRows[V2Parameter] = Field(default_factory=make_list)
    inputs: ModelRows[Channel] = Field(default_factory=make_list)
    outputs: ModelRows[Channel] = Field(default_factory=make_list)
    environments: Json = None


class JobResource(WireModel):
    flavor_id: Text = ""
    flavor_name: Text = ""
    node_count: Whole = None
    pool_id: Text = ""
    pool_name: Text = ""


class V2Mount(WireModel):
    nfs_server_path: Text = ""
    local_path: Text = ""


class V2Volume(WireModel):
    nfs: One[V2Mount] = Field(default_factory=V2Mount)


class SchedulePolicy(WireModel):
    priority: Whole = None


class Notification(WireModel):
    """The topic of the message service (SMN) that is notified of ``events``."""

    topic_urn: Text = ""
    events: Texts = Field(default_factory=list)


class JobSpec(WireModel):
    resource: One[JobResource] = Field(default_factory=JobResource)
    volumes: ModelRows[V2Volume] = Field(default_factory=make_list)
    log_export_path: One[Obs] = Field(default_factory=Obs)
    schedule_policy: One[SchedulePolicy] = Field(default_factory=SchedulePolicy)
    notification: One[Notification] = Field(default_factory=Notification)


class JobRole(WireModel):
    """A part of a heterogeneous job, with code and resources of its own."""

    role: Text = ""
    algorithm: One[Algorithm] = Field(default_factory=Algorithm)
    task_resource: One[JobResource] = Field(default_factory=JobResource)
    log_export_path: One[Obs] = Field(default_factory=Obs)


class V2Job(WireModel):
    """A job; ``tasks`` are the roles of a heterogeneous one."""

    kind: Text = ""
    metadata: One[JobMetadata] = Field(default_factory=JobMetadata)
    status: One[JobStatus] = Field(default_factory=JobStatus)
    algorithm: One[Algorithm] = Field(default_factory=Algorithm)
    spec: One[JobSpec] = Field(default_factory=JobSpec)
    tasks: ModelRows[JobRole] = Field(default_factory=make_list)


class V2JobList(WireModel):
    """``count`` jobs match the search, ``total`` are there in all."""

    items: ModelRows[V2Job] = Field(default_factory=make_list)
    total: Whole = None
    count: Whole = None


class JobEvent(WireModel):
    """An event of a job; ``time`` is a text."""

    time: Text = ""
    level: Text = ""
    message: Text = ""
    source: Text = ""


class JobEvents(WireModel):
    events: ModelRows[JobEvent] = Field(default_factory=make_list)
    total: Whole = None


class Metric(WireModel):
    """One value a minute, the newest last; the time of the first is unknown."""

    metric: Text = ""
    value: NumberSeries = Field(default_factory=make_list)


class MetricList(WireModel):
    metrics: ModelRows[Metric] = Field(default_factory=make_list)


class V2LogLines(WireModel):
    content: Content = ""
    start_line: Cursor = ""
    end_line: Cursor = ""
    lines: Count = None


class LogPreview(WireModel):
    """The newest part of a log, sizes in bytes; the text was called ``context`` before March 2022."""

    content: Content = ""
    context: Content = ""
    full_size: Count = None

"""A new training job as it is sent (``POST training-jobs``), with the limits of the reference."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from matui.clouds.modelarts.requests import COUNT, FILLED, NAME_64, TEXT_256, RequestModel
from matui.clouds.modelarts.v2.jobs import request_parts as parts
from matui.clouds.modelarts.v2.wire import WORDS

JobKind = Literal[
    "job", "federated_pool_job", "edge_job", "hetero_job", "mrs_job", "autosearch_job", "diag_job",
    "visualization_job",
]  # fmt: skip
EventName = Literal[
    "JobStarted", "JobCompleted", "JobFailed", "JobTerminated", "JobRestarted", "JobHanged", "JobPreempted"
]
EVENTS: tuple[str, ...] = get_args(EventName)


class Experiment(RequestModel):
    """The experiment that a job belongs to; a name alone makes a new one."""

    id: FILLED | None = None
    name: Annotated[str, Field(max_length=64)] | None = None
    description: TEXT_256 | None = None


class NewMetadata(RequestModel):
    name: NAME_64
    workspace_id: FILLED | None = None
    description: TEXT_256 | None = None
    annotations: dict[str, WORDS] | None = None
    training_experiment_reference: Experiment | None = None


class NewParameter(RequestModel):
    name: FILLED
    value: WORDS | None = None


class DatasetPlace(RequestModel):
    id: FILLED
    version_id: FILLED | None = None
    obs_url: FILLED | None = None
    service_type: FILLED | None = None
    name: FILLED | None = None


class ObsPlace(RequestModel):
    obs_url: FILLED


class InputPlace(RequestModel):
    dataset: DatasetPlace | None = None
    obs: ObsPlace | None = None


class OutputPlace(RequestModel):
    obs: ObsPlace


class NewInput(RequestModel):
    name: FILLED
    description: FILLED | None = None
    local_dir: FILLED | None = None
    access_method: FILLED | None = None
    remote: InputPlace


class NewOutput(RequestModel):
    name: FILLED
    description: FILLED | None = None
    local_dir: FILLED | None = None
    access_method: FILLED | None = None
    remote: OutputPlace


class NewEngine(RequestModel):
    """One of: ``engine_id``, ``engine_name`` with ``engine_version``, ``image_url``."""

    engine_id: FILLED | None = None
    engine_name: FILLED | None = None
    engine_version: FILLED | None = None
    image_url: FILLED | None = None
    install_sys_packages: bool | None = None
    image_repo_id: FILLED | None = None


class NewAlgorithm(RequestModel):
    """The code of a new job: an algorithm by its id or subscription, or code of one's own."""

    id: FILLED | None = None
    subscription_id: FILLED | None = None
    item_version_id: FILLED | None = None
    code_dir: FILLED | None = None
    boot_file: FILLED | None = None
    autosearch_config_path: FILLED | None = None
    autosearch_framework_path: FILLED | None = None
    command: FILLED | None = None
    parameters: list[NewParameter] | None = None
    policies: parts.POLICIES | None = None
    inputs: list[NewInput] | None = None
    outputs: list[NewOutput] | None = None
    engine: NewEngine | None = None
    local_code_dir: FILLED | None = None
    working_dir: FILLED | None = None
    environments: Annotated[dict[str, WORDS], Field(max_length=100)] | None = None
    summary: parts.VISUALIZATION_SUMMARY | None = None

    @model_validator(mode="after")
    def _require_code(self) -> NewAlgorithm:
        if (self.subscription_id is None) is not (self.item_version_id is None):
            raise ValueError("subscription_id and item_version_id go together")
        if not (self.id or self.subscription_id or self.boot_file or self.command):
            raise ValueError("it needs a boot_file with its code_dir, a command, or the id of an algorithm")
        if self.boot_file and not self.code_dir:
            raise ValueError("boot_file needs the code_dir that it is in")
        return self


class NewResource(RequestModel):
    flavor_id: FILLED | None = None
    node_count: COUNT = 1
    pool_id: FILLED | None = None
    pool_group_id: FILLED | None = None
    main_container_customized_flavor: parts.CUSTOM_FLAVOR | None = None

    @model_validator(mode="after")
    def _require_place(self) -> NewResource:
        if not (self.flavor_id or self.pool_id or self.pool_group_id):
            raise ValueError("it needs a flavor_id or a pool_id")
        return self


class NfsMount(RequestModel):
    nfs_server_path: FILLED
    local_path: FILLED
    read_only: bool | None = None


class PfsMount(RequestModel):
    pfs_path: FILLED
    local_path: FILLED


class ObsMount(RequestModel):
    obs_path: FILLED
    local_path: FILLED


class NewJobVolume(RequestModel):
    """A volume: one of the three."""

    nfs: NfsMount | None = None
    pfs: PfsMount | None = None
    obs: ObsMount | None = None


class LogPath(RequestModel):
    obs_url: FILLED | None = None
    host_path: FILLED | None = None


class NewAutoStop(RequestModel):
    time_unit: Literal["HOURS"]
    duration: COUNT


class NewSchedulePolicy(RequestModel):
    """The priority in the queue, for dedicated pools only; 3 needs a permission."""

    required_affinity: parts.REQUIRED_AFFINITY | None = None
    preferred_affinity: parts.PREFERRED_AFFINITY | None = None
    priority: Annotated[int, Field(ge=0, le=3)] | None = None
    preemptible: bool | None = None


class NewNotification(RequestModel):
    topic_urn: FILLED | None = None
    events: list[EventName] | None = None


class NewSpec(RequestModel):
    resource: NewResource
    volumes: list[NewJobVolume] | None = None
    log_export_path: LogPath | None = None
    auto_stop: NewAutoStop | None = None
    retention: parts.RETENTION | None = None
    schedule_policy: NewSchedulePolicy | None = None
    log_export_config: parts.LOG_EXPORT_CONFIG | None = None
    notification: NewNotification | None = None
    custom_metrics: list[parts.CUSTOM_METRIC] | None = None
    reserved_time: parts.RESERVED_TIME | None = None
    output_model: parts.OUTPUT_MODEL | None = None
    asset_model: parts.ASSET_MODEL | None = None


class SshAccess(RequestModel):
    key_pair_names: list[str] | None = None


class NewEndpoints(RequestModel):
    ssh: SshAccess | None = None


class V2CreateJob(RequestModel):
    kind: JobKind
    metadata: NewMetadata
    algorithm: NewAlgorithm
    spec: NewSpec
    endpoints: NewEndpoints | None = None
    train_type: FILLED | None = None
    ftjob_config: parts.FINE_TUNING | None = None

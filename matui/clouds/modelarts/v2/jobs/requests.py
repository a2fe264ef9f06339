"""A new training job as it is sent (``POST training-jobs``), with the limits of the reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from matui.clouds.modelarts.requests import COUNT, FILLED, NAME_64, TEXT_256, RequestModel
from matui.clouds.modelarts.v2.wire import WORDS

JobKind = Literal[
    "job", "federated_pool_job", "edge_job", "hetero_job", "mrs_job", "autosearch_job", "diag_job",
    "visualization_job",
]  # fmt: skip
EventName = Literal[
    "JobStarted", "JobCompleted", "JobFailed", "JobTerminated", "JobRestarted", "JobHanged", "JobPreempted"
]
EVENTS: tuple[str, ...] = get_args(EventName)


@dataclass(frozen=True, eq=False, slots=True)
class FieldTypes:
    """The types of an object's fields, by their names on the wire; ``[type]`` is a list.

    The tables below are the parts of a new job that have no line in the form and that a rerun repeats. Only
    what they name is sent; an answer may state a number as a text, and the types say which texts are numbers.
    """

    fields: dict[str, Any]


_EXPRESSION = {"key": str, "operator": str, "values": [str]}
_NODE_TERM = {"matchExpressions": [_EXPRESSION], "matchFields": [_EXPRESSION]}
_PLACE = {"obs_path": str, "local_path": str}

POLICIES = Annotated[
    dict[str, Any],
    FieldTypes(
        {
            "auto_search": {
                "skip_search_params": str,
                "reward_attrs": [{"name": str, "mode": str, "regex": str}],
                "search_params": [
                    {
                        **dict.fromkeys(("name", "param_type", "lower_bound", "upper_bound"), str),
                        "discrete_points_num": str,
                        "discrete_values": [str],
                    }
                ],
                "algo_configs": [{"name": str, "params": [{"key": str, "value": str, "type": str}]}],
            }
        }
    ),
]
VISUALIZATION_SUMMARY = Annotated[
    dict[str, Any],
    FieldTypes(
        {
            "log_type": str,
            "log_dir": {"pfs": {"pfs_path": str}},
            "data_sources": [{"job": {"job_id": str}, "nfs": {"nfs_path": str}}],
        }
    ),
]
CUSTOM_FLAVOR = Annotated[
    dict[str, Any], FieldTypes({"cpu_core_num": float, "mem_size": float, "accelerator_num": float})
]
REQUIRED_AFFINITY = Annotated[
    dict[str, Any],
    FieldTypes(
        {
            "affinity_type": str,
            "job_level": str,
            "affinity_group_size": int,
            "affinity_group_level": str,
            "node_affinity": {"nodeSelectorTerms": [_NODE_TERM]},
        }
    ),
]
PREFERRED_AFFINITY = Annotated[
    dict[str, Any], FieldTypes({"node_affinity": [{"weight": int, "preference": _NODE_TERM}]})
]
CUSTOM_METRIC = Annotated[
    dict[str, Any], FieldTypes({"exec": {"command": [str]}, "http_get": {"path": str, "port": int}})
]
OUTPUT_MODEL = Annotated[dict[str, Any], FieldTypes({"obs": _PLACE})]
ASSET_MODEL = Annotated[
    dict[str, Any], FieldTypes(dict.fromkeys(("name", "code", "version", "desc", "series", "type"), str))
]
FINE_TUNING = Annotated[
    dict[str, Any],
    FieldTypes(
        {
            **dict.fromkeys(("ft_job_uuid", "ft_train_type", "model_type", "train_output_path"), str),
            "checkpoint_id": str,
            "task_env": {
                "envs": [
                    {
                        **dict.fromkeys(("label", "des", "env_name", "env_type", "value"), str),
                        "modifiable": bool,
                        "displayable": bool,
                        "used_steps": [str],
                    }
                ]
            },
            "checkpoint_config": {
                "checkpoint_id": str,
                **dict.fromkeys(("save_checkpoints_max", "skipped_steps", "restore_training"), int),
            },
        }
    ),
]
RETENTION = Annotated[dict[str, Any], FieldTypes({"policy": str})]
LOG_EXPORT_CONFIG = Annotated[dict[str, Any], FieldTypes({"version": str, "rotation_enabled": bool})]
RESERVED_TIME = Annotated[dict[str, Any], FieldTypes({"time_unit": str, "duration": int})]


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
    policies: POLICIES | None = None
    inputs: list[NewInput] | None = None
    outputs: list[NewOutput] | None = None
    engine: NewEngine | None = None
    local_code_dir: FILLED | None = None
    working_dir: FILLED | None = None
    environments: Annotated[dict[str, WORDS], Field(max_length=100)] | None = None
    summary: VISUALIZATION_SUMMARY | None = None

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
    main_container_customized_flavor: CUSTOM_FLAVOR | None = None

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

    required_affinity: REQUIRED_AFFINITY | None = None
    preferred_affinity: PREFERRED_AFFINITY | None = None
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
    retention: RETENTION | None = None
    schedule_policy: NewSchedulePolicy | None = None
    log_export_config: LOG_EXPORT_CONFIG | None = None
    notification: NewNotification | None = None
    custom_metrics: list[CUSTOM_METRIC] | None = None
    reserved_time: RESERVED_TIME | None = None
    output_model: OUTPUT_MODEL | None = None
    asset_model: ASSET_MODEL | None = None


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
    ftjob_config: FINE_TUNING | None = None


class UpdateSchedulePolicy(RequestModel):
    """The priority of a job in its queue; 3 is the highest and needs a permission of its own."""

    priority: Annotated[int, Field(ge=1, le=3)] | None = None


class UpdateSpec(RequestModel):
    schedule_policy: UpdateSchedulePolicy | None = None


class UpdateJob(RequestModel):
    """The body of a change of a job."""

    description: TEXT_256 | None = None
    spec: UpdateSpec | None = None

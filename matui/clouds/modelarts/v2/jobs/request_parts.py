"""Parts of a new training job that have no line in the form and that a rerun repeats, typed as in the API.

An answer may state a number as a text; the types say which texts are numbers.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matui.clouds.modelarts.requests import FILLED, RequestModel
from matui.clouds.modelarts.v2.wire import WORDS


class RewardAttribute(RequestModel):
    name: WORDS | None = None
    mode: WORDS | None = None
    regex: WORDS | None = None


class SearchedParameter(RequestModel):
    """A parameter that is searched; bounds and counts are texts."""

    name: WORDS | None = None
    param_type: WORDS | None = None
    lower_bound: WORDS | None = None
    upper_bound: WORDS | None = None
    discrete_points_num: WORDS | None = None
    discrete_values: list[WORDS] | None = None


class SearchSetting(RequestModel):
    key: WORDS | None = None
    value: WORDS | None = None
    type: WORDS | None = None


class SearchAlgorithm(RequestModel):
    name: WORDS | None = None
    params: list[SearchSetting] | None = None


class AutoSearch(RequestModel):
    skip_search_params: WORDS | None = None
    reward_attrs: list[RewardAttribute] | None = None
    search_params: list[SearchedParameter] | None = None
    algo_configs: list[SearchAlgorithm] | None = None


class Policies(RequestModel):
    """The policies of an algorithm."""

    auto_search: AutoSearch | None = None


class PfsLogs(RequestModel):
    pfs_path: WORDS | None = None


class LogDirectory(RequestModel):
    pfs: PfsLogs | None = None


class SourceJob(RequestModel):
    job_id: WORDS | None = None


class NfsLogs(RequestModel):
    nfs_path: WORDS | None = None


class LogSource(RequestModel):
    job: SourceJob | None = None
    nfs: NfsLogs | None = None


class VisualizationSummary(RequestModel):
    log_type: WORDS | None = None
    log_dir: LogDirectory | None = None
    data_sources: list[LogSource] | None = None


class CustomFlavor(RequestModel):
    """A part of a node: cores, memory and cards."""

    cpu_core_num: float | None = None
    mem_size: float | None = None
    accelerator_num: float | None = None


class NodeRequirement(RequestModel):
    key: WORDS | None = None
    operator: WORDS | None = None
    values: list[WORDS] | None = None


class NodeTerm(RequestModel):
    """Conditions that hold together."""

    expressions: list[NodeRequirement] | None = Field(default=None, alias="matchExpressions")
    fields: list[NodeRequirement] | None = Field(default=None, alias="matchFields")


class NodeSelector(RequestModel):
    """Terms of which one has to hold."""

    terms: list[NodeTerm] | None = Field(default=None, alias="nodeSelectorTerms")


class RequiredAffinity(RequestModel):
    affinity_type: WORDS | None = None
    job_level: WORDS | None = None
    affinity_group_size: int | None = None
    affinity_group_level: WORDS | None = None
    node_affinity: NodeSelector | None = None


class PreferredTerm(RequestModel):
    """A preference of nodes and its weight."""

    weight: int | None = None
    preference: NodeTerm | None = None


class PreferredAffinity(RequestModel):
    node_affinity: list[PreferredTerm] | None = None


class MetricCommand(RequestModel):
    command: list[WORDS] | None = None


class MetricAddress(RequestModel):
    path: WORDS | None = None
    port: int | None = None


class CustomMetric(RequestModel):
    exec: MetricCommand | None = None
    http_get: MetricAddress | None = None


class ModelPlace(RequestModel):
    obs_path: WORDS | None = None
    local_path: WORDS | None = None


class OutputModel(RequestModel):
    obs: ModelPlace | None = None


class AssetModel(RequestModel):
    """The model of the asset service that is tuned."""

    name: FILLED | None = None
    code: WORDS | None = None
    version: WORDS | None = None
    desc: WORDS | None = None
    series: WORDS | None = None
    type: WORDS | None = None


class TuningVariable(RequestModel):
    """An environment variable of fine-tuning; its value is a text."""

    label: WORDS | None = None
    des: WORDS | None = None
    env_name: WORDS | None = None
    env_type: WORDS | None = None
    value: WORDS | None = None
    modifiable: bool | None = None
    displayable: bool | None = None
    used_steps: list[WORDS] | None = None


class TuningEnvironment(RequestModel):
    envs: list[TuningVariable] | None = None


class TuningCheckpoints(RequestModel):
    """Checkpoints of fine-tuning: -1 keeps any number, ``restore_training`` is 1 for a job that goes on."""

    checkpoint_id: WORDS | None = None
    save_checkpoints_max: int | None = None
    skipped_steps: int | None = None
    restore_training: int | None = None


class FineTuning(RequestModel):
    """Settings of fine-tuning; the progress (``train_process``) is stated by the cloud and not sent."""

    ft_job_uuid: WORDS | None = None
    ft_train_type: WORDS | None = None
    model_type: WORDS | None = None
    train_output_path: WORDS | None = None
    checkpoint_id: WORDS | None = None
    task_env: TuningEnvironment | None = None
    checkpoint_config: TuningCheckpoints | None = None


class Retention(RequestModel):
    policy: WORDS | None = None


class LogExportConfig(RequestModel):
    version: WORDS | None = None
    rotation_enabled: bool | None = None


class ReservedTime(RequestModel):
    time_unit: WORDS | None = None
    duration: Annotated[int, Field(ge=1)] | None = None

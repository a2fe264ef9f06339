"""New services and deployments, scaling and switching as they are sent, with the limits of the reference."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from matui.clouds.modelarts.requests import DESCRIPTION_512, FILLED, WIDE_NAME_64, RequestModel
from matui.clouds.modelarts.v2.wire import WORDS

MOST_INSTANCES = 128
INSTANCES = Annotated[int, Field(ge=1, le=MOST_INSTANCES)]
PORT = Annotated[int, Field(ge=1, le=65535)]
VERSION = Annotated[str, StringConstraints(max_length=8, pattern=r"^[1-9][0-9]?(\.(0|[1-9][0-9]?)){2}$")]
TaskType = Literal[
    "TEXT_GENERATION", "IMAGE_UNDERSTANDING", "VIDEO_GENERATION", "IMAGE_GENERATION", "RERANK",
    "VECTOR_MODEL", "EMBEDDING",
]  # fmt: skip
ROLE = Annotated[str, StringConstraints(max_length=16, pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]


class ImageInfo(RequestModel):
    """The image of a unit; ``swr_path`` is its address."""

    id: FILLED | None = None
    source: Literal["SWR", "IMAGE"]
    swr_path: FILLED
    category: Literal["GPU", "CPU", "ASCEND"] | None = None


class CustomSpec(RequestModel):
    """Resources instead of a flavor; ``memory`` in MB."""

    gpu: Annotated[float, Field(ge=0)] | None = None
    memory: Annotated[int, Field(ge=1)] | None = None
    cpu: Annotated[float, Field(ge=0.01)] | None = None
    ascend: Annotated[int, Field(ge=0)] | None = None
    arch: Literal["x86", "arm64"] | None = None


class FileInfo(RequestModel):
    """Files that are mounted: weights, code."""

    source: FILLED
    address: FILLED | None = None
    mount_path: FILLED
    read_only: bool | None = None


class UnitConfig(RequestModel):
    name: ROLE | None = None
    role: FILLED | None = None
    custom_spec: CustomSpec | None = None
    flavor: FILLED | None = None
    image: ImageInfo
    files: list[FileInfo] | None = None
    count: Annotated[int, Field(ge=1)] | None = None
    cmd: FILLED | None = None
    envs: dict[str, WORDS] | None = None
    port: PORT | None = None
    recovery: Literal["Instance", "Role", "Pod"] | None = None

    @model_validator(mode="after")
    def _require_resources(self) -> UnitConfig:
        if not (self.flavor or self.custom_spec):
            raise ValueError("it needs a flavor or a custom_spec")
        return self


class GroupConfig(RequestModel):
    name: WIDE_NAME_64
    pool_id: FILLED | None = None
    count: INSTANCES | None = None
    weight: Annotated[int, Field(ge=0, le=100)]
    priority: Annotated[int, Field(ge=1, le=3)] | None = None
    framework: Literal["COMMON", "VLLM", "MINDIE"] | None = None
    schedule_strategy: Literal["HIGH_AVAILABILITY", "HIGH_UTILIZATION", "HIGH_PERFORMANCE"] | None = None
    deploy_type: Literal["SINGLE", "MULTI"] | None = None
    version: VERSION | None = None
    description: DESCRIPTION_512 | None = None
    unit_configs: Annotated[list[UnitConfig], Field(min_length=1)]


class ServiceInvoke(RequestModel):
    port: PORT
    protocol: Literal["HTTP", "HTTPS", "WSS", "WS"]
    auth_type: Literal["TOKEN", "API_KEY", "NONE"]
    internet_access_enable: bool | None = None


class RateLimit(RequestModel):
    num: Annotated[int, Field(ge=1, le=10_000)]
    unit: Literal["SECONDS", "MINUTES"]


class ServiceLimit(RequestModel):
    """The limits of a call: MB and seconds."""

    rate_limit: RateLimit
    request_size_limit: Annotated[int, Field(ge=1, le=50)]
    request_timeout: Annotated[int, Field(ge=1, le=7200)]


class RuntimeConfig(RequestModel):
    service_invoke: ServiceInvoke
    service_limit: ServiceLimit


class ScheduleRule(RequestModel):
    type: Literal["stop"]
    duration: Annotated[int, Field(ge=1)]
    time_unit: Literal["DAYS", "HOURS", "MINUTES"]


class CreateService(RequestModel):
    """The body of a new service; its first deployment is the only one."""

    name: WIDE_NAME_64
    version: VERSION | None = None
    description: DESCRIPTION_512 | None = None
    type: Literal["REAL_TIME", "ASYNC_REAL_TIME"]
    deploy_type: Literal["SINGLE", "MULTI"]
    group_configs: Annotated[list[GroupConfig], Field(max_length=1)]
    runtime_config: RuntimeConfig
    schedule: Annotated[list[ScheduleRule], Field(max_length=1)] | None = None
    workspace_id: FILLED | None = None
    custom_metrics_path: Annotated[str, StringConstraints(max_length=255)]
    task_type: TaskType | None = None


class ScaleDeployment(RequestModel):
    count: INSTANCES


class SwitchVersion(RequestModel):
    """The version to switch to; ``infer_name`` is the deployment's id."""

    service_id: FILLED
    target_deployment_version: FILLED
    infer_name: FILLED

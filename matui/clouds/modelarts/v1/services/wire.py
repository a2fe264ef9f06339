"""Services as the cloud sends them, and what may be asked of them (chapter 7), with its limits."""

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, model_validator

from matui.clouds.modelarts.requests import COUNT, FILLED, OFFSET, ORDER, TEXT_100, WIDE_NAME_64, RequestModel
from matui.clouds.wire_types import (
    Code,
    Flag,
    Id,
    Map,
    Millis,
    ModelRows,
    Number,
    Text,
    Texts,
    Whole,
    WireModel,
    make_list,
)

InferType = Literal["real-time", "batch", "edge"]


class Schedule(WireModel):
    """Table 7-14; visualization jobs spell it ``timeUnit``."""

    type: Text = ""
    time_unit: Text = Field(default="", validation_alias=AliasChoices("time_unit", "timeUnit"))
    duration: Number = None


class EdgeNode(WireModel):
    """Table 7-20. Memory is MB; the table names its field in words."""

    id: Id = ""
    name: Text = ""
    instance_status: Text = ""
    predict_url: Text = ""
    host_name: Text = ""
    os_name: Text = ""
    os_version: Text = ""
    arch: Text = ""
    cpu: Number = None
    memory: Number = Field(default=None, validation_alias=AliasChoices("memory", "Memory size, in MBs"))
    gpu_num: Number = None
    host_ips: Texts = Field(default_factory=make_list)
    deployment_num: Whole = None
    state: Text = ""
    created_at: Millis = None
    updated_at: Millis = None


class ServiceConfig(WireModel):  # Tables 7-17 to 7-19 and 7-38
    model_id: Text = ""
    model_name: Text = ""
    model_version: Text = ""
    status: Text = ""
    weight: Number = None
    specification: Text = ""
    custom_spec: Map = Field(default_factory=dict)
    envs: Map = Field(default_factory=dict)
    instance_count: Whole = None
    scaling: Flag = None
    cluster_id: Text = ""
    src_path: Text = ""
    dest_path: Text = ""
    req_uri: Text = ""
    mapping_type: Text = ""
    mapping_rule: Map = Field(default_factory=dict)
    start_time: Millis = None
    finished_time: Millis = None
    nodes: ModelRows[EdgeNode] = Field(default_factory=make_list)
    additional_properties: Map = Field(default_factory=dict)


class ServiceRow(WireModel):
    """A service in the list (Table 7-13); every time is ms since the epoch."""

    service_id: Id = ""
    service_name: Text = ""
    description: Text = ""
    owner: Text = ""
    publish_at: Millis = None
    infer_type: Text = ""
    workspace_id: Text = ""
    status: Text = ""
    start_time: Millis = None
    finished_time: Millis = None
    progress: Number = None
    invocation_times: Number = None
    failed_times: Number = None
    is_shared: Flag = None
    shared_count: Whole = None
    schedule: ModelRows[Schedule] = Field(default_factory=make_list)
    due_time: Millis = None
    operation_time: Millis = None
    is_opened_sample_collection: Flag = None
    transition_at: Millis = None
    is_free: Flag = None
    additional_properties: Map = Field(default_factory=dict)


class Service(ServiceRow):  # 7.3
    cluster_id: Text = ""
    vpc_id: Text = ""
    subnet_network_id: Text = ""
    security_group_id: Text = ""
    error_msg: Text = ""
    config: ModelRows[ServiceConfig] = Field(default_factory=make_list)
    access_address: Text = ""
    bind_access_address: Text = ""
    update_time: Millis = None
    debug_url: Text = ""


class ServiceList(WireModel):  # 7.2
    services: ModelRows[ServiceRow] = Field(default_factory=make_list)
    total_count: Whole = Field(default=None, validation_alias=AliasChoices("total_count", "total"))
    count: Whole = None


class Deployed(WireModel):  # 7.1
    service_id: Id = ""


class NodeResult(WireModel):  # Table 7-39
    node_id: Code = ""
    node_name: Text = ""
    operation: Text = ""
    result: Flag = None


class UpdateLog(WireModel):  # Table 7-37
    update_time: Millis = None
    result: Text = ""
    config: ModelRows[ServiceConfig] = Field(default_factory=make_list)
    success_num: Whole = None
    failed_num: Whole = None
    result_detail: ModelRows[NodeResult] = Field(default_factory=make_list)


class ServiceName(WireModel):
    service_id: Id = ""
    service_name: Text = ""


class UpdateLogs(ServiceName):  # 7.7
    logs: ModelRows[UpdateLog] = Field(default_factory=make_list)


class ServiceEvent(WireModel):  # Table 7-43
    occur_time: Millis = None
    event_type: Text = ""
    event_info: Text = ""


class ServiceEvents(ServiceName):  # 7.8
    events: ModelRows[ServiceEvent] = Field(default_factory=make_list)
    total_count: Whole = None
    count: Whole = None


class DeploymentSpec(WireModel):  # Table 7-47
    specification: Text = ""
    spec_status: Text = ""
    is_open: Flag = None
    is_free: Flag = None
    over_quota: Flag = None


class DeploymentSpecs(WireModel):  # 7.10
    specifications: ModelRows[DeploymentSpec] = Field(default_factory=make_list)


class PoolNodeCounts(WireModel):
    """Table 7-51: an object in the sample, a list in the table."""

    specification: Text = ""
    count: Whole = None
    available_count: Whole = None


class Pool(WireModel):
    """A dedicated resource pool (Table 7-50). Memory is in MB, which the reference leaves open."""

    cluster_id: Code = ""
    cluster_name: Text = ""
    description: Text = ""
    owner: Text = ""
    created_at: Millis = None
    status: Text = ""
    nodes: ModelRows[PoolNodeCounts] = Field(default_factory=make_list)
    allocatable_cpu_cores: Number = None
    allocatable_memory: Number = None
    allocatable_gpus: Number = None
    product_id: Text = ""
    order_id: Text = ""
    period_type: Text = ""
    period_num: Whole = None


class PoolList(WireModel):  # 7.11
    clusters: ModelRows[Pool] = Field(default_factory=make_list)
    total_count: Whole = None
    count: Whole = None


class ServicesQuery(RequestModel):  # 7.2
    service_id: str | None = None
    service_name: str | None = None
    model_id: str | None = None
    workspace_id: str | None = None
    infer_type: InferType | None = None
    status: str | None = None
    offset: OFFSET | None = None
    limit: COUNT | None = None
    sort_by: Literal["publish_at", "service_name"] | None = None
    order: ORDER | None = None


class ServiceEventsQuery(RequestModel):
    """7.8. The times are ms since the epoch."""

    event_type: Literal["normal", "abnormal"] | None = None
    start_time: int | None = None
    end_time: int | None = None
    offset: OFFSET | None = None
    limit: COUNT | None = None
    sort_by: Literal["occur_time"] | None = None
    order: ORDER | None = None


class MonitorQuery(RequestModel):
    """7.6: ``node_id`` only for edge services."""

    node_id: str | None = None


class SpecificationsQuery(RequestModel):  # 7.10
    is_personal_cluster: bool | None = None
    infer_type: InferType | None = None


class PoolsQuery(RequestModel):  # 7.11
    cluster_name: str | None = None
    status: str | None = None
    offset: OFFSET | None = None
    limit: COUNT | None = None
    sort_by: Literal["created_at", "cluster_name"] | None = None
    order: ORDER | None = None


class ScheduleSetting(RequestModel):  # Table 7-6
    type: Literal["stop"] = "stop"
    time_unit: Literal["DAYS", "HOURS", "MINUTES"]
    duration: COUNT


class ModelConfig(RequestModel):
    """One model of a service (Tables 7-3 to 7-5); which fields are needed depends on the service's type."""

    model_id: FILLED
    specification: FILLED
    weight: Annotated[int, Field(ge=0, le=100)] | None = None
    instance_count: COUNT | None = None
    envs: dict[str, str] | None = None
    cluster_id: str | None = None
    custom_spec: dict[str, Any] | None = None
    additional_properties: dict[str, Any] | None = None
    src_type: Literal["ManifestFile"] | None = None
    src_path: FILLED | None = None
    dest_path: FILLED | None = None
    req_uri: FILLED | None = None
    mapping_type: Literal["file", "csv"] | None = None
    mapping_rule: dict[str, Any] | None = None
    nodes: list[FILLED] | None = None

    @model_validator(mode="after")
    def _check_mapping_rule(self) -> "ModelConfig":
        if self.mapping_type == "csv" and self.mapping_rule is None:
            raise ValueError("mapping_type csv needs mapping_rule")
        return self


_NEEDED: dict[str, tuple[str, ...]] = {
    "real-time": ("weight", "instance_count"),
    "batch": ("instance_count", "src_path", "dest_path", "req_uri", "mapping_type"),
    "edge": ("nodes",),
}


def check_models(infer_type: str, config: list[ModelConfig]) -> None:
    """Check the models of a service of one type. Raises ValueError."""
    if not config:
        raise ValueError("config needs at least one model")
    for model in config:
        missing = [name for name in _NEEDED[infer_type] if getattr(model, name) is None]
        if missing:
            raise ValueError(f"a {infer_type} model needs {', '.join(missing)}")
    if infer_type != "real-time" and len(config) > 1:
        raise ValueError(f"a {infer_type} service takes one model")
    if infer_type == "real-time":
        check_weights(config)


def check_weights(config: list[ModelConfig]) -> None:
    """Check that the weights, where any is given, sum to 100. Raises ValueError."""
    weights = [model.weight for model in config if model.weight is not None]
    if weights and sum(weights) != 100:
        raise ValueError(f"the weights sum to {sum(weights)}, not to 100")


class DeployService(RequestModel):  # 7.1
    service_name: WIDE_NAME_64
    infer_type: InferType
    config: list[ModelConfig]
    description: TEXT_100 | None = None
    workspace_id: FILLED | None = None
    vpc_id: FILLED | None = None
    subnet_network_id: FILLED | None = None
    security_group_id: FILLED | None = None
    cluster_id: FILLED | None = None
    schedule: list[ScheduleSetting] | None = None
    additional_properties: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _check_type(self) -> "DeployService":
        check_models(self.infer_type, self.config)
        if self.schedule and self.infer_type != "real-time":
            raise ValueError("schedule is for real-time services only")
        if self.vpc_id and not (self.subnet_network_id and self.security_group_id):
            raise ValueError("vpc_id needs subnet_network_id and security_group_id")
        return self


class UpdateService(RequestModel):
    """7.5: a status, or a configuration, never both."""

    description: TEXT_100 | None = None
    status: Literal["running", "stopped"] | None = None
    config: list[ModelConfig] | None = None
    schedule: list[ScheduleSetting] | None = None
    additional_properties: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _check_status_and_config(self) -> "UpdateService":
        if self.status is not None and self.config is not None:
            raise ValueError("status and config cannot be changed at the same time")
        if self.config is not None:
            if not self.config:
                raise ValueError("config needs at least one model")
            check_weights(self.config)
        return self


class UpdateNodeStatus(RequestModel):  # 7.4
    status: Literal["running", "stopped"]

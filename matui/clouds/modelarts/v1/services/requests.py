"""Request bodies of services and pools (chapter 7), with the reference's limits."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from matui.clouds.modelarts.requests import COUNT, FILLED, ORDER, TEXT_100, WIDE_NAME_64, RequestModel

InferType = Literal["real-time", "batch", "edge"]
OFFSET = Annotated[int, Field(ge=0)]


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

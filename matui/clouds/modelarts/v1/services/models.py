"""Inference services as the cloud sends them (chapter 7)."""

from pydantic import AliasChoices, Field

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
    description: Text = ""
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
    tenant: Text = ""
    project: Text = ""
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
    cluster_id: Text = ""


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

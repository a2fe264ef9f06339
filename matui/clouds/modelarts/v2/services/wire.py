"""Services as v2 sends them. Times are ms since the epoch."""

from pydantic import Field

from matui.clouds.wire_types import (
    Flag,
    Id,
    Json,
    Millis,
    ModelRows,
    Number,
    Text,
    Texts,
    Whole,
    WireModel,
    make_list,
)


class V2Schedule(WireModel):
    due_time: Millis = None
    processed: Flag = None


class Address(WireModel):
    type: Text = ""
    urls: Texts = Field(default_factory=make_list)


class V2Service(WireModel):
    id: Id = ""
    name: Text = ""
    status: Text = ""
    description: Text = ""
    type: Text = ""
    deploy_type: Text = ""
    task_type: Text = ""
    auth_type: Text = ""
    user_name: Text = ""
    workspace_id: Text = ""
    failure_reason: Text = ""
    version: Json = None
    version_count: Whole = None
    create_at: Text = ""
    update_at: Text = ""
    predict_url: ModelRows[Address] = Field(default_factory=make_list)
    schedule: ModelRows[V2Schedule] = Field(default_factory=make_list)


class Deployment(WireModel):
    """One deployment of a service; ``infer_name`` is its id in other operations."""

    id: Id = ""
    name: Text = ""
    infer_name: Text = ""
    status: Text = ""
    version: Text = ""
    pool_id: Text = ""
    weight: Number = None
    traffic_ratio: Text = ""
    create_at: Text = ""


class ShownDeployment(WireModel):
    """One deployment as it is shown, or has become."""

    id: Id = ""
    name: Text = ""
    status: Text = ""
    count: Whole = None
    version: Text = ""


class Instance(WireModel):
    instance_name: Text = ""
    status: Text = ""
    pod_count: Whole = None
    running_pod_count: Whole = None


class Pod(WireModel):
    pod_id: Text = ""
    pod_name: Text = ""
    pod_node_ip: Text = ""
    pod_node_name: Text = ""
    pod_role: Text = ""
    status: Text = ""


class V2ServiceEvent(WireModel):
    event_type: Text = ""
    event_info: Text = ""
    event_count: Whole = None
    create_at: Text = ""
    update_at: Text = ""


class BatchDeleted(WireModel):
    service_responses: ModelRows[V2Service] = Field(default_factory=make_list)

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
    new_list,
)


class V2Schedule(WireModel):
    """A service's automatic stop."""

    due_time: Millis = None
    type: Text = ""
    processed: Flag = None


class Address(WireModel):
    """Where a service is called."""

    type: Text = ""
    urls: Texts = Field(default_factory=new_list)


class V2Service(WireModel):
    """One service, listed or shown."""

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
    predict_url: ModelRows[Address] = Field(default_factory=new_list)
    schedule: ModelRows[V2Schedule] = Field(default_factory=new_list)


class V2ServiceList(WireModel):
    """A page of services; ``current`` counts from 0."""

    data: ModelRows[V2Service] = Field(default_factory=new_list)
    total: Whole = None


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


class DeploymentList(WireModel):
    """A page of deployments."""

    data: ModelRows[Deployment] = Field(default_factory=new_list)
    total: Whole = None


class Instance(WireModel):
    """One instance of a deployment."""

    instance_name: Text = ""
    status: Text = ""
    weight: Number = None
    pod_count: Whole = None
    running_pod_count: Whole = None


class InstanceList(WireModel):
    """A page of instances."""

    data: ModelRows[Instance] = Field(default_factory=new_list)
    total: Whole = None


class Pod(WireModel):
    """One pod of an instance."""

    pod_id: Text = ""
    pod_name: Text = ""
    pod_node_ip: Text = ""
    pod_node_name: Text = ""
    pod_role: Text = ""
    status: Text = ""


class PodList(WireModel):
    """A page of pods."""

    data: ModelRows[Pod] = Field(default_factory=new_list)
    total: Whole = None


class V2ServiceEvent(WireModel):
    """An event of a service."""

    event_type: Text = ""
    event_info: Text = ""
    event_count: Whole = None
    create_at: Text = ""
    update_at: Text = ""


class V2ServiceEvents(WireModel):
    """A page of events."""

    data: ModelRows[V2ServiceEvent] = Field(default_factory=new_list)
    total: Whole = None


class BatchDeleted(WireModel):
    """The services deleted, as they are now."""

    service_responses: ModelRows[V2Service] = Field(default_factory=new_list)

"""Services as v2 sends them. Times are ms since the epoch."""

from __future__ import annotations

from matui.clouds.lenient import Flag, Id, Json, Number, Received, Rows, Text, Texts, Whole
from matui.records.record import field


class Schedule(Received):
    """When a service stops by itself."""

    due_time: Number = None
    type: Text = ""
    processed: Flag = None


class Address(Received):
    """Where a service is called."""

    type: Text = ""
    urls: Texts = field(default_factory=list)


class Service(Received):
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
    predict_url: Rows[Address] = field(default_factory=list)
    schedule: Rows[Schedule] = field(default_factory=list)


class ServiceList(Received):
    """A page of services; ``current`` counts from 0."""

    data: Rows[Service] = field(default_factory=list)
    total: Whole = None


class Deployment(Received):
    """One deployment of a service."""

    id: Id = ""
    name: Text = ""
    status: Text = ""
    version: Text = ""
    pool_id: Text = ""
    weight: Number = None
    traffic_ratio: Text = ""
    create_at: Text = ""


class DeploymentList(Received):
    """A page of deployments."""

    data: Rows[Deployment] = field(default_factory=list)


class Instance(Received):
    """One instance of a deployment."""

    instance_name: Text = ""
    status: Text = ""
    weight: Number = None
    pod_count: Whole = None
    running_pod_count: Whole = None


class InstanceList(Received):
    """A page of instances."""

    data: Rows[Instance] = field(default_factory=list)


class Pod(Received):
    """One pod of an instance."""

    pod_id: Text = ""
    pod_name: Text = ""
    pod_node_ip: Text = ""
    pod_node_name: Text = ""
    pod_role: Text = ""
    status: Text = ""


class PodList(Received):
    """A page of pods."""

    data: Rows[Pod] = field(default_factory=list)


class ServiceEvent(Received):
    """Something that happened to a service."""

    event_type: Text = ""
    event_info: Text = ""
    event_count: Whole = None
    create_at: Text = ""
    update_at: Text = ""


class ServiceEvents(Received):
    """A page of events."""

    data: Rows[ServiceEvent] = field(default_factory=list)


class BatchDeleted(Received):
    """The services deleted, as they are now."""

    service_responses: Rows[Service] = field(default_factory=list)

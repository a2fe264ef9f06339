"""Resource pools as v2 sends them, in the manner of Kubernetes. Creation times are RFC 3339."""

from pydantic import AliasPath, Field

from matui.clouds.wire_types import (
    Id,
    Map,
    Millis,
    ModelRows,
    Number,
    One,
    Text,
    Texts,
    Whole,
    WireModel,
    make_list,
)


class Metadata(WireModel):
    """The identity of a pool or a node; a pool's own name is among its labels."""

    name: Id = ""
    creation: Millis = Field(default=None, validation_alias="creationTimestamp")
    labels: Map = Field(default_factory=dict)
    annotations: Map = Field(default_factory=dict)


class FlavorCount(WireModel):
    flavor: Text = ""
    count: Whole = None


class NodeCounts(WireModel):
    """Nodes by their state; each an object or a list of them."""

    creating: ModelRows[FlavorCount] = Field(default_factory=make_list)
    available: ModelRows[FlavorCount] = Field(default_factory=make_list)
    abnormal: ModelRows[FlavorCount] = Field(default_factory=make_list)
    deleting: ModelRows[FlavorCount] = Field(default_factory=make_list)


class PoolSpec(WireModel):
    type: Text = ""
    scope: Texts = Field(default_factory=make_list)
    resources: ModelRows[FlavorCount] = Field(default_factory=make_list)


class PoolStatus(WireModel):
    phase: Text = ""
    message: Text = ""
    resources: One[NodeCounts] = Field(default_factory=NodeCounts)


class V2Pool(WireModel):
    metadata: One[Metadata] = Field(default_factory=Metadata)
    spec: One[PoolSpec] = Field(default_factory=PoolSpec)
    status: One[PoolStatus] = Field(default_factory=PoolStatus)


class V2PoolList(WireModel):
    """All pools: there are no pages."""

    items: ModelRows[V2Pool] = Field(default_factory=make_list)


class NodeSpec(WireModel):
    flavor: Text = ""


class NodeStatus(WireModel):
    """A node's phase; resources by their Kubernetes names."""

    phase: Text = ""
    az: Text = ""
    address: Text = Field(default="", validation_alias="privateIp")
    resources: Map = Field(default_factory=dict)
    free: Map = Field(default_factory=dict, validation_alias="availableResources")


class Node(WireModel):
    metadata: One[Metadata] = Field(default_factory=Metadata)
    spec: One[NodeSpec] = Field(default_factory=NodeSpec)
    status: One[NodeStatus] = Field(default_factory=NodeStatus)


class NodeList(WireModel):
    """A page of nodes; ``token`` asks for the next one, ``""`` on the last."""

    token: Text = Field(default="", validation_alias=AliasPath("metadata", "continue"))
    items: ModelRows[Node] = Field(default_factory=make_list)


class WorkloadNode(WireModel):
    """The resources that a workload holds on one node."""

    host: Text = Field(default="", validation_alias="hostIp")
    needs: Map = Field(default_factory=dict, validation_alias="resourceRequirement")


class PoolWorkload(WireModel):
    """A job, notebook or service that runs or waits on a pool; durations in seconds."""

    type: Text = ""
    name: Text = ""
    job: Text = Field(default="", validation_alias="jobName")
    job_id: Text = Field(default="", validation_alias="jobUUID")
    flavor: Text = ""
    priority: Text = ""
    status: Text = ""
    user: Text = Field(default="", validation_alias="userName")
    running_s: Number = Field(default=None, validation_alias="runningDuration")
    pending_s: Number = Field(default=None, validation_alias="pendingDuration")
    place: Whole = Field(default=None, validation_alias="pendingPosition")
    needs: Map = Field(default_factory=dict, validation_alias="resourceRequirement")
    hosts: Texts = Field(default_factory=list, validation_alias="hostIps")
    nodes: ModelRows[WorkloadNode] = Field(default_factory=make_list)


class WorkloadList(WireModel):
    items: ModelRows[PoolWorkload] = Field(default_factory=make_list)


class Statistic(WireModel):
    value: Number = None


class MonitorPoint(WireModel):
    """One moment of a metric, ms since the epoch."""

    timestamp: Millis = None
    unit: Text = ""
    statistics: ModelRows[Statistic] = Field(default_factory=make_list)


class PoolMetric(WireModel):
    name: Text = Field(default="", validation_alias=AliasPath("metric", "metricName"))
    points: ModelRows[MonitorPoint] = Field(default_factory=make_list, validation_alias="dataPoints")


class PoolMonitoring(WireModel):
    metrics: ModelRows[PoolMetric] = Field(default_factory=make_list)


class PoolEvent(WireModel):
    type: Text = ""
    last: Text = Field(default="", validation_alias="lastTimestamp")
    first: Text = Field(default="", validation_alias="firstTimestamp")
    count: Whole = None
    reason: Text = ""
    message: Text = ""


class PoolEvents(WireModel):
    items: ModelRows[PoolEvent] = Field(default_factory=make_list)

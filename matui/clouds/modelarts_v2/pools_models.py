"""Resource pools as v2 sends them, in the manner of Kubernetes. Creation times are RFC 3339."""

from __future__ import annotations

from matui.clouds.lenient import Id, Map, Millis, Number, One, Received, Rows, Text, Texts, Whole
from matui.records.record import field


class Metadata(Received):
    """Who a pool or a node is; a pool's own name is among its labels."""

    name: Id = ""
    creation: Millis = field(default=None, named="creationTimestamp")
    labels: Map = field(default_factory=dict)
    annotations: Map = field(default_factory=dict)


class FlavorCount(Received):
    """So many nodes of a flavor."""

    flavor: Text = ""
    count: Whole = None
    most: Whole = field(default=None, named="maxCount")


class NodeCounts(Received):
    """Nodes by their state; each an object or a list of them."""

    creating: Rows[FlavorCount] = field(default_factory=list)
    available: Rows[FlavorCount] = field(default_factory=list)
    abnormal: Rows[FlavorCount] = field(default_factory=list)
    deleting: Rows[FlavorCount] = field(default_factory=list)


class PoolSpec(Received):
    """What a pool was ordered as."""

    type: Text = ""
    scope: Texts = field(default_factory=list)
    resources: Rows[FlavorCount] = field(default_factory=list)


class PoolStatus(Received):
    """How it stands."""

    phase: Text = ""
    message: Text = ""
    resources: One[NodeCounts] = field(default_factory=NodeCounts)


class Pool(Received):
    """One pool."""

    metadata: One[Metadata] = field(default_factory=Metadata)
    spec: One[PoolSpec] = field(default_factory=PoolSpec)
    status: One[PoolStatus] = field(default_factory=PoolStatus)


class PoolList(Received):
    """All pools: there are no pages."""

    kind: Text = ""
    items: Rows[Pool] = field(default_factory=list)


class NodeSpec(Received):
    """What a node is."""

    flavor: Text = ""


class NodeStatus(Received):
    """How a node stands; resources by their Kubernetes names."""

    phase: Text = ""
    az: Text = ""
    address: Text = field(default="", named="privateIp")
    resources: Map = field(default_factory=dict)
    free: Map = field(default_factory=dict, named="availableResources")


class Node(Received):
    """One node of a pool."""

    metadata: One[Metadata] = field(default_factory=Metadata)
    spec: One[NodeSpec] = field(default_factory=NodeSpec)
    status: One[NodeStatus] = field(default_factory=NodeStatus)


class NodeList(Received):
    """A page of nodes; ``token`` asks for the next one, ``""`` on the last."""

    kind: Text = ""
    token: Text = field(default="", named=(("metadata", "continue"),))
    items: Rows[Node] = field(default_factory=list)


class Workload(Received):
    """A job, notebook or service that runs or waits on a pool; durations in seconds."""

    type: Text = ""
    name: Text = ""
    job: Text = field(default="", named="jobName")
    status: Text = ""
    user: Text = field(default="", named="userName")
    running_s: Number = field(default=None, named="runningDuration")
    pending_s: Number = field(default=None, named="pendingDuration")
    place: Whole = field(default=None, named="pendingPosition")


class WorkloadList(Received):
    """A page of workloads."""

    kind: Text = ""
    items: Rows[Workload] = field(default_factory=list)


class Statistic(Received):
    """One statistic of a point."""

    value: Number = None


class Point(Received):
    """One moment of a metric, ms since the epoch."""

    timestamp: Number = None
    unit: Text = ""
    statistics: Rows[Statistic] = field(default_factory=list)


class PoolMetric(Received):
    """A metric over time."""

    name: Text = field(default="", named=(("metric", "metricName"),))
    points: Rows[Point] = field(default_factory=list, named="dataPoints")


class Monitoring(Received):
    """What a pool consumes."""

    metrics: Rows[PoolMetric] = field(default_factory=list)


class PoolEvent(Received):
    """Something that happened to a pool."""

    type: Text = ""
    last: Text = field(default="", named="lastTimestamp")
    first: Text = field(default="", named="firstTimestamp")
    count: Whole = None
    reason: Text = ""
    message: Text = ""


class PoolEvents(Received):
    """A page of events."""

    items: Rows[PoolEvent] = field(default_factory=list)

"""Services, deployment specifications and resource pools (chapter 7)."""

from __future__ import annotations

from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.services_models import (
    Deployed,
    DeploymentSpecs,
    Monitoring,
    Nothing,
    PoolList,
    Service,
    ServiceEvents,
    ServiceList,
    UpdateLogs,
)
from matui.clouds.modelarts.services_requests import (
    DeployService,
    EventsQuery,
    MonitorQuery,
    NodeStatus,
    PoolsQuery,
    ServicesQuery,
    SpecificationsQuery,
    UpdateService,
)


class ServicesApi(OperationTable):
    """The eleven operations of chapter 7; ``delete`` takes one id or a sequence of ids."""

    deploy = Operation("7.1.", "POST", "services", Deployed, DeployService)
    list = Operation("7.2.", "GET", "services", ServiceList, ServicesQuery)
    show = Operation("7.3.", "GET", "services/{}", Service)
    switch_node = Operation("7.4.", "PUT", "services/{}/nodes/{}/status", Nothing, NodeStatus)
    update = Operation("7.5.", "PUT", "services/{}", Nothing, UpdateService)
    monitor = Operation("7.6.", "GET", "services/{}/monitor", Monitoring, MonitorQuery)
    update_logs = Operation("7.7.", "GET", "services/{}/logs", UpdateLogs)
    events = Operation("7.8.", "GET", "services/{}/events", ServiceEvents, EventsQuery)
    delete = Operation("7.9.", "DELETE", "services/{}", Nothing)
    specifications = Operation(
        "7.10.", "GET", "services/specifications", DeploymentSpecs, SpecificationsQuery
    )
    pools = Operation("7.11.", "GET", "clusters", PoolList, PoolsQuery)

"""What a service uses (7.6; both interfaces use it): models of the answer, and the gauges."""

from pydantic import Field

from matui.base.text.sanitize import clean
from matui.clouds.wire_types import Id, ModelRows, Number, Text, Whole, WireModel, make_list
from matui.resources.detail import CALLS, FAILED_CALLS, Gauge, Metrics


class Monitor(WireModel):
    """Usage of one model or edge node (Tables 7-33 and 7-34); memory is MB, numbers may be texts."""

    model_id: Text = ""
    model_name: Text = ""
    model_version: Text = ""
    node_id: Text = ""
    node_name: Text = ""
    invocation_times: Number = None
    failed_times: Number = None
    cpu_core_usage: Number = None
    cpu_core_total: Number = None
    cpu_memory_usage: Number = None
    cpu_memory_total: Number = None
    gpu_usage: Number = None
    gpu_total: Number = None


class Monitoring(WireModel):
    """7.6; today's reference adds the fields about the service as a whole."""

    service_id: Id = ""
    service_name: Text = ""
    monitors: ModelRows[Monitor] = Field(default_factory=make_list)
    running_instances: Whole = Field(default=None, validation_alias="service_running_instance_count")
    instances: Whole = Field(default=None, validation_alias="service_instance_count")
    calls_a_minute: Whole = Field(default=None, validation_alias="req_count_per_min")


def map_monitoring(reply: Monitoring) -> Metrics:
    """Map 7.6 to gauges: those of the service, then a group for each model or edge node."""
    whole = (
        Gauge("Instances that run", reply.running_instances, reply.instances, sense="free"),
        Gauge("Calls in the last minute", reply.calls_a_minute, None),
    )
    models = (gauge for row in reply.monitors if row is not None for gauge in _map_gauges(row))
    return Metrics(gauges=(*(gauge for gauge in whole if gauge.used is not None), *models))


def _map_gauges(row: Monitor) -> list[Gauge]:
    group = _name_group(row)
    calls, failed = row.invocation_times, row.failed_times
    is_share = calls is not None and failed is not None and failed <= calls
    gauges = [
        Gauge("CPU", row.cpu_core_usage, row.cpu_core_total, "cores", group),
        Gauge("Memory", row.cpu_memory_usage, row.cpu_memory_total, "MB", group),
        Gauge("GPU", row.gpu_usage, row.gpu_total, "GPUs", group),
        Gauge(CALLS, calls, None, "", group, counter=True),
        Gauge(FAILED_CALLS, failed, calls if is_share else None, "", group, sense="bad", counter=True),
    ]
    return [gauge for gauge in gauges if gauge.used is not None]


def _name_group(row: Monitor) -> str:
    model = " ".join(part for part in (row.model_name or row.model_id, row.model_version) if part)
    return clean(model or row.node_name or row.node_id)

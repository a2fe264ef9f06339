"""OpenSearch's answers as they come, in either letter case; any field may be missing or of another type."""

from __future__ import annotations

from typing import Annotated, Any

from matui.clouds.lenient import CamelReceived, Id, Json, Number, One, Rows, Text
from matui.clouds.opensearch.extend_info import unpacked
from matui.records.record import field
from matui.records.shapes import Before

Info = Annotated[dict[str, Any], Before(unpacked)]


class Parameter(CamelReceived):
    """A setting of an instance."""

    name: Text = ""
    value: Json = None


class Dag(CamelReceived):
    """How the last training of an instance went; only one instance asked in detail tells it."""

    dag_status: Text = ""
    last_run_time: Number = None


class InstanceRow(CamelReceived):
    """An instance of a function: a model and how it is trained."""

    instance_name: Id = ""
    function_name: Text = ""
    function_type: Text = ""
    model_type: Text = ""
    description: Text = ""
    cron: Text = ""
    source: Text = ""
    status: Text = ""
    create_time: Number = None
    version_id: Id = ""
    extend_info: Info = field(default_factory=dict)
    create_parameters: Rows[Parameter] = field(default_factory=list)
    usage_parameters: Rows[Parameter] = field(default_factory=list)
    task: One[Dag] = field(default_factory=Dag)


class TaskRow(CamelReceived):
    """A training; ``generation`` is its key, ``run_id`` is not."""

    generation: Id = ""
    run_id: Text = ""
    function_name: Text = ""
    status: Text = ""
    progress: Number = None
    start_time: Number = None
    end_time: Number = None
    extend_info: Info = field(default_factory=dict)


class InstanceList(CamelReceived):
    """ListFunctionInstances."""

    result: Rows[InstanceRow] = field(default_factory=list)
    total_count: Number = None


class TaskList(CamelReceived):
    """ListFunctionTasks, newest first."""

    result: Rows[TaskRow] = field(default_factory=list)
    total_count: Number = None


class OneInstance(CamelReceived):
    """GetFunctionInstance."""

    result: One[InstanceRow] = field(default_factory=InstanceRow)


class OneTask(CamelReceived):
    """GetFunctionTask."""

    result: One[TaskRow] = field(default_factory=TaskRow)

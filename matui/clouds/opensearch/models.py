"""OpenSearch's answers as they come, in either letter case; any field may be missing or of another type."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from matui.clouds.lenient import CamelWireModel, Id, Json, Number, One, Rows, Text
from matui.clouds.opensearch.extend_info import unpacked

Info = Annotated[dict[str, Any], BeforeValidator(unpacked)]


class Parameter(CamelWireModel):
    """A setting of an instance."""

    name: Text = ""
    value: Json = None


class Dag(CamelWireModel):
    """How the last training of an instance went; only one instance asked in detail tells it."""

    dag_status: Text = ""
    last_run_time: Number = None


class InstanceRow(CamelWireModel):
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
    extend_info: Info = Field(default_factory=dict)
    create_parameters: Rows[Parameter] = Field(default_factory=list)
    usage_parameters: Rows[Parameter] = Field(default_factory=list)
    task: One[Dag] = Field(default_factory=Dag)


class TaskRow(CamelWireModel):
    """A training; ``generation`` is its key, ``run_id`` is not."""

    generation: Id = ""
    run_id: Text = ""
    function_name: Text = ""
    status: Text = ""
    progress: Number = None
    start_time: Number = None
    end_time: Number = None
    extend_info: Info = Field(default_factory=dict)


class InstanceList(CamelWireModel):
    """ListFunctionInstances."""

    result: Rows[InstanceRow] = Field(default_factory=list)
    total_count: Number = None


class TaskList(CamelWireModel):
    """ListFunctionTasks, newest first."""

    result: Rows[TaskRow] = Field(default_factory=list)
    total_count: Number = None


class OneInstance(CamelWireModel):
    """GetFunctionInstance."""

    result: One[InstanceRow] = Field(default_factory=InstanceRow)


class OneTask(CamelWireModel):
    """GetFunctionTask."""

    result: One[TaskRow] = Field(default_factory=TaskRow)

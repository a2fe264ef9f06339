"""OpenSearch's answers as they come, in either letter case; any field may be missing or of another type."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator as Before
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from matui.clouds.lenient import Id, Json, Number, One, Received, Rows, Text
from matui.clouds.opensearch.extend_info import unpacked

Info = Annotated[dict[str, Any], Before(unpacked)]


class Record(Received):
    """A record; the first letter of its fields has been made small."""

    model_config = ConfigDict(alias_generator=to_camel)


class Parameter(Record):
    """A setting of an instance."""

    name: Text = ""
    value: Json = None


class Dag(Record):
    """How the last training of an instance went; only one instance asked in detail tells it."""

    dag_status: Text = ""
    last_run_time: Number = None


class InstanceRow(Record):
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


class TaskRow(Record):
    """A training; ``generation`` is its key, ``run_id`` is not."""

    generation: Id = ""
    run_id: Text = ""
    function_name: Text = ""
    status: Text = ""
    progress: Number = None
    start_time: Number = None
    end_time: Number = None
    extend_info: Info = Field(default_factory=dict)


class InstanceList(Record):
    """ListFunctionInstances."""

    result: Rows[InstanceRow] = Field(default_factory=list)
    total_count: Number = None


class TaskList(Record):
    """ListFunctionTasks, newest first."""

    result: Rows[TaskRow] = Field(default_factory=list)
    total_count: Number = None


class OneInstance(Record):
    """GetFunctionInstance."""

    result: One[InstanceRow] = Field(default_factory=InstanceRow)


class OneTask(Record):
    """GetFunctionTask."""

    result: One[TaskRow] = Field(default_factory=TaskRow)

"""The models of OpenSearch's answers in either letter case: fields may be missing or of another type.

``ExtendInfo`` is JSON in a string whose quotes may be escaped once more; times are in ms or in seconds.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from matui.base.text.sanitize import clean
from matui.clouds.wire_types import (
    CamelWireModel,
    Id,
    Json,
    ModelRows,
    Number,
    One,
    Percent,
    Text,
    make_list,
    to_list,
    to_millis,
    to_number,
    to_text,
    to_whole,
)

_DEEPEST = 3
_MOST_ERRORS = 50
_LEAST_MS = 10**11  # March 1973


def unpack_json(value: Any) -> dict[str, Any]:
    """Return the object in a text that may be escaped several times; empty where it holds none."""
    for _turn in range(_DEEPEST):
        if not isinstance(value, str):
            break
        value = _parse_json(value)
    return value if isinstance(value, dict) else {}


def _parse_json(text: str) -> Any:
    for candidate in (text, text.replace('\\"', '"').replace("\\\\", "\\")):
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    return None


def list_errors(info: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the errors of a training, safe to show."""
    found = (_format_error(error) for error in to_list(info.get("errors"))[:_MOST_ERRORS])
    return tuple(clean(text) for text in found if text)


def _format_error(error: Any) -> str:
    """Return an error; of an object its code and message, where those are all that it holds."""
    if not isinstance(error, dict) or not error.keys() <= {"code", "message"}:
        return to_text(error)
    return ": ".join(text for name in ("code", "message") if (text := to_text(error.get(name))))


def list_numbers(info: Mapping[str, Any]) -> dict[str, float]:
    """Return the numeric results of a training, such as ``recall``."""
    numbers = ((clean(str(name)), to_number(value)) for name, value in info.items())
    return {name: value for name, value in numbers if value is not None}


Info = Annotated[dict[str, Any], BeforeValidator(unpack_json)]


class InstanceParameter(CamelWireModel):
    name: Text = ""
    value: Json = None


class Dag(CamelWireModel):
    """The last training of an instance; present in the detail only."""

    dag_status: Text = ""
    last_run_time: Number = None


class InstanceRow(CamelWireModel):
    """An instance of a function: a model and how it is trained."""

    instance_name: Id = ""
    model_type: Text = ""
    description: Text = ""
    cron: Text = ""
    source: Text = ""
    status: Text = ""
    create_time: Number = None
    extend_info: Info = Field(default_factory=dict)
    create_parameters: ModelRows[InstanceParameter] = Field(default_factory=make_list)
    usage_parameters: ModelRows[InstanceParameter] = Field(default_factory=make_list)
    task: One[Dag] = Field(default_factory=Dag)


class Training(CamelWireModel):
    """A training; ``generation`` is its key, ``run_id`` is not."""

    generation: Id = ""
    run_id: Text = ""
    status: Text = ""
    progress: Percent = None
    start_time: Number = None
    end_time: Number = None
    extend_info: Info = Field(default_factory=dict)


class OpenSearchInstances(CamelWireModel):  # ListFunctionInstances
    result: ModelRows[InstanceRow] = Field(default_factory=make_list)
    total_count: Number = None


class TrainingList(CamelWireModel):  # ListFunctionTasks, newest first
    result: ModelRows[Training] = Field(default_factory=make_list)
    total_count: Number = None


class InstanceReply(CamelWireModel):  # GetFunctionInstance
    result: One[InstanceRow] = Field(default_factory=InstanceRow)


class TrainingReply(CamelWireModel):  # GetFunctionTask
    result: One[Training] = Field(default_factory=Training)


def to_epoch_ms(value: Any) -> int | None:
    """Return ms since the epoch from any form of a time; None for 0 and for other numbers, such as 100010."""
    ms = to_millis(value)
    return ms if ms is not None and ms >= _LEAST_MS else None


def measure_span_ms(start: Any, end: Any) -> int | None:
    """Return the ms between two raw times, which hold even where the times themselves make no sense."""
    began, ended = to_epoch_ms(start), to_epoch_ms(end)
    if began is None and ended is None:
        began, ended = to_whole(start), to_whole(end)
    if began is None or ended is None or began <= 0 or ended < began:
        return None
    return ended - began

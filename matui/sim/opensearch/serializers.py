"""OpenSearch's records as its answers show them, with the quirks the world is set to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from matui.sim.opensearch.world import FAILED, RUNNING, SUCCESS, Instance, OpenSearchWorld, Training


def body_of(world: OpenSearchWorld, request_id: str, **fields: Any) -> dict[str, Any]:
    """Return a good answer: in one letter case with odd words, in the other with plain ones."""
    odd = {"Status": "200", "Code": "200", "Message": "fail"}
    plain = {"Status": "OK", "Code": "", "Message": ""}
    head = plain if world.camel else odd
    rest = {"HttpCode": 200, "RequestId": request_id, "Latency": 12}
    body: dict[str, Any] = cased(world, head | rest | fields)
    return body


def cased(world: OpenSearchWorld, value: Any) -> Any:
    """Return the value with its fields in the letter case the world is set to."""
    if not world.camel:
        return value
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: cased(world, inner) for name, inner in value.items()}
    return [cased(world, inner) for inner in value] if isinstance(value, list) else value


def moment(world: OpenSearchWorld, ms: int) -> int:
    """Return a time as this world has it."""
    return ms // 1000 if world.in_seconds else ms


def instance_view(world: OpenSearchWorld, instance: Instance, now: int, *, detail: bool) -> dict[str, Any]:
    """Return an instance; only in detail does it tell how its last training went."""
    trained = any(run.life.at(now) == SUCCESS for run in instance.trainings)
    view: dict[str, Any] = {
        "InstanceName": instance.name,
        "FunctionName": instance.function,
        "FunctionType": "PAAS",
        "ModelType": instance.model_type,
        "Description": f"{instance.model_type} of {instance.function}",
        "Cron": "0 3 * * 0",
        "Source": "user",
        "Status": "available" if trained else "unavailable",
        "CreateTime": moment(world, instance.created),
        "VersionId": 1,
        "CreateParameters": [{"Name": "allow_dict_id", "Value": "123"}],
        "UsageParameters": [],
        "ExtendInfo": "{}",
    }
    if detail:
        newest = instance.trainings[-1] if instance.trainings else None
        view["Task"] = {
            "DagStatus": newest.life.at(now) if newest else "untrained",
            "LastRunTime": moment(world, newest.life.steps[0][0]) if newest else 0,
        }
    return view


def training_view(world: OpenSearchWorld, instance: Instance, run: Training, now: int) -> dict[str, Any]:
    """Return a training."""
    info = run.extend_info(now)
    started = datetime.fromtimestamp(run.life.steps[0][0] / 1000, UTC)
    return {
        "FunctionName": instance.function,
        "Generation": str(run.generation),
        "RunId": started.strftime("trigger__%Y-%m-%dT%H:%M:%S"),
        "Status": run.life.at(now),
        "Progress": run.progress(now),
        "StartTime": moment(world, run.life.steps[0][0]),
        "EndTime": moment(world, run.ended(now)),
        "ExtendInfo": json.dumps(info)[1:-1] if world.double_escaped else info,
    }


KNOWN_STATUSES = (SUCCESS, FAILED, RUNNING)

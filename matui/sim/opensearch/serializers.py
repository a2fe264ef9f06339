"""Serializers of OpenSearch's records, with the quirks that the world is set to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from matui.sim.opensearch.world import FAILED, RUNNING, SUCCESS, ModelInstance, OpenSearchWorld, SimTraining

KNOWN_STATUSES = (SUCCESS, FAILED, RUNNING)


def build_body(world: OpenSearchWorld, request_id: str, **fields: Any) -> dict[str, Any]:
    """Return the body of a success; in Pascal case its status fields are misleading."""
    odd = {"Status": "200", "Code": "200", "Message": "fail"}
    plain = {"Status": "OK", "Code": "", "Message": ""}
    head = plain if world.camel else odd
    rest = {"HttpCode": 200, "RequestId": request_id, "Latency": 12}
    body: dict[str, Any] = apply_case(world, head | rest | fields)
    return body


def apply_case(world: OpenSearchWorld, value: Any) -> Any:
    """Return ``value`` with the names of its fields in the letter case that the world is set to."""
    if not world.camel:
        return value
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: apply_case(world, inner) for name, inner in value.items()}
    return [apply_case(world, inner) for inner in value] if isinstance(value, list) else value


def format_time(world: OpenSearchWorld, ms: int) -> int:
    """Return ``ms`` since the epoch in the unit that the world is set to."""
    return ms // 1000 if world.in_seconds else ms


def serialize_instance(
    world: OpenSearchWorld, instance: ModelInstance, now: int, *, detail: bool
) -> dict[str, Any]:
    """Return an instance; ``detail`` adds the state of its last training."""
    trained = any(run.timeline.state_at(now) == SUCCESS for run in instance.trainings)
    view: dict[str, Any] = {
        "InstanceName": instance.name,
        "FunctionName": instance.function,
        "FunctionType": "PAAS",
        "ModelType": instance.model_type,
        "Description": f"{instance.model_type} of {instance.function}",
        "Cron": "0 3 * * 0",
        "Source": "user",
        "Status": "available" if trained else "unavailable",
        "CreateTime": format_time(world, instance.created),
        "VersionId": 1,
        "CreateParameters": [{"Name": "allow_dict_id", "Value": "123"}],
        "UsageParameters": [],
        "ExtendInfo": "{}",
    }
    if detail:
        newest = instance.trainings[-1] if instance.trainings else None
        view["Task"] = {
            "DagStatus": newest.timeline.state_at(now) if newest else "untrained",
            "LastRunTime": format_time(world, newest.timeline.steps[0][0]) if newest else 0,
        }
    return view


def serialize_training(
    world: OpenSearchWorld, instance: ModelInstance, run: SimTraining, now: int
) -> dict[str, Any]:
    """Return a training."""
    info = run.extend_info(now)
    started = datetime.fromtimestamp(run.timeline.steps[0][0] / 1000, UTC)
    return {
        "FunctionName": instance.function,
        "Generation": str(run.generation),
        "RunId": started.strftime("trigger__%Y-%m-%dT%H:%M:%S"),
        "Status": run.timeline.state_at(now),
        "Progress": run.progress(now),
        "StartTime": format_time(world, run.timeline.steps[0][0]),
        "EndTime": format_time(world, run.ended(now)),
        "ExtendInfo": json.dumps(info)[1:-1] if world.double_escaped else info,
    }

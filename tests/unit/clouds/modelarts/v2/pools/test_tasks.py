"""The platform's tasks on the nodes of a pool."""

from __future__ import annotations

from typing import Any

import pytest

from matui.clouds.modelarts.v2.pools.mapping import build_node_rows
from matui.clouds.modelarts.v2.pools.tasks import PoolTask, build_section, build_task_events
from matui.clouds.modelarts.v2.pools.wire import Node

NOW = 1_760_000_000_000
REBOOT = {"type": "reboot-node", "involvedObjects": "n-1,n-2", "startTimestamp": NOW}


def make_task(**fields: Any) -> PoolTask:
    return PoolTask.model_validate(REBOOT | fields)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"phase": "Running"}, "n-1, n-2; Running"),
        (
            {"phase": "Running", "suspend": "true", "message": "in use"},
            "n-1, n-2; Running (suspended); in use",
        ),
        ({"phase": "Success", "endTimestamp": str(NOW + 90_000)}, "n-1, n-2; Success in 1m30s"),
        ({"phase": "napping", "endTimestamp": "soon", "suspend": None, "involvedObjects": None}, "napping"),
        ({"phase": None, "endTimestamp": NOW - 1, "message": None}, "n-1, n-2"),
    ],
)
def test_a_task_has_its_nodes_state_and_duration(fields: dict[str, Any], text: str) -> None:
    assert build_section([make_task(**fields)], "").rows == (("reboot-node", text),)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"suspend": True}, "reboot-node of n-1, n-2 is suspended."),
        ({"phase": "Failed", "message": "no power"}, "reboot-node of n-1, n-2 has failed: no power"),
        ({"phase": "Failed", "type": None, "involvedObjects": None, "jobId": "j"}, "task of j has failed."),
        ({"suspend": True, "phase": "Success", "endTimestamp": NOW}, ""),
        ({"suspend": "perhaps", "phase": "Running"}, ""),
    ],
)
def test_what_is_suspended_or_failed_is_an_event(fields: dict[str, Any], text: str) -> None:
    assert [event.text for event in build_task_events([make_task(**fields)])] == ([text] if text else [])


def test_tasks_that_are_not_known_are_stated() -> None:
    assert build_section([], "not allowed").rows == (("Not known", "not allowed"),)
    assert build_section([make_task()], "a task could not be read").rows[-1][0] == "More is not known"


@pytest.mark.parametrize(
    ("free", "text"),
    [
        ({"cpu": "3"}, "Available f; free: cpu 3 of 8, memory ? of 64Gi"),
        ({}, "Available f; has: cpu 8, memory 64Gi"),
    ],
)
def test_a_node_states_what_is_free_only_where_the_cloud_does(free: dict[str, str], text: str) -> None:
    status = {"phase": "Available", "resources": {"cpu": "8", "memory": "64Gi"}, "availableResources": free}
    node = Node.model_validate({"metadata": {"name": "n"}, "spec": {"flavor": "f"}, "status": status})
    assert list(build_node_rows([node])) == [("n", text)]

"""Resources with everything in them that can go wrong on a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matui.sim.world import World

NAMES = (
    "[red]alarm[/red]",
    "broken [/b] markup",
    "esc \x1b[31mred\x1b[0m \x1b]0;title\x07 bell",
    "训练任务-大模型-预训练",
    "rocket 🚀 family 👨‍👩‍👧‍👦 flag 🇨🇳",
    "two\nlines\r\nand\ttab",
    "bidi \u202egnp.exe\u202c \u2066x\u2069",
    "x" * 300,
    "",
    "null\x00byte \x9b31m c1",
    "zero\u200bwidth a\u0301\u0302\u0303",
)
_JOB_QUIRKS: tuple[dict[str, Any], ...] = (
    {"status": 99},
    {"status": "8"},
    {"status": None},
    {"create_time": "1594887749962", "duration": "532003"},
    {"create_time": None, "duration": None, "job_desc": None},
    {"version_count": "5", "version_id": None},
    {"duration": 10**20, "create_time": 10**18},
    {"create_time": -1, "duration": -5},
)
_NOTEBOOK_QUIRKS: tuple[dict[str, Any], ...] = (
    {"status": "[bold]HIBERNATING"},
    {"status": None, "spec": None},
    {"profile": None, "flavor_details": None, "user": None},
    {"creation_timestamp": 1594887749962, "latest_update_timestamp": None},
    {"creation_timestamp": "not a number"},
)
_SERVICE_QUIRKS: tuple[dict[str, Any], ...] = (
    {"status": "meditating\x1b[2J"},
    {"invocation_times": "12", "failed_times": None, "progress": "55"},
    {"schedule": None, "due_time": "1584626633902", "config": None},
    {"publish_at": None, "transition_at": "", "additional_properties": None},
)
_WORKSPACE_QUIRKS: tuple[dict[str, Any], ...] = (
    {"status": "FROZEN[/]", "auth_type": None},
    {"create_time": "1470000020000", "update_time": None, "grants": None},
)


_MODEL_QUIRKS: tuple[dict[str, Any], ...] = (
    {"model_status": "pondering", "model_size": "5012312"},
    {"apis": "not json", "config": "{", "model_metrics": None, "dependencies": None},
    {"create_at": None, "install_type": None, "model_size": -1},
)
_BOARD_QUIRKS: tuple[dict[str, Any], ...] = (
    {"status": "99", "schedule": {"type": "stop", "time_unit": "HOURS", "duration": 1}},
    {"remaining_duration": "5", "service_url": None, "create_time": 15099239923},
)
_POOL_QUIRKS: tuple[dict[str, Any], ...] = (
    {"nodes": [{"specification": "[b]", "count": "2", "available_count": None}], "status": "napping"},
    {"nodes": None, "allocatable_gpus": "0.5", "created_at": "1574923077927"},
)


def add_hostile(world: World) -> None:
    """Add jobs, notebooks, services and workspaces that are as unpleasant as the wire allows."""
    for turn, name in enumerate(NAMES):
        job = world.add_job(f"hostile-{turn}", status=(8, 10, 11)[turn % 3], description=name, log_lines=40)
        job.override = {"job_name": name} | _JOB_QUIRKS[turn % len(_JOB_QUIRKS)]
        job.missing = (("duration",), ("job_desc", "version_count"), ())[turn % 3]
        notebook = world.add_notebook(f"hostile-{turn}", status="STOPPED")
        notebook.override = {"name": name} | _NOTEBOOK_QUIRKS[turn % len(_NOTEBOOK_QUIRKS)]
        notebook.missing = ((), ("spec",), ("workspace", "profile"))[turn % 3]
        service = world.add_service(f"hostile-{turn}", status="running")
        service.override = {"service_name": name} | _SERVICE_QUIRKS[turn % len(_SERVICE_QUIRKS)]
        service.missing = ((), ("progress", "description"), ("publish_at",))[turn % 3]
        workspace = world.add_workspace(f"hostile-{turn}", description=name)
        workspace.override = {"name": name} | _WORKSPACE_QUIRKS[turn % len(_WORKSPACE_QUIRKS)]
    _add_quiet_kinds(world)
    nasty = [*NAMES, "y" * 20_000, "\x1b[2J\x1b[H", "[/]", "\ud7ff\ufffd"]
    job = world.add_job("hostile-log", status="RUNNING", log_lines=20)
    world.append_log(job, None, "", [line.replace("\n", " ") for line in nasty])


def _add_quiet_kinds(world: World) -> None:
    for turn, name in enumerate(NAMES):
        model = world.add_model(f"hostile-{turn}")
        model.override = {"model_name": name} | _MODEL_QUIRKS[turn % len(_MODEL_QUIRKS)]
        board = world.add_visualization(f"hostile-{turn}")
        board.override = {"job_name": name} | _BOARD_QUIRKS[turn % len(_BOARD_QUIRKS)]
        pool = world.add_pool(f"hostile-{turn}")
        pool.override = {"cluster_name": name} | _POOL_QUIRKS[turn % len(_POOL_QUIRKS)]
        config = world.add_config(f"hostile-{turn}")
        config.override = {"config_name": name, "config_desc": None, "create_time": str(turn)}

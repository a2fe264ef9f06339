"""The stages of a training job: scheduling, preparing, running and end, once for each run."""

from __future__ import annotations

from typing import Any, NamedTuple

from matui.base.formatting import format_iso_utc
from matui.sim.modelarts_v2.jobs import find, get_phases, make_v2_id, run_spans
from matui.sim.server.requests import ApiRequest
from matui.sim.world.entities.jobs import HANG_SEEN_MS, IMAGE_FAILED, INIT, LIVE, WAITING, Version
from matui.sim.world.world import World

_PREPARE_MS = 24_000


class _StageStep(NamedTuple):
    name: str
    english: str
    chinese: str


_SCHEDULED = (
    _StageStep(
        "queuing", "The job waits for free cards in the resource pool.", "作业正在等待资源池中的空闲卡。"
    ),
    _StageStep("scheduled", "The nodes are allocated.", "节点已分配。"),
)
_PREPARED = (
    _StageStep("image_pull", "Pulling the image.", "正在拉取镜像。"),
    _StageStep("data_download", "Downloading code and data.", "正在下载代码和数据。"),
)
_PULL_FAILED = _StageStep("image_pull", "Failed to pull the image: not found.", "拉取镜像失败：镜像不存在。")
_RUNNING = (_StageStep("training", "The training has started.", "训练已开始。"),)
_HUNG = _StageStep(
    "hang_detected",
    "The job may hang: I/O and the use of the cards have not changed for 10 minutes.",
    "作业可能卡死：I/O 与加速卡利用率 10 分钟内没有变化。",
)


def list_stages(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/stages: a record a run, the newest with the highest number."""
    job, version = find(world, request)
    key = make_v2_id(world, job)
    records = [
        {"record_order": turn, "stages": _list_stages(key, version, begun, ended, world.now)}
        for turn, (begun, ended) in enumerate(run_spans(version, world.now) or [(None, None)], 1)
    ]
    if records and version.timeline.state_at(world.now) == WAITING and run_spans(version, world.now):
        queued = version.timeline.entered_at(world.now)
        waits = _stage(key, 1, "scheduling", queued, None, _SCHEDULED[:1])
        records.append({"record_order": len(records) + 1, "stages": [waits]})
    return {"total_count": len(records), "running_records": records}


def _list_stages(
    key: str, version: Version, begun: int | None, ended: int | None, now: int
) -> list[dict[str, Any]]:
    state = version.timeline.state_at(now)
    created = next((at for at, step in version.timeline.steps if step == INIT), version.created)
    first = begun is None or begun == version.started
    queued = created if first else (begun or now) - _PREPARE_MS - 6_000
    prepared = None if begun is None else max(queued, begun - _PREPARE_MS)
    if state == IMAGE_FAILED:
        failed = version.timeline.entered_at(now)
        return [
            _stage(key, 1, "scheduling", queued, created + 5_000, _SCHEDULED),
            _stage(key, 2, "preparing", created + 5_000, failed, (_PULL_FAILED,)),
            _stage(key, 4, "end", failed, failed, (), "The job has failed.", "作业失败。"),
        ]
    rows = [_stage(key, 1, "scheduling", queued, prepared, _SCHEDULED[: 1 if prepared is None else 2])]
    if prepared is not None:
        rows.append(_stage(key, 2, "preparing", prepared, begun, _PREPARED))
        hangs = ended is None and version.hung is not None and version.hung + HANG_SEEN_MS <= now
        rows.append(_stage(key, 3, "running", begun, ended, (*_RUNNING, _HUNG) if hangs else _RUNNING))
    if ended is not None and state not in LIVE:
        word = get_phases(state)[0]
        rows.append(_stage(key, 4, "end", ended, ended, (), f"The job is {word}.", f"作业状态：{word}。"))
    return rows


def _stage(
    key: str,
    order: int,
    name: str,
    begun: int | None,
    ended: int | None,
    steps: tuple[_StageStep, ...],
    english: str = "",
    chinese: str = "",
) -> dict[str, Any]:
    last = steps[-1] if steps else _StageStep("", english, chinese)
    return {
        "job_id": key,
        "name": name,
        "en_message": last.english,
        "zh_message": last.chinese,
        "start_time": format_iso_utc(begun),
        "end_time": format_iso_utc(ended),
        "stage_order": order,
        "sub_stages": [
            {
                "name": step.name,
                "en_message": step.english,
                "zh_message": step.chinese,
                "create_time": format_iso_utc(None if begun is None else begun + turn * 2_000),
            }
            for turn, step in enumerate(steps)
        ],
    }

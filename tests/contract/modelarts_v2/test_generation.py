"""``api = "auto"``: which generation a project uses, asked for once and remembered."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.contract.modelarts_v2.stage import Stage


def find_stored(folder: Path) -> Path:
    """Return the one file of the cache."""
    (file,) = folder.iterdir()
    return file


async def open_and_list(stage: Stage, cache_dir: Path | None = None) -> str:
    before = len(stage.world.requests)
    async with stage.open_cloud("auto", cache_dir) as cloud:
        kind = type(cloud).__name__
    return f"{kind} after {len(stage.world.requests) - before}"


@pytest.mark.parametrize(
    ("generations", "expected"),
    [
        (("v1",), "ModelArtsCloud after 2"),
        (("v2",), "ModelArtsV2Cloud after 1"),
        (("v1", "v2"), "ModelArtsV2Cloud after 1"),
        ((), "ModelArtsV2Cloud after 2"),
    ],
)
async def test_what_the_region_answers_decides(generations: tuple[str, ...], expected: str) -> None:
    stage = Stage(generations=generations)
    stage.world.add_job("one")
    assert await open_and_list(stage) == expected


async def test_the_answer_is_remembered_for_a_week(tmp_path: Path) -> None:
    stage = Stage(generations=("v1",))
    assert await open_and_list(stage, tmp_path) == "ModelArtsCloud after 2"
    assert await open_and_list(stage, tmp_path) == "ModelArtsCloud after 0"
    assert find_stored(tmp_path).stat().st_mode & 0o077 == 0
    await stage.clock.advance(8 * 86_400)
    assert await open_and_list(stage, tmp_path) == "ModelArtsCloud after 2"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"api":"v9","asked_at":1760000000}', '{"api":"v1"}'])
async def test_a_broken_memory_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    stage = Stage()
    stage.world.add_job("one")
    await open_and_list(stage, tmp_path)
    find_stored(tmp_path).write_text(text)
    assert await open_and_list(stage, tmp_path) == "ModelArtsV2Cloud after 1"


async def test_a_memory_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    stage = Stage()
    stage.world.add_job("one")
    await open_and_list(stage, tmp_path)
    memory = find_stored(tmp_path)
    memory.unlink()
    os.mkfifo(memory, 0o600)
    assert await open_and_list(stage, tmp_path) == "ModelArtsV2Cloud after 1"


async def test_nothing_is_kept_after_an_unclear_answer(tmp_path: Path) -> None:
    stage = Stage(generations=())
    await open_and_list(stage, tmp_path)
    with pytest.raises(ValueError, match="not enough values"):
        find_stored(tmp_path)

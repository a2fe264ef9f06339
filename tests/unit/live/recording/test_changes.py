"""The changes of a recording: each once, up to its end; what only leaves a page for a while is not gone."""

from __future__ import annotations

import sqlite3

import pytest

from matui.base.clock import ManualClock
from matui.clouds.protocols import ListRequest
from matui.live.recording import playback as playback_module
from matui.live.recording.changes import read_changes
from matui.live.recording.playback import Playback
from matui.live.recording.reading import Recording
from matui.resources.model import Phase
from tests.unit.live.recording.conftest import SmallCloud, Studio, make_job


def test_changes_are_those_that_the_polls_saw(studio: Studio) -> None:
    failed = make_job(1, status="FAILED", phase=Phase.FAILED)

    async def script(cloud: SmallCloud) -> None:
        for rows in (
            (make_job(1), make_job(2)),
            (failed, make_job(2)),
            (failed, make_job(3)),
            (failed, make_job(3), make_job(2)),
            (make_job(3), make_job(2)),
        ):
            studio.cloud.rows = rows
            await cloud.list_page(ListRequest("jobs", size=200))
            await studio.clock.advance(5)

    studio.record(script)
    changes, problem = read_changes(studio.file)
    assert problem == ""
    assert [(one.number, one.name, one.before, one.after) for one in changes] == [
        (1, "bert-large-1", "RUNNING", "FAILED"),
        (2, "bert-large-3", None, "RUNNING"),
        (3, "bert-large-1", "FAILED", None),
    ]
    assert [one.seen_at - changes[0].seen_at for one in changes] == [0, 5000, 15_000]


def test_reading_waits_while_a_jump_is_shown(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(cloud: SmallCloud) -> None:
        for status in ("RUNNING", "FAILED"):
            studio.cloud.rows = (make_job(1, status=status),)
            await cloud.list_page(ListRequest("jobs", size=200))
            await studio.clock.advance(5)

    studio.record(script)
    playback = Playback(Recording(studio.file), ManualClock(0))
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        playback.release_reading()

    monkeypatch.setattr(playback_module, "sleep", sleep)
    playback.hold_reading()
    assert len(playback.read_changes().changes) == 1
    assert len(waits) == 1
    playback.recording.close()


def test_damage_is_stated_and_what_is_whole_is_read(studio: Studio) -> None:
    async def script(cloud: SmallCloud) -> None:
        for phase in (Phase.RUNNING, Phase.FAILED, Phase.STOPPED):
            studio.cloud.rows = (make_job(1, status=phase.value, phase=phase),)
            await cloud.list_page(ListRequest("jobs", size=200))
            await studio.clock.advance(5)

    studio.record(script)
    with sqlite3.connect(studio.file) as connection:
        connection.execute("UPDATE frame SET data = x'00' WHERE id = (SELECT max(id) FROM frame)")
    connection.close()
    changes, problem = read_changes(studio.file)
    assert [one.after for one in changes] == ["failed"]
    assert problem == "The recording is damaged: changes may be missing."

"""A recording gives back what the polls saw, at every time, and refuses what it cannot be."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import zlib
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from matui.base.errors import (
    BadAnswerError,
    RateLimitedError,
    RefusedError,
    UnreachableError,
    UsageError,
)
from matui.base.redaction.known import remember_secret
from matui.clouds import protocols
from matui.clouds.protocols import ListRequest, Lists, TailsLogs
from matui.live.poll.list_all import list_all
from matui.live.poll.loop import Timing
from matui.live.poll.poller import Poller, Update
from matui.live.recording import tape as tape_module
from matui.live.recording.cloud import record_cloud
from matui.live.recording.playback import Playback
from matui.live.recording.reading import Recording
from matui.live.recording.replay_cloud import ReplayCloud
from matui.live.recording.schema import VERSION, Stream, compress, decompress, salvage, unpack
from matui.live.recording.tape import Tape
from matui.live.triage.item import Acknowledgement, KnownReason, TriageNote, Why
from matui.resources.detail import Event, NodeCards, PoolUsage, Workload
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS
from tests.unit.live.recording.conftest import START, SmallCloud, Studio, make_job

ASK = ListRequest("jobs")


def replay(file: Path, profile: str = "prod") -> tuple[Playback, ReplayCloud]:
    recording = Recording(file)
    playback = Playback(recording, Studio(file).clock)
    return playback, ReplayCloud(recording, profile, playback.clock)


def read_contents(file: Path) -> str:
    """Return everything in a recording as text: frames, profiles, names of streams."""
    with sqlite3.connect(file) as connection:
        frames = [decompress(data) for (data,) in connection.execute("SELECT data FROM frame")]
        profiles = connection.execute("SELECT name, value FROM profile").fetchall()
        streams = connection.execute("SELECT profile, what, key FROM stream").fetchall()
    return "\n".join(frames) + str(streams) + "".join(name + decompress(value) for name, value in profiles)


def test_rows_are_those_of_every_poll(studio: Studio) -> None:
    polls: list[tuple[float, Any]] = []

    async def script(cloud: Any) -> None:
        for poll in range(300):
            rows = [make_job(number, duration_ms=poll * 1000) for number in range(20)]
            rows = rows[poll % 3 :] if poll < 200 else rows[:5]
            rows[0] = replace(rows[0], status="FAILED" if poll % 7 else "RUNNING", phase=Phase.FAILED)
            studio.cloud.rows = tuple(rows)
            polls.append((studio.clock.now(), await cloud.list_page(ASK)))
            studio.clock.jump(5)

    studio.record(script)
    playback, cloud = replay(studio.file)
    for at, page in [*polls, *polls[::-7], polls[150], polls[20]]:
        playback.clock.jump(at)
        assert asyncio.run(cloud.list_page(ASK)) == page


def test_a_jump_reads_no_more_of_a_long_recording(studio: Studio) -> None:
    async def script(cloud: Any) -> None:
        for poll in range(800):
            studio.cloud.rows = (make_job(1, duration_ms=poll),)
            await cloud.list_page(ASK)
            studio.clock.jump(5)

    studio.record(script)
    playback, cloud = replay(studio.file)
    asyncio.run(cloud.list_page(ASK))
    steps = [0]

    def count() -> None:
        steps[0] += 10  # steps of the virtual machine of SQLite

    playback.recording._connection.set_progress_handler(count, 10)
    playback.clock.jump(playback.clock.end)
    asyncio.run(cloud.list_page(ASK))
    assert 0 < steps[0] < 4000


def test_the_end_that_a_read_states_is_replayed_as_long_as_the_run_is_the_same(studio: Studio) -> None:
    failed = make_job(1, status="FAILED", phase=Phase.FAILED, duration_ms=60_000)
    ended = replace(failed, facts={**failed.facts, "ended_at": int(START * 1000)})

    async def script(cloud: Any) -> None:
        for row in (failed, replace(failed, duration_ms=90_000)):
            studio.cloud.rows = (row,)
            await cloud.list_page(ASK)
            studio.clock.jump(5)
            if row is failed:
                studio.cloud.rows = (ended,)
                await cloud.read("jobs", failed.id)
            studio.clock.jump(100)

    studio.record(script)
    playback, cloud = replay(studio.file)
    for at, expected in ((0, None), (6, int(START * 1000)), (106, None)):
        playback.clock.jump(START + at)
        read = asyncio.run(cloud.read("jobs", failed.id))
        assert read.facts.get("ended_at") == expected


async def test_a_paused_replay_fills_a_list_of_many_pages(studio: Studio) -> None:
    async def script(cloud: Any) -> None:
        studio.cloud.rows = tuple(make_job(number) for number in range(2500))
        for number in range(3):
            await cloud.list_page(ListRequest("jobs", number))
        studio.clock.jump(5)

    await asyncio.to_thread(studio.record, script)
    playback, cloud = replay(studio.file)
    updates: list[Update] = []
    poller = Poller(cloud, KINDS["jobs"], timing=Timing(playback.clock, Random(1), 5), publish=updates.append)
    poller.start()
    for _ in range(50):
        await asyncio.sleep(0)
    await poller.stop()
    assert (len(poller.snapshot.rows), poller.snapshot.complete) == (2500, True)


def test_a_failed_poll_fails_again_with_the_same_error(studio: Studio) -> None:
    async def script(cloud: Any) -> None:
        studio.cloud.rows = (make_job(1),)
        await cloud.list_page(ASK)
        studio.clock.jump(5)
        for error in (RateLimitedError("Too many.", status=429, code="X.1"), UnreachableError("No answer.")):
            studio.cloud.error = error
            with pytest.raises(type(error)):
                await cloud.list_page(ASK)
            studio.clock.jump(5)
        studio.cloud.error = None
        await cloud.list_page(ASK)

    studio.record(script)
    playback, cloud = replay(studio.file)
    for after, kind in ((5, RateLimitedError), (12, UnreachableError)):
        playback.clock.jump(START + after)
        with pytest.raises(kind):
            asyncio.run(cloud.list_page(ASK))
    playback.clock.jump(START + 15)
    assert asyncio.run(cloud.list_page(ASK)).resources == (make_job(1),)


def test_details_events_metrics_and_logs_come_back(studio: Studio) -> None:
    row = make_job(1)

    async def script(cloud: Any) -> None:
        studio.cloud.rows = (row,)
        studio.cloud.events_of = [Event(1, "started", False, "cloud")]
        await cloud.list_page(ASK)
        for read in (cloud.describe, cloud.fetch_events, cloud.fetch_metrics):
            await read(row)
        (file,) = await cloud.list_log_files(row)
        studio.cloud.log = "one\n"
        await cloud.read_log_page(row, file, base="", older=False, limit=500)
        studio.clock.jump(60)
        studio.cloud.log = "one\ntwo\n"
        await cloud.read_log_page(row, file, base="1", older=False, limit=500)

    studio.record(script)

    async def check() -> None:
        playback, cloud = replay(studio.file)
        assert await cloud.describe(row) == await studio.cloud.describe(row)
        assert await cloud.fetch_events(row) == tuple(studio.cloud.events_of)
        assert await cloud.fetch_metrics(row) == await studio.cloud.fetch_metrics(row)
        (file,) = await cloud.list_log_files(row)
        ask = {"base": "", "older": False, "limit": 500}
        assert (await cloud.read_log_page(row, file, **ask)).content == "one\n"  # type: ignore[arg-type]
        playback.clock.jump(START + 60)
        assert (await cloud.read_log_page(row, file, **ask)).content == "one\ntwo\n"  # type: ignore[arg-type]

    asyncio.run(check())


def test_what_was_not_read_and_what_would_act_is_refused(studio: Studio) -> None:
    async def script(cloud: Any) -> None:
        studio.cloud.rows = (make_job(1),)
        await cloud.list_page(ASK)

    studio.record(script)
    _playback, cloud = replay(studio.file)
    with pytest.raises(RefusedError, match="holds no events of bert-large-1 up to this time"):
        asyncio.run(cloud.fetch_events(make_job(1)))
    with pytest.raises(RefusedError, match="This is a replay"):
        asyncio.run(cloud.act("stop", [make_job(1)]))
    assert cloud.explain_unsupported("jobs", "stop") == "this is a replay: nothing can be changed"
    assert not cloud.offers("jobs", "stop")


def test_it_offers_the_protocols_of_the_cloud_behind(studio: Studio) -> None:
    tape = Tape(studio.file)
    recording = record_cloud(studio.cloud, tape, studio.clock)
    tape.close()
    for capability in vars(protocols).values():
        if getattr(capability, "_is_runtime_protocol", False):
            assert isinstance(recording, capability) == isinstance(studio.cloud, capability), capability
    assert isinstance(recording, Lists)
    assert isinstance(recording, TailsLogs)
    assert not isinstance(recording, protocols.Acts)


def test_no_protocol_of_a_cloud_is_lost_while_it_is_recorded(studio: Studio) -> None:
    found = [one for one in vars(protocols).values() if getattr(one, "_is_runtime_protocol", False)]
    members = {name for one in found for name in vars(one) if not name.startswith("_")}
    methods = {
        name: lambda *_given: None for name in members - {"name", "profile", "region", "project_id", "kinds"}
    }
    whole = type("WholeCloud", (SmallCloud,), {**methods, "title": "ModelArts v1"})()
    tape = Tape(studio.file)
    recording = record_cloud(whole, tape, studio.clock)
    tape.close()
    assert [one for one in found if not isinstance(recording, one)] == []
    assert protocols.name_cloud(recording) == "ModelArts v1"


def test_flavors_that_are_sold_out_come_back(studio: Studio) -> None:
    class Selling(SmallCloud):
        async def list_sold_out_flavors(self, kind: str) -> frozenset[str]:
            return frozenset({f"{kind}.p4"})

    async def script(cloud: Any) -> None:
        await cloud.list_sold_out_flavors("jobs")

    studio.cloud = Selling()
    studio.record(script)
    _player, cloud = replay(studio.file)
    assert asyncio.run(cloud.list_sold_out_flavors("jobs")) == {"jobs.p4"}
    assert asyncio.run(cloud.list_sold_out_flavors("services")) == frozenset()


def test_the_file_is_private_and_never_overwritten(studio: Studio) -> None:
    Tape(studio.file).close()
    assert stat.S_IMODE(studio.file.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="exists already"):
        Tape(studio.file)


def test_answers_that_cannot_be_written_in_time_are_reported_once(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tape_module, "_MOST_WAITING", 0)
    problems: list[str] = []
    tape = Tape(studio.file)
    tape.on_problem = problems.append
    for _ in range(3):
        tape.put(Stream("prod", "quotas", ("",)), 0, lambda _redactor: {"value": None, "error": None})
    tape.close()
    assert problems == [f"The recording {studio.file} lacks answers: more came than could be written."]


def test_a_full_disk_ends_the_recording_with_one_message(studio: Studio) -> None:
    tape, said = Tape(studio.file), list[str]()
    tape.on_problem = said.append
    tape._connection.execute("PRAGMA max_page_count=12")

    async def script(cloud: Any) -> None:
        for poll in range(40):
            studio.cloud.rows = tuple(make_job(one, name=os.urandom(40).hex()) for one in range(50))
            await cloud.list_page(ASK)
            studio.clock.jump(5)
            if poll == 0:
                tape._closing.set()

    asyncio.run(script(record_cloud(studio.cloud, tape, studio.clock)))
    tape.close()
    assert len(said) == 1
    assert "has stopped: database or disk is full" in said[0]
    assert not tape.is_open


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda file: file.unlink(), "There is no recording"),
        (lambda file: file.write_text("not a database, and longer than a header" * 9), "is no recording"),
        (lambda file: file.write_bytes(file.read_bytes()[:9000]), "is damaged"),
        (lambda file: _execute(file, "PRAGMA application_id=7"), "is no recording"),
        (lambda file: _execute(file, f"PRAGMA user_version={VERSION + 1}"), "made by a newer matui"),
        (lambda file: _execute(file, "UPDATE profile SET value = x'00'"), "is damaged"),
        (lambda file: _execute(file, "UPDATE profile SET value = 'text'"), "is damaged"),
        (lambda file: _execute(file, "UPDATE profile SET value = ?", compress(b"[1]")), "is damaged"),
        (lambda file: _execute(file, "UPDATE profile SET value = ?", compress(b"[" * 10**5)), "is damaged"),
        (lambda file: _execute(file, "UPDATE stream SET key = '5' WHERE id = 1"), "is damaged"),
        (lambda file: _execute(file, "UPDATE meta SET value = '99999999999999999999'"), "is damaged"),
        (lambda file: _execute(file, "CREATE VIEW endless AS SELECT 1"), "is damaged"),
        (lambda file: (file.unlink(), os.mkfifo(file)), "is no recording"),
        (lambda file: _execute(file, "DELETE FROM meta"), "holds nothing"),
    ],
)
def test_a_wrong_file_is_one_sentence(studio: Studio, spoil: Any, words: str) -> None:
    async def script(cloud: Any) -> None:
        studio.cloud.rows = tuple(make_job(one) for one in range(200))
        await cloud.list_page(ASK)

    studio.record(script)
    spoil(studio.file)
    with pytest.raises(UsageError, match=words):
        Recording(studio.file)


def _execute(file: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(statement, values)
    connection.close()


def test_a_damaged_frame_is_an_error_of_that_time(studio: Studio) -> None:
    async def script(cloud: Any) -> None:
        studio.cloud.rows = (make_job(1),)
        await cloud.list_page(ASK)

    studio.record(script)
    _execute(studio.file, "UPDATE frame SET data = x'00'")
    _playback, cloud = replay(studio.file)
    with pytest.raises(BadAnswerError, match="damaged at this time"):
        asyncio.run(cloud.list_page(ASK))


@pytest.mark.parametrize("answer", [b"7", b"[1]", b'{"error": 5, "value": null}', b"[" * 10**5])
def test_an_answer_that_is_none_is_an_error_of_that_time(studio: Studio, answer: bytes) -> None:
    async def script(cloud: Any) -> None:
        studio.cloud.rows = (make_job(1),)
        await cloud.list_page(ASK)
        await cloud.fetch_events(make_job(1))

    studio.record(script)
    _execute(studio.file, "UPDATE frame SET is_key = 1, data = ?", compress(answer))
    _playback, cloud = replay(studio.file)
    for read in (cloud.list_page(ASK), cloud.fetch_events(make_job(1))):
        with pytest.raises(BadAnswerError, match="damaged at this time"):
            asyncio.run(read)


def test_a_frame_that_swells_is_damaged() -> None:
    with pytest.raises(ValueError, match="too large"):
        unpack(zlib.compress(b" " * (65 << 20), 1))


async def record_secrets_and_names(cloud: Any, studio: Studio) -> None:
    row = make_job(1)
    studio.cloud.rows = (
        row,
        make_job(2, facts={"owner_name": "li.na", "url": "https://x:pa55w0rd-77@h/bert-large-2"}),
    )
    studio.cloud.events_of = [
        Event(1, f"zhang.wei started {row.name} in team-alpha, token=Tk-99887766", False, "")
    ]
    studio.cloud.log = "loading bert-large-1-v2 for zhang.wei\npassword=hunter2-hunter2 known-s3cret-0001\n"
    (file,) = await cloud.list_log_files(row)
    await cloud.read_log_page(row, file, base="", older=False, limit=500)  # before any name is known
    await cloud.list_page(ASK)
    for read in (cloud.describe, cloud.fetch_events, cloud.fetch_metrics):
        await read(row)


def test_secrets_are_nowhere(studio: Studio) -> None:
    remember_secret("known-s3cret-0001")
    studio.record(lambda cloud: record_secrets_and_names(cloud, studio))
    text = read_contents(studio.file)
    assert "bert-large-1" in text
    for planted in ("pa55w0rd-77", "Tk-99887766", "hunter2", "known-s3cret-0001"):
        assert planted not in text


def test_redaction_leaves_no_name_id_owner_or_workspace(studio: Studio) -> None:
    studio.record(lambda cloud: record_secrets_and_names(cloud, studio), redact=True)
    text = read_contents(studio.file) + studio.file.read_bytes().decode("latin-1")
    for planted in ("bert-large", "100001", "100002", "zhang.wei", "li.na", "team-alpha", "prod", "0f1e2d3c"):
        assert planted not in text
    _playback, cloud = replay(studio.file, "profile-1")
    first, second = asyncio.run(cloud.list_page(ASK)).resources
    assert (first.name, second.name) == ("job-1", "job-2")
    assert first.owner == second.owner == "owner-1"
    assert (
        "job-1-v2 for owner-1"
        in asyncio.run(
            cloud.read_log_page(
                first, asyncio.run(cloud.list_log_files(first))[0], base="", older=False, limit=9
            )
        ).content
    )
    assert asyncio.run(cloud.fetch_events(first))[0].text.startswith("owner-1 started job-1 in workspace-1")


def test_a_kill_leaves_a_readable_file(studio: Studio, tmp_path: Path) -> None:
    script = f"""
import asyncio, os, signal, sys, time
from pathlib import Path
from tests.unit.live.recording.conftest import Studio, make_job, ListRequest, Tape, record_cloud
studio = Studio(Path({str(studio.file)!r}))
tape = Tape(studio.file)
cloud = record_cloud(studio.cloud, tape, studio.clock)
tape._closing.set()
async def run():
    at = 0
    while True:
        at += 1
        studio.cloud.rows = tuple(make_job(one, duration_ms=at) for one in range(50))
        await cloud.list_page(ListRequest("jobs"))
        studio.clock.jump(5)
        if at == 300:
            while tape._queue.qsize() > 100:
                time.sleep(0.001)
            os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(run())
"""
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[4], timeout=60)
    assert done.returncode == -9
    playback, cloud = replay(studio.file)
    playback.clock.jump(playback.clock.end)
    assert len(asyncio.run(cloud.list_page(ASK)).resources) == 50


def test_names_learned_late_are_gone_before_the_end(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Tape._write_batch
    monkeypatch.setattr(
        Tape, "_write_batch", lambda self, batch, *, is_last: write(self, batch, is_last=False)
    )  # as in a run that is killed
    monkeypatch.setattr(tape_module, "_REPLACE_SHARE", 0)
    studio.record(lambda cloud: record_secrets_and_names(cloud, studio), redact=True)
    text = read_contents(studio.file)
    assert "job-1-v2 for owner-1" in text
    assert "zhang.wei" not in text
    assert "bert-large" not in text


POOL = Resource("pools", "p1", "v100", "running", Phase.RUNNING, "modelarts", "prod")
USAGE = PoolUsage(
    (NodeCards("node-alpha", "8v100", 8.0, 2.0, True),),
    (
        Workload(
            "jobs", "100001", "bert-large-1", "zhang.wei", "8v100", 6.0, False, 60.0, hosts=("node-alpha",)
        ),
    ),
)


def test_the_usage_of_pools_and_the_quotas_come_back(studio: Studio) -> None:
    async def script(cloud: Any) -> None:
        await cloud.list_page(ASK)
        studio.cloud.usage = USAGE
        await cloud.fetch_pool_usage(POOL)
        await cloud.fetch_quotas()

    studio.record(script)
    _playback, cloud = replay(studio.file)
    assert asyncio.run(cloud.fetch_pool_usage(POOL)) == USAGE
    assert asyncio.run(cloud.fetch_quotas())[0].used == 9.0
    with pytest.raises(RefusedError, match=r"holds no nodes and workloads of v100 up to this time"):
        asyncio.run(cloud.fetch_pool_usage(replace(POOL, id="p2")))


def test_the_usage_of_pools_is_redacted(studio: Studio) -> None:
    async def script(cloud: Any) -> None:
        studio.cloud.usage = USAGE
        await cloud.fetch_pool_usage(POOL)
        await cloud.list_page(ASK)

    studio.record(script, redact=True)
    text = read_contents(studio.file)
    assert not [word for word in ("node-alpha", "100001", "bert-large", "zhang.wei") if word in text]


def test_a_list_of_several_pages_comes_back_whole(studio: Studio) -> None:
    def rows(count: int) -> tuple[Resource, ...]:
        return tuple(make_job(number) for number in reversed(range(count)))

    async def sweep(cloud: Any) -> None:
        for number in range(3):
            await cloud.list_page(ListRequest("jobs", number=number, size=1000))

    async def script(cloud: Any) -> None:
        studio.cloud.rows = rows(2500)
        await sweep(cloud)
        await studio.clock.advance(60)
        studio.cloud.rows = rows(2510)
        await cloud.list_page(ListRequest("jobs", number=0, size=100))
        await studio.clock.advance(60)
        studio.cloud.rows = studio.cloud.rows[:1200] + studio.cloud.rows[1300:]
        await sweep(cloud)

    studio.record(script)
    playback, cloud = replay(studio.file)
    for after_s, count in ((0, 2500), (60, 2510), (120, 2410)):
        playback.clock.jump(START + after_s)
        found, total = asyncio.run(list_all(cloud, "jobs"))
        assert (len(found), total) == (count, count)
        assert [row.id for row in found] == sorted((row.id for row in found), reverse=True)


def test_places_of_code_data_and_images_are_redacted(studio: Studio) -> None:
    words = (
        "reads obs://acme-data/li.si/set-7/a.csv then https://acme-out.obs.cn-north-4.myhuaweicloud.com/li.si/x"
        " with swr.cn-north-4.myhuaweicloud.com/acme-org/bert:v1, see https://console.example.com/jobs/303/"
    )

    async def script(cloud: Any) -> None:
        await cloud.list_page(ASK)
        studio.cloud.events_of = [Event(None, words)]
        await cloud.fetch_events(make_job(1))

    studio.cloud.rows = (
        make_job(1),
        make_job(2, id="303", facts={"code_dir": "/acme-code/secret-project/train.py"}),
    )
    studio.record(script, redact=True)
    text = read_contents(studio.file)
    assert not [
        word for word in ("acme", "li.si", "set-7", "bert", "secret-project", "/303/") if word in text
    ]
    assert ".csv" in text
    assert "train.py" not in text


@pytest.mark.slow
@pytest.mark.parametrize("keep", [0.9, 0.6, 0.3])
def test_of_a_truncated_file_what_is_whole_is_shown(studio: Studio, keep: float) -> None:
    async def script(cloud: Any) -> None:
        for poll in range(120):
            studio.cloud.rows = tuple(
                make_job(one, name=os.urandom(1200).hex(), workspace=str(poll)) for one in range(10)
            )
            await cloud.list_page(ASK)
            await studio.clock.advance(5)

    studio.record(script)
    data = studio.file.read_bytes()
    studio.file.write_bytes(data[: int(len(data) * keep)])
    playback, cloud = replay(studio.file)
    assert playback.recording.damage.startswith("The recording is damaged")
    last = int((playback.clock.end - START) / 5)
    assert 120 * keep * 0.7 < last < 119
    for poll in (0, last // 2, last):
        playback.clock.jump(START + poll * 5)
        rows = asyncio.run(cloud.list_page(ASK)).resources
        assert {row.workspace for row in rows} == {str(poll)}


def test_a_frame_that_is_lost_takes_its_stream_up_to_the_next_whole_value(studio: Studio) -> None:
    async def script(cloud: Any) -> None:
        for poll in range(100):
            studio.cloud.rows = (make_job(1, status=str(poll)),)
            await cloud.list_page(ASK)
            await studio.clock.advance(5)

    studio.record(script)
    _execute(studio.file, "UPDATE frame SET data = x'00' WHERE id = 20")
    rest = salvage(studio.file)
    ids = {one for (one,) in rest.execute("SELECT id FROM frame")}
    assert set(range(1, 20)) <= ids
    (following,) = rest.execute("SELECT min(id) FROM frame WHERE is_key AND id > 20").fetchone()
    assert ids.isdisjoint(range(20, following))
    assert len(ids) > 50


def test_a_time_outside_of_the_recording_goes_to_its_end_and_says_so(studio: Studio) -> None:
    async def script(cloud: Any) -> None:
        for _ in range(3):
            studio.cloud.rows = (make_job(1, duration_ms=int(studio.clock.now())),)
            await cloud.list_page(ASK)
            await studio.clock.advance(60)

    studio.record(script)
    playback, _cloud = replay(studio.file)
    assert playback.go_to("+1m") == ""
    assert playback.go_to("+1h").startswith("The recording ends at 2025-10-09")
    assert playback.clock.now() == START + 120
    assert playback.go_to("-1h").startswith("The recording begins at 2025-10-09")
    assert playback.clock.now() == START


def test_triage_knows_at_each_time_what_it_knew_then(studio: Studio) -> None:
    seen = Acknowledgement("li.wei", START * 1000, "looking at it")
    found = KnownReason("FAILED", Why("RuntimeError: out of memory", "log"))
    nothing = TriageNote(KnownReason("FAILED", None))

    async def script(cloud: Any) -> None:
        await cloud.list_page(ASK)
        for notes in ({("jobs", "1"): nothing}, {("jobs", "1"): TriageNote(found, (seen, "FAILED"))}, {}):
            studio.clock.jump(5)
            cloud.note_triage(notes)

    studio.record(script)
    playback, cloud = replay(studio.file)
    known = []
    for after in (0, 5, 10, 15):
        playback.clock.jump(START + after)
        known.append(cloud.read_triage_notes())
    expected = [{}, {("jobs", "1"): nothing}, {("jobs", "1"): TriageNote(found, (seen, "FAILED"))}, {}]
    assert known == expected


def test_what_triage_knew_is_masked_and_redacted(studio: Studio) -> None:
    why = Why("bert of wang.fang failed with password=hunter2hunter2", "log")
    seen = Acknowledgement("wang.fang", 0.0, "bert again")

    async def script(cloud: Any) -> None:
        studio.cloud.rows = (replace(make_job(1), name="bert", owner="wang.fang"),)
        await cloud.list_page(ASK)
        cloud.note_triage(
            {("jobs", make_job(1).id): TriageNote(KnownReason("FAILED", why), (seen, "FAILED"))}
        )

    studio.record(script, redact=True)
    text = read_contents(studio.file)
    assert "failed with" in text
    assert not [word for word in ("bert", "wang.fang", "hunter2", make_job(1).id) if word in text]

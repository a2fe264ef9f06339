"""Each change is announced once; a storm is one message; commands that misbehave harm nothing."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from matui.base.clock import ManualClock
from matui.live.journal.change import Account, ListScope, Reading
from matui.live.journal.journal import Journal
from matui.live.notify import notifier as notifier_module
from matui.live.notify.notifier import Notifier, compute_minute_of_day
from matui.live.notify.rules import NotificationRule, QuietHours
from matui.live.notify.watches import Watches
from matui.live.poll.rows import Diff
from matui.live.transitions_feed import TransitionFeed
from matui.resources.filters import parse_filter
from matui.resources.model import Phase, Resource

ACCOUNT = Account("modelarts", "https://e", "p", "r")


class OffJournal:
    is_on = False


class Announcer:
    def __init__(self) -> None:
        self.rings = 0
        self.words: list[str] = []
        self.warnings: list[str] = []

    def ring(self) -> None:
        self.rings += 1

    def notify_terminal(self, title: str, words: str) -> None:
        assert title == "matui"
        self.words.append(words)

    def flash(self, words: str) -> None:
        self.words.append(words)

    def warn(self, words: str) -> None:
        self.warnings.append(words)


def make_job(ident: str, phase: Phase, owner: str = "li") -> Resource:
    return Resource(
        "jobs", ident, f"job-{ident}", phase.value.upper(), phase, "modelarts", "prod", owner=owner
    )


class Bench:
    def __init__(
        self, tmp_path: Path, *rules: NotificationRule, minute: int = 600, names_profile: bool = False
    ) -> None:
        self.clock = ManualClock()
        self.feed = TransitionFeed(OffJournal(), "prod", self.clock)  # type: ignore[arg-type]
        self.announcer = Announcer()
        self.watches = Watches(tmp_path / "watches.json")
        self.notifier = Notifier(
            self.feed, rules, self.watches, self.clock, self.announcer,
            account=lambda: ACCOUNT, find_row=lambda _kind, _ident: None, local_minute=lambda _now: minute,
            names_profile=lambda: names_profile,
        )  # fmt: skip
        self.feed.start()
        self.notifier.start()

    async def change(self, *rows: Resource, seconds: float = 12) -> None:
        before = tuple(make_job(row.id, Phase.RUNNING, row.owner) for row in rows)
        self.feed.note("jobs", Diff(added=before))
        self.feed.note("jobs", Diff(changed=rows))
        await self.clock.advance(seconds)


async def test_a_rule_announces_what_it_names(tmp_path: Path) -> None:
    bench = Bench(
        tmp_path, NotificationRule(("jobs",), parse_filter("owner:li"), ("failed",), ("bell", "terminal"))
    )
    await bench.change(
        make_job("1", Phase.FAILED), make_job("2", Phase.DONE), make_job("3", Phase.FAILED, "wang")
    )
    assert bench.announcer.words == ["job job-1: RUNNING → FAILED"]
    assert bench.announcer.rings == 1


async def test_a_storm_is_one_message(tmp_path: Path) -> None:
    bench = Bench(tmp_path, NotificationRule(to=("failed",), by=("bell", "terminal")))
    await bench.change(*(make_job(str(number), Phase.FAILED) for number in range(200)))
    assert len(bench.announcer.words) == 1
    assert bench.announcer.words[0].startswith("200 changes")
    assert bench.announcer.rings == 1


async def test_a_storm_seen_over_several_polls_is_one_message(tmp_path: Path) -> None:
    bench = Bench(tmp_path, NotificationRule(to=("failed",), by=("terminal",)))
    for start in range(0, 200, 50):
        await bench.change(*(make_job(str(start + at), Phase.FAILED) for at in range(50)), seconds=2)
    await bench.clock.advance(30)
    assert [words[:11] for words in bench.announcer.words] == ["200 changes"]


async def test_what_follows_an_announcement_is_gathered(tmp_path: Path) -> None:
    bench = Bench(tmp_path, NotificationRule(to=("failed",), by=("terminal",)))
    for number in range(6):
        await bench.change(make_job(str(number), Phase.FAILED), seconds=1)
    assert bench.announcer.words == ["job job-0: RUNNING → FAILED"]
    await bench.clock.advance(10)
    assert [words[:9] for words in bench.announcer.words[1:]] == ["5 changes"]


async def test_a_change_that_several_rules_cover_is_announced_once(tmp_path: Path) -> None:
    failed = NotificationRule(("jobs",), to=("failed",), by=("bell", "flash"))
    of_li = NotificationRule(filter=parse_filter("owner:li"), by=("flash",))
    bench = Bench(tmp_path, failed, of_li)
    bench.watches.toggle(ACCOUNT, "jobs", "1")
    await bench.change(make_job("1", Phase.FAILED))
    assert bench.announcer.words == ["job job-1: RUNNING → FAILED"] * 2  # on the screen, and by the terminal
    assert bench.announcer.rings == 1


async def test_a_storm_that_several_rules_cover_is_one_message(tmp_path: Path) -> None:
    bench = Bench(tmp_path, NotificationRule(by=("flash",)), NotificationRule(("jobs",), by=("flash",)))
    await bench.change(*(make_job(str(number), Phase.FAILED) for number in range(200)))
    assert [words[:25] for words in bench.announcer.words] == ["200 changes, the last one"]


async def test_a_message_names_the_profile_where_several_are_open(tmp_path: Path) -> None:
    bench = Bench(tmp_path, NotificationRule(by=("flash",)), names_profile=True)
    await bench.change(make_job("1", Phase.FAILED))
    await bench.change(*(make_job(str(number), Phase.FAILED) for number in range(2, 9)))
    one, many = bench.announcer.words
    assert one == "prod: job job-1: RUNNING → FAILED"
    assert many == "prod: 7 changes, the last one job job-8: RUNNING → FAILED"


@pytest.mark.parametrize(("minute", "words"), [(23 * 60, 0), (6 * 60 + 59, 0), (7 * 60, 1)])
async def test_quiet_hours_pass_midnight(tmp_path: Path, minute: int, words: int) -> None:
    quiet = QuietHours.parse("22:00-07:00")
    bench = Bench(tmp_path, NotificationRule(to=("failed",), by=("terminal",), quiet=quiet), minute=minute)
    await bench.change(make_job("1", Phase.FAILED))
    assert len(bench.announcer.words) == words


async def test_a_watched_resource_is_announced_at_its_end_and_no_more(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.watches.toggle(ACCOUNT, "jobs", "1")
    await bench.change(make_job("1", Phase.DEGRADED))
    assert bench.announcer.words == []
    await bench.change(make_job("1", Phase.DONE))
    assert len(bench.announcer.words) == 2  # the terminal's and the console's
    assert not Watches(tmp_path / "watches.json").has(ACCOUNT, "jobs", "1")


async def test_the_command_gets_the_change_as_json(tmp_path: Path) -> None:
    out = tmp_path / "event.json"
    code = f"import sys; open({str(out)!r}, 'w').write(sys.stdin.read())"
    bench = Bench(tmp_path, NotificationRule(to=("failed",), command=(sys.executable, "-c", code)))
    await bench.change(make_job("1", Phase.FAILED))
    for _ in range(500):
        if out.exists() and out.read_text():
            break
        await asyncio.sleep(0.02)
    event = json.loads(out.read_text())
    assert (event["id"], event["from"], event["to"], event["count"]) == ("1", "RUNNING", "FAILED", 1)


@pytest.mark.slow
async def test_a_command_that_hangs_delays_no_announcement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifier_module, "CLOSING_S", 0.0)
    hang = NotificationRule(to=("failed",), command=(sys.executable, "-c", "import time; time.sleep(60)"))
    bench = Bench(tmp_path, hang, NotificationRule(to=("failed",), by=("terminal",)))
    for number in range(3):
        await bench.change(make_job(str(number), Phase.FAILED))
    assert len(bench.announcer.words) == 3
    await bench.notifier.aclose()


async def test_what_is_gathered_at_the_close_is_announced_by_then(tmp_path: Path) -> None:
    out = tmp_path / "event.json"
    code = f"import sys; open({str(out)!r}, 'w').write(sys.stdin.read())"
    command = NotificationRule(
        to=("failed",), filter=parse_filter("owner:wang"), command=(sys.executable, "-S", "-c", code)
    )
    bench = Bench(tmp_path, command, NotificationRule(to=("failed",), by=("terminal",)))
    await bench.change(make_job("1", Phase.FAILED), seconds=2)
    await bench.change(make_job("2", Phase.FAILED, owner="wang"), seconds=2)
    assert bench.announcer.words == ["job job-1: RUNNING → FAILED"]
    await bench.notifier.aclose()
    assert bench.announcer.words == ["job job-1: RUNNING → FAILED", "job job-2: RUNNING → FAILED"]
    assert json.loads(out.read_text())["id"] == "2"


async def test_a_command_that_waits_for_others_is_started_at_the_close(tmp_path: Path) -> None:
    out = tmp_path / "event.json"
    code = f"import sys; open({str(out)!r}, 'w').write(sys.stdin.read())"
    bench = Bench(tmp_path, NotificationRule(to=("failed",), command=(sys.executable, "-S", "-c", code)))
    bench.notifier._slots = asyncio.Semaphore(0)
    await bench.change(make_job("1", Phase.FAILED), seconds=2)
    await bench.notifier.aclose()
    for _ in range(300):
        if out.exists() and out.read_text():
            break
        await asyncio.sleep(0.01)
    assert json.loads(out.read_text())["id"] == "1"


async def test_what_is_dropped_of_a_long_queue_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifier_module, "_MOST_QUEUED", 2)
    bench = Bench(tmp_path, NotificationRule(to=("failed",), by=("terminal",)))
    await bench.change(*(make_job(str(number), Phase.FAILED) for number in range(5)))
    await bench.notifier.aclose()
    assert bench.announcer.warnings == ["3 changes are not announced: more than 2 waited."]


async def test_a_storm_runs_a_command_once_with_the_count(tmp_path: Path) -> None:
    out = tmp_path / "events"
    code = f"import sys; open({str(out)!r}, 'a').write(sys.stdin.read() + chr(10))"
    bench = Bench(tmp_path, NotificationRule(to=("failed",), command=(sys.executable, "-c", code)))
    await bench.change(*(make_job(str(number), Phase.FAILED) for number in range(200)))
    await asyncio.gather(*bench.notifier._tasks)
    (event,) = map(json.loads, out.read_text().splitlines())
    assert (event["id"], event["count"]) == ("199", 200)


@pytest.mark.parametrize(
    ("utc", "words"),
    [
        ("2026-03-29T00:59:00", 0),  # 01:59, the hour before the clocks go forward
        ("2026-03-29T01:01:00", 1),  # 03:01
        ("2026-10-25T00:30:00", 0),  # 02:30 in summer time
        ("2026-10-25T01:30:00", 0),  # 02:30 again
        ("2026-10-25T02:01:00", 1),
    ],
)
async def test_quiet_hours_are_local_also_when_the_clocks_change(
    utc: str, words: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        quiet = QuietHours.parse("22:00-03:00")
        bench = Bench(tmp_path, NotificationRule(to=("failed",), by=("terminal",), quiet=quiet))
        bench.notifier._local_minute = compute_minute_of_day
        at = datetime.fromisoformat(f"{utc}+00:00").timestamp()
        bench.clock.jump(at - bench.clock.now())
        await bench.change(make_job("1", Phase.FAILED))
        assert len(bench.announcer.words) == words
    finally:
        monkeypatch.undo()
        time.tzset()


class Consoles:
    """Two consoles on one journal file."""

    def __init__(self, tmp_path: Path, *focused: bool) -> None:
        self.clock = ManualClock(1_760_000_000)
        self.announcers: list[Announcer] = []
        self.journals: list[Journal] = []
        self.notifiers: list[Notifier] = []
        for is_focused in focused:
            journal = Journal(tmp_path / "journal.db", clock=self.clock)
            journal.accounts.add("prod", lambda: ACCOUNT)
            feed = TransitionFeed(
                journal,
                "prod",
                self.clock,
                is_focused=lambda is_focused=is_focused: is_focused,  # type: ignore[misc]
            )
            announcer, watches = Announcer(), Watches(tmp_path / "watches.json")
            notifier = Notifier(
                feed, [NotificationRule(to=("failed",), by=("terminal",))], watches, self.clock, announcer,
                account=lambda: ACCOUNT, find_row=lambda _kind, _ident: None,
            )  # fmt: skip
            feed.start()
            notifier.start()
            self.announcers.append(announcer)
            self.journals.append(journal)
            self.notifiers.append(notifier)

    async def see(self, *ids: str) -> None:
        """Let each console see jobs run, and then fail."""
        scope = ListScope(ACCOUNT, "prod", "jobs")
        for phase in (Phase.RUNNING, Phase.FAILED):
            rows = tuple(make_job(one, phase) for one in ids)
            for journal in self.journals:
                journal.record(Reading(scope, int(self.clock.now() * 1000), rows, is_complete=True))
                await asyncio.to_thread(journal.flush)
            for _ in range(12):
                await self.clock.advance(1)
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        for notifier, journal in zip(self.notifiers, self.journals, strict=True):
            await notifier.aclose()
            journal.close()

    @property
    def words(self) -> list[list[str]]:
        return [announcer.words for announcer in self.announcers]


async def test_two_consoles_announce_once_and_the_focused_one_first(tmp_path: Path) -> None:
    consoles = Consoles(tmp_path, False, True)
    await consoles.see("1")
    assert consoles.words == [[], ["job job-1: RUNNING → FAILED"]]
    await consoles.close()


async def test_a_storm_goes_to_one_of_two_consoles(tmp_path: Path) -> None:
    consoles = Consoles(tmp_path, True, True)
    await consoles.see(*map(str, range(60)))
    ((words,),) = filter(None, consoles.words)
    assert words.startswith("60 changes")
    await consoles.close()


async def test_a_console_without_focus_waits_once_for_a_storm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path, NotificationRule(to=("failed",), by=("terminal",)))
    waits: list[float] = []

    async def wait() -> None:
        waits.append(bench.clock.monotonic())

    monkeypatch.setattr(bench.feed, "wait_for_focused", wait)
    await bench.change(*(make_job(str(number), Phase.FAILED) for number in range(200)))
    assert len(waits) == 1


async def test_an_end_that_another_process_saw_while_no_console_ran_is_announced_once(tmp_path: Path) -> None:
    clock, scope = ManualClock(1_760_000_000), ListScope(ACCOUNT, "prod", "jobs")
    said: list[list[str]] = []

    async def look(journal: Journal, phase: Phase) -> None:
        now = int(clock.now() * 1000)
        journal.record(Reading(scope, now, (make_job("1", phase),), is_complete=True))
        await asyncio.to_thread(journal.flush)
        await clock.advance(60)

    def open_one() -> Journal:
        journal = Journal(tmp_path / "journal.db", clock=clock)
        journal.accounts.add("prod", lambda: ACCOUNT)
        return journal

    command = open_one()
    await look(command, Phase.RUNNING)
    await look(command, Phase.FAILED)
    await look(command, Phase.RUNNING)
    Watches(tmp_path / "watches.json").toggle(ACCOUNT, "jobs", "1", int(clock.now() * 1000))
    await look(command, Phase.DONE)
    command.close()
    for _ in range(2):
        journal, announcer = open_one(), Announcer()
        feed, watches = TransitionFeed(journal, "prod", clock), Watches(tmp_path / "watches.json")
        notifier = Notifier(
            feed, [NotificationRule()], watches, clock, announcer,
            account=lambda: ACCOUNT, find_row=lambda _kind, _ident: None,
        )  # fmt: skip
        feed.start()
        notifier.start()
        for _ in range(6):
            await clock.advance(1)
            await asyncio.sleep(0.02)
        said.append(announcer.words)
        await notifier.aclose()
        journal.close()
    assert said == [["job job-1: RUNNING → DONE"] * 2, []]  # by the terminal and by the console

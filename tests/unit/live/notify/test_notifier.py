"""Each change is announced once; a storm is one message; commands that misbehave harm nothing."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from matui.base.clock import ManualClock
from matui.live.journal.change import Account
from matui.live.notify.notifier import Notifier
from matui.live.notify.rules import NotificationRule, QuietHours
from matui.live.notify.watches import Watches
from matui.live.poll.rows import Diff
from matui.live.transitions.feed import TransitionFeed
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


def job(ident: str, phase: Phase, owner: str = "li") -> Resource:
    return Resource(
        "jobs", ident, f"job-{ident}", phase.value.upper(), phase, "modelarts", "prod", owner=owner
    )


class Bench:
    def __init__(self, tmp_path: Path, *rules: NotificationRule, minute: int = 600) -> None:
        self.clock = ManualClock()
        self.feed = TransitionFeed(OffJournal(), "prod", self.clock)  # type: ignore[arg-type]
        self.announcer = Announcer()
        self.watches = Watches(tmp_path / "watches.json")
        self.notifier = Notifier(
            self.feed, rules, self.watches, self.clock, self.announcer,
            account=lambda: ACCOUNT, find_row=lambda _kind, _ident: None, local_minute=lambda _now: minute,
        )  # fmt: skip
        self.feed.start()
        self.notifier.start()

    async def change(self, *rows: Resource) -> None:
        before = tuple(job(row.id, Phase.RUNNING, row.owner) for row in rows)
        self.feed.note("jobs", Diff(added=before))
        self.feed.note("jobs", Diff(changed=rows))
        await self.clock.advance(2)


async def test_a_rule_announces_what_it_names(tmp_path: Path) -> None:
    bench = Bench(
        tmp_path, NotificationRule(("jobs",), parse_filter("owner:li"), ("failed",), ("bell", "terminal"))
    )
    await bench.change(job("1", Phase.FAILED), job("2", Phase.DONE), job("3", Phase.FAILED, "wang"))
    assert bench.announcer.words == ["jobs job-1: RUNNING → FAILED"]
    assert bench.announcer.rings == 1


async def test_a_storm_is_one_message(tmp_path: Path) -> None:
    bench = Bench(tmp_path, NotificationRule(to=("failed",), by=("bell", "terminal")))
    await bench.change(*(job(str(number), Phase.FAILED) for number in range(200)))
    assert len(bench.announcer.words) == 1
    assert bench.announcer.words[0].startswith("200 changes")
    assert bench.announcer.rings == 1


@pytest.mark.parametrize(("minute", "words"), [(23 * 60, 0), (6 * 60 + 59, 0), (7 * 60, 1)])
async def test_quiet_hours_pass_midnight(tmp_path: Path, minute: int, words: int) -> None:
    quiet = QuietHours.parse("22:00-07:00")
    bench = Bench(tmp_path, NotificationRule(to=("failed",), by=("terminal",), quiet=quiet), minute=minute)
    await bench.change(job("1", Phase.FAILED))
    assert len(bench.announcer.words) == words


async def test_a_watched_resource_is_announced_at_its_end_and_no_more(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    assert bench.watches.toggle(ACCOUNT, "jobs", "1")
    await bench.change(job("1", Phase.DEGRADED))
    assert bench.announcer.words == []
    await bench.change(job("1", Phase.DONE))
    assert len(bench.announcer.words) == 2  # the terminal's and the console's
    assert not Watches(tmp_path / "watches.json").has(ACCOUNT, "jobs", "1")


async def test_the_command_gets_the_change_as_json(tmp_path: Path) -> None:
    out = tmp_path / "event.json"
    code = f"import sys; open({str(out)!r}, 'w').write(sys.stdin.read())"
    bench = Bench(tmp_path, NotificationRule(to=("failed",), command=(sys.executable, "-c", code)))
    await bench.change(job("1", Phase.FAILED))
    for _ in range(500):
        if out.exists() and out.read_text():
            break
        await asyncio.sleep(0.02)
    event = json.loads(out.read_text())
    assert (event["id"], event["from"], event["to"], event["count"]) == ("1", "RUNNING", "FAILED", 1)


async def test_a_console_without_focus_waits_once_for_a_storm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(tmp_path, NotificationRule(to=("failed",), by=("terminal",)))
    waits: list[float] = []

    async def wait() -> None:
        waits.append(bench.clock.monotonic())

    monkeypatch.setattr(bench.feed, "wait_for_focused", wait)
    await bench.change(*(job(str(number), Phase.FAILED) for number in range(200)))
    assert len(waits) == 1

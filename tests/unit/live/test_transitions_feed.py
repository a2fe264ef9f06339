"""Changes are fed once: from the journal where there is one, else from the polls of this process."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable
from dataclasses import replace

import pytest

from matui.base.clock import CloudClock, ManualClock
from matui.live import transitions_feed
from matui.live.journal.change import Account, Change, ListScope, Reading
from matui.live.journal.journal import open_temporary_journal
from matui.live.poll.rows import Diff
from matui.live.transitions_feed import TransitionFeed
from matui.resources.model import Phase, Resource

ACCOUNT = Account("modelarts", "e", "p", "r")


class OffJournal:
    is_on = False


def make_job(phase: Phase, **facts: object) -> Resource:
    return Resource(
        "jobs",
        "1",
        "train",
        phase.value.upper(),
        phase,
        "modelarts",
        "prod",
        facts=facts,  # type: ignore[arg-type]
    )


def make_feed() -> tuple[TransitionFeed, list[Change]]:
    heard: list[Change] = []
    feed = TransitionFeed(OffJournal(), "prod", ManualClock())  # type: ignore[arg-type]
    feed.add_listener(heard.append)
    feed.start()
    return feed, heard


async def test_without_a_journal_the_polls_are_compared() -> None:
    feed, heard = make_feed()
    feed.note("jobs", Diff(added=(make_job(Phase.RUNNING),)))
    feed.note("jobs", Diff(changed=(make_job(Phase.RUNNING, step=2),)))
    feed.note("jobs", Diff(changed=(make_job(Phase.STOPPED, expected=True),)))
    feed.note("jobs", Diff(changed=(make_job(Phase.FAILED),)))
    assert [(one.before, one.after) for one in heard] == [("RUNNING", "FAILED")]


def make_dated(ident: str, created_at: int | None, ended_at: int | None = None) -> Resource:
    facts = {} if ended_at is None else {"ended_at": ended_at}
    return replace(make_job(Phase.FAILED, **facts), id=ident, created_at=created_at)


async def test_a_job_that_was_made_and_failed_between_two_polls_is_fed() -> None:
    clock, heard = ManualClock(start=10_000.0), list[Change]()
    ahead = CloudClock(clock, lambda: 28_800.0)
    feed = TransitionFeed(OffJournal(), "prod", clock, cloud_clock=ahead)  # type: ignore[arg-type]
    feed.add_listener(heard.append)
    feed.start()
    now = int(ahead.now() * 1000)
    feed.note("jobs", Diff(added=(make_dated("1", now),)))
    feed.note("jobs", Diff(added=(make_dated("2", now),)), is_whole=True)
    assert heard == []  # the first reading, of two pages
    rows = (
        make_dated("3", now + 1000),
        make_dated("4", now - 600_000, now + 1000),
        make_dated("5", now - 600_000),
        make_dated("6", int(clock.now() * 1000)),
        make_dated("7", None),
    )
    feed.note("jobs", Diff(added=rows), is_whole=True)
    assert [(one.id, one.before, one.before_phase, one.after) for one in heard] == [
        ("3", None, None, "FAILED"), ("4", None, None, "FAILED"),
    ]  # fmt: skip
    feed.note("jobs", Diff(removed=rows))
    feed.note("jobs", Diff(added=(make_dated("8", now + 2000),)), is_whole=True)
    assert len(heard) == 2  # the first reading of another workspace


async def test_a_job_that_was_made_and_failed_in_an_outage_is_fed() -> None:
    clock, heard = ManualClock(start=10_000.0), list[Change]()
    ahead = CloudClock(clock, lambda: 28_800.0)
    feed = TransitionFeed(OffJournal(), "prod", clock, cloud_clock=ahead)  # type: ignore[arg-type]
    feed.add_listener(heard.append)
    feed.start()
    read_at = clock.now()
    feed.note("jobs", Diff(), is_whole=True, read_at=read_at)
    clock.jump(300)
    in_outage = make_dated("1", int(ahead.now() * 1000))
    clock.jump(300)
    feed.note("jobs", Diff(), is_whole=True, read_at=read_at)  # the request has failed
    feed.note("jobs", Diff(added=(in_outage,)), is_whole=True, read_at=clock.now())
    assert [one.id for one in heard] == ["1"]


async def test_what_was_read_before_the_start_is_compared_with() -> None:
    heard: list[Change] = []
    feed = TransitionFeed(OffJournal(), "prod", ManualClock())  # type: ignore[arg-type]
    feed.note("jobs", Diff(added=(make_job(Phase.RUNNING),)), is_whole=True)
    feed.add_listener(heard.append)
    feed.start()
    feed.note("jobs", Diff(changed=(make_job(Phase.FAILED),)), is_whole=True)
    assert [(one.before, one.after) for one in heard] == [("RUNNING", "FAILED")]


async def test_nothing_is_fed_after_the_end() -> None:
    feed, heard = make_feed()
    feed.note("jobs", Diff(added=(make_job(Phase.RUNNING),)))
    feed.stop()
    feed.note("jobs", Diff(changed=(make_job(Phase.FAILED),)))
    assert heard == []


async def test_a_journal_that_goes_on_keeps_no_feed_of_a_profile_that_was_closed() -> None:
    journal = open_temporary_journal(clock=ManualClock())
    feed = TransitionFeed(journal, "prod", ManualClock())
    kept = weakref.ref(feed)
    feed.start()
    feed.stop()
    del feed
    gc.collect()
    assert kept() is None
    await asyncio.to_thread(journal.close)


async def test_the_journals_changes_of_the_own_account_are_fed_and_claimed_once() -> None:
    clock = ManualClock()
    journal = open_temporary_journal(clock=clock)
    journal.accounts.add("prod", lambda: ACCOUNT)
    heard: list[Change] = []
    feed = TransitionFeed(journal, "prod", clock)
    feed.add_listener(heard.append)
    feed.start()
    try:
        for at, phase in ((1, Phase.RUNNING), (2, Phase.FAILED)):
            scope = ListScope(ACCOUNT, "prod", "jobs")
            journal.record(Reading(scope, journal.get_now_ms() + at, (make_job(phase),), is_complete=True))
            await asyncio.to_thread(journal.flush)
        for _ in range(200):
            if any(one.after == "FAILED" for one in heard):
                break
            await asyncio.sleep(0.01)
        failed = next(one for one in heard if one.after == "FAILED")
        capsule, notify = ("capsule", failed.number), ("notify", failed.number)
        assert await feed.claim({capsule}) == {capsule}
        assert await feed.claim({capsule, notify}) == {notify}
    finally:
        feed.stop()
        journal.close()


class FullJournal:
    """A journal that can be written again when ``is_failing`` is false."""

    is_on, is_failing = True, False

    def add_listener(self, listener: Callable[[tuple[Change, ...]], None]) -> None:
        self.announce = listener

    class accounts:  # noqa: N801
        get_account = staticmethod(lambda _profile: ACCOUNT)


async def test_while_the_journal_cannot_be_written_the_polls_are_fed_and_nothing_twice() -> None:
    clock, journal, heard = ManualClock(), FullJournal(), []
    feed = TransitionFeed(journal, "prod", clock)  # type: ignore[arg-type]
    feed.add_listener(heard.append)
    feed.start()
    feed.note("jobs", Diff(added=(make_job(Phase.RUNNING),)))
    feed.note("jobs", Diff(changed=(make_job(Phase.FAILED),)))
    assert heard == []  # the journal may still feed it
    journal.is_failing = True
    feed.note("jobs", Diff())
    feed.note("jobs", Diff())
    (change,) = heard
    assert (change.after, await feed.claim({("notify", change.number)})) == (
        "FAILED",
        {("notify", change.number)},
    )
    journal.is_failing = False
    late = change._replace(number=7, account=ACCOUNT)
    for feeding in ((late,), (late._replace(number=8, before="FAILED", after="RUNNING"),)):
        journal.announce(feeding)
        await asyncio.sleep(0)
    assert [one.number for one in heard] == [change.number, 8]


async def test_while_the_journal_fails_for_long_the_newest_states_fed_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transitions_feed, "_MOST_FED", 2)
    journal = FullJournal()
    journal.is_failing = True
    feed = TransitionFeed(journal, "prod", ManualClock())  # type: ignore[arg-type]
    feed.start()
    for number in range(4):
        feed.note("jobs", Diff(added=(replace(make_job(Phase.RUNNING), id=str(number)),)))
        feed.note("jobs", Diff(changed=(replace(make_job(Phase.FAILED), id=str(number)),)))
    assert list(feed._fed) == [("jobs", "2"), ("jobs", "3")]


async def test_what_the_journal_feeds_is_not_fed_again_when_it_fails_later() -> None:
    journal, heard = FullJournal(), []
    feed = TransitionFeed(journal, "prod", ManualClock())  # type: ignore[arg-type]
    feed.add_listener(heard.append)
    feed.start()
    feed.note("jobs", Diff(added=(make_job(Phase.RUNNING),)))
    feed.note("jobs", Diff(changed=(make_job(Phase.FAILED),)))
    journal.announce((feed._pending["jobs", "1"]._replace(number=1, account=ACCOUNT),))
    await asyncio.sleep(0)
    journal.is_failing = True
    feed.note("jobs", Diff())
    assert [one.number for one in heard] == [1]


async def test_a_deletion_is_fed_without_a_journal_and_another_list_is_none() -> None:
    feed, changes = make_feed()
    feed.note("jobs", Diff(added=(make_job(Phase.RUNNING),)), is_whole=True)
    feed.note("jobs", Diff(removed=(make_job(Phase.RUNNING),)), is_whole=False)
    assert changes == []
    feed.note("jobs", Diff(added=(make_job(Phase.RUNNING),)), is_whole=True)
    feed.note("jobs", Diff(removed=(make_job(Phase.RUNNING),)), is_whole=True)
    assert [(one.before_phase, one.after, one.after_phase) for one in changes] == [
        (Phase.RUNNING, None, None)
    ]

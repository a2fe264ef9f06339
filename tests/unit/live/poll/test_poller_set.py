"""A watch polls what is looked at, and the rest seldom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import NotFoundError
from matui.clouds.protocols import ListRequest, Page
from matui.config.settings import Profile, Settings
from matui.live.poll.poller import Update
from matui.live.poll.poller_set import PollerSet
from matui.resources.kind import Kind
from matui.resources.model import Phase
from matui.resources.registry import KINDS
from tests.unit.live.poll.listed import FakeCloud, make_row


class Steady(Random):
    """No jitter."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


class ManyLists(FakeCloud):
    """Lists the same rows for each kind, and lets kinds be in flight beside each other."""

    async def list_page(self, ask):  # type: ignore[no-untyped-def]
        self.in_flight = 0
        return await super().list_page(ask)

    def count_asked(self) -> Counter[str]:
        counted = Counter(ask.kind for ask in self.asks)
        self.asks.clear()
        return counted


def make(
    cloud: FakeCloud, clock: ManualClock, cadence: Mapping[str, float] | None = None
) -> tuple[PollerSet, list[Update]]:
    updates: list[Update] = []
    watch = PollerSet(cloud, clock=clock, rng=Steady(), cadence=cadence or {}, publish=updates.append)
    return watch, updates


async def test_the_kind_shown_is_polled_at_its_cadence_and_others_at_a_quarter() -> None:
    cloud, clock = ManyLists(), ManualClock()
    watch, _ = make(cloud, clock, {"jobs": 5, "notebooks": 10})
    watch.show("notebooks")
    watch.show("jobs")
    await clock.advance(0.5)
    cloud.count_asked()
    await clock.advance(120)
    assert cloud.count_asked() == {"jobs": 24, "notebooks": 3}
    watch.show("notebooks")
    await clock.advance(120)
    assert cloud.count_asked() == {"jobs": 6, "notebooks": 12}
    await watch.aclose()


async def test_four_kinds_at_their_own_cadence_stay_below_the_request_budget() -> None:
    cloud, clock = ManyLists(), ManualClock()
    watch, _ = make(cloud, clock)
    for kind in cloud.kinds:
        watch.get_poller(kind)
    watch.show("jobs")
    await clock.advance(1)
    cloud.count_asked()
    await clock.advance(600)
    assert cloud.count_asked().total() <= 10 * 16
    watch.controls.blurred = True
    await clock.advance(600)
    assert cloud.count_asked().total() <= 10 * 4
    await watch.aclose()


async def test_a_kind_that_was_never_shown_is_polled_once_in_ten_minutes() -> None:
    cloud, clock = ManyLists(), ManualClock()
    watch, _ = make(cloud, clock, {"jobs": 5, "notebooks": 10})
    watch.show("jobs")
    watch.get_poller("notebooks")
    await clock.advance(0.5)
    assert cloud.count_asked()["notebooks"] == 1
    await clock.advance(590)
    assert cloud.count_asked()["notebooks"] == 0
    await clock.advance(80)
    assert cloud.count_asked()["notebooks"] == 1
    watch.show("notebooks")
    await clock.advance(100)
    assert cloud.count_asked()["notebooks"] >= 10
    await watch.aclose()


async def test_a_view_of_all_kinds_polls_each_at_a_quarter() -> None:
    cloud, clock = ManyLists(), ManualClock()
    watch, _ = make(cloud, clock, {"jobs": 5, "notebooks": 10})
    for kind in ("jobs", "notebooks"):
        watch.get_poller(kind)
    watch.show_all()
    await clock.advance(0.5)
    cloud.count_asked()
    await clock.advance(120)
    asked = cloud.count_asked()
    assert (asked["jobs"], asked["notebooks"]) == (6, 3)
    await watch.aclose()


async def test_a_kind_that_the_server_does_not_have_is_polled_once_in_ten_minutes() -> None:
    cloud, clock = ManyLists(), ManualClock()

    async def missing(request: ListRequest) -> Page:
        cloud.asks.append(request)
        raise NotFoundError("no such API", status=404)

    cloud.list_page = missing  # type: ignore[method-assign]
    watch, _ = make(cloud, clock, {"jobs": 5})
    watch.show("jobs")
    await clock.advance(590)
    assert cloud.count_asked() == {"jobs": 1}
    watch.trigger("jobs")
    await clock.advance(1)
    assert cloud.count_asked() == {"jobs": 1}
    await watch.aclose()


async def test_many_profiles_share_the_pace_of_a_few_while_nothing_changes() -> None:
    cloud, clock = ManyLists(), ManualClock()
    watch, _ = make(cloud, clock, {"jobs": 5})
    watch.show("jobs")
    watch.controls.profiles = 48
    await clock.advance(60)
    cloud.count_asked()
    await clock.advance(400)
    assert cloud.count_asked()["jobs"] == 10
    watch.controls.profiles = 4
    await clock.advance(60)
    assert cloud.count_asked()["jobs"] >= 12
    await watch.aclose()


async def test_times_that_only_run_on_do_not_count_as_a_change_for_the_shared_pace() -> None:
    cloud, clock = ManyLists(), ManualClock()
    listed = cloud.list_page

    async def with_time_left(request: ListRequest) -> Page:
        left = 36_000 - int(clock.now() - began)
        times = {"auto_stop_left_s": left, "auto_stop_at": int(clock.now() * 1000) + left * 1000}
        page = await listed(request)
        return page._replace(resources=(make_row(1, facts=times, duration_ms=int(clock.now() * 1000)),))

    began = clock.now()
    cloud.list_page = with_time_left  # type: ignore[method-assign]
    watch, _ = make(cloud, clock, {"notebooks": 10})
    watch.show("notebooks")
    watch.controls.profiles = 48
    await clock.advance(60)
    cloud.count_asked()
    await clock.advance(400)
    assert cloud.count_asked()["notebooks"] == 5
    await watch.aclose()


async def test_focus_regained_refreshes_what_is_old_at_once() -> None:
    cloud, clock = ManyLists(), ManualClock()
    watch, _ = make(cloud, clock)
    watch.show("jobs")
    await clock.advance(0)
    watch.controls.blurred = True
    await clock.advance(15)
    assert len(cloud.asks) == 1
    watch.controls.blurred = False
    await clock.advance(0)
    assert len(cloud.asks) == 2
    await watch.aclose()


async def test_a_paused_watch_asks_nothing_but_what_is_triggered() -> None:
    cloud, clock = ManyLists(), ManualClock()
    watch, _ = make(cloud, clock)
    watch.show("jobs")
    await clock.advance(0)
    watch.controls.pause()
    watch.show("services")
    cloud.asks.clear()
    await clock.advance(300)
    assert not cloud.asks
    watch.trigger("jobs")
    await clock.advance(300)
    assert cloud.count_asked() == {"jobs": 1}
    watch.controls.resume()
    await clock.advance(0)
    assert cloud.count_asked()["services"] == 1
    assert not watch.controls.paused
    await watch.aclose()


async def test_counts_follow_the_rows() -> None:
    cloud, clock = ManyLists(), ManualClock()
    cloud.put(make_row(1), make_row(2, "JOBSTAT_RUNNING", Phase.RUNNING))
    watch, _ = make(cloud, clock)
    assert watch.count_phases("jobs") == {}
    watch.show("jobs")
    await clock.advance(0)
    assert watch.count_phases("jobs") == {Phase.DONE: 1, Phase.RUNNING: 1}
    watch.expect(cloud.rows["j2"], "JOBSTAT_KILLING")
    assert watch.count_phases("jobs") == {Phase.DONE: 1, Phase.PENDING: 1}
    assert watch.count_rows_in((Phase.DONE, Phase.PENDING, Phase.FAILED), "jobs") == 2
    assert watch.count_rows_in((Phase.DONE,), "services") == 0
    await watch.aclose()


async def test_another_workspace_restarts_every_list_but_that_of_workspaces() -> None:
    cloud, clock = ManyLists(), ManualClock()
    watch, _ = make(cloud, clock)
    watch.show("jobs")
    watch.get_poller("workspaces")
    await clock.advance(0)
    cloud.asks.clear()
    watch.set_workspace("w1")
    await clock.advance(0)
    assert [(ask.kind, ask.workspace) for ask in cloud.asks] == [("jobs", "w1")]
    watch.get_poller("services")
    await clock.advance(0)
    assert cloud.asks[-1].workspace == "w1"
    await watch.aclose()


async def test_nothing_is_asked_or_published_after_closing() -> None:
    cloud, clock = ManyLists(), ManualClock()
    watch, updates = make(cloud, clock)
    watch.show("jobs")
    await watch.aclose()
    await clock.advance(60)
    assert not cloud.asks
    assert not updates


async def test_an_unknown_kind_is_a_key_error() -> None:
    watch, _ = make(FakeCloud(), ManualClock())
    with pytest.raises(KeyError):
        watch.get_poller("ponies")


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.id)
async def test_a_kind_has_one_cadence_which_the_config_replaces(kind: Kind) -> None:
    """The settings had another cadence for models than the kind."""
    profile, settings = Profile(name="p"), Settings()
    assert set(profile.build_cadence(settings)) == {"logs"}
    for own, cadence_s in ((profile, kind.cadence_s), (Profile(name="p", refresh={kind.id: 7.0}), 7.0)):
        cadence = own.build_cadence(settings)
        watch, _ = make(FakeCloud(kinds=(kind.id,)), ManualClock(), cadence)
        assert watch.get_poller(kind.id)._loop.cadence_s == cadence_s
        await watch.aclose()

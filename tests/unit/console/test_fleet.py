"""Several open profiles combined: rows, freshness, colours."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import ConfigError
from matui.clouds.protocols import BudgetState
from matui.config.theme_files import TOKENS
from matui.config.values import ASSIGNED, PALETTE, check_colour, pick_colour
from matui.console.bars.overview import build_overview
from matui.console.fleet import OpenProfiles
from matui.live.poll.freshness import Freshness
from matui.live.poll.poller import Snapshot
from matui.resources.kinds.jobs import JOBS
from matui.resources.kinds.triage import TRIAGE
from matui.resources.model import Phase
from matui.resources.registry import get_kind


class RecordingPollers:
    """A poller set that records its calls."""

    def __init__(self, profile: str, **snapshots: Snapshot) -> None:
        self.profile, self.snapshots, self.calls = profile, snapshots, []

    def get_poller(self, kind: str) -> Any:
        blank = Snapshot(kind, {}, 0, True, Freshness(fetched_at=9.0), 0, self.profile)
        snapshot = self.snapshots.get(kind, blank)
        fresh = snapshot.freshness
        return SimpleNamespace(
            **{**snapshot._asdict(), "kind": get_kind(kind)}, error=fresh.error, fetched_at=fresh.fetched_at
        )

    def count_phases(self, kind: str) -> dict[Phase, int]:
        return {Phase.FAILED: len(self.get_poller(kind).rows)}

    def __getattr__(self, verb: str) -> Any:
        return lambda *arguments: self.calls.append((verb, *arguments))


def make_member(
    name: str, *, kinds=("jobs",), used=0, colour=None, settings=None, **snapshots: Snapshot
) -> Any:
    return SimpleNamespace(
        cloud=SimpleNamespace(
            name="modelarts", profile=name, kinds=kinds, get_budget=lambda: BudgetState(used, 100)
        ),
        profile=SimpleNamespace(color=colour),
        settings=SimpleNamespace(profiles=settings or {}),
        pollers=RecordingPollers(name, **snapshots),
        read_only=False,
        clock=ManualClock(10.0),
    )


def make_fleet(*members: Any) -> OpenProfiles:
    fleet = OpenProfiles(one.cloud.profile for one in members)
    for one in members:
        fleet.add(one.cloud.profile, one)
    return fleet


def make_snapshot(
    profile: str, *, rows=0, total: int | None = 0, at: float | None = 5.0, error=None
) -> Snapshot:
    fresh = Freshness(fetched_at=at, error=error)
    return Snapshot("jobs", {str(n): None for n in range(rows)}, total, True, fresh, 0, profile)  # type: ignore[misc]


def test_kinds_are_those_of_all_in_the_order_of_their_keys() -> None:
    fleet = make_fleet(
        make_member("a", kinds=("jobs",)), make_member("b", kinds=("services", "notebooks", "x"))
    )
    assert fleet.kinds == ("notebooks", "jobs", "services")
    assert [one.cloud.profile for one in fleet.find_with_kind("jobs")] == ["a"]


def test_a_kind_is_shown_only_where_there_is_one_also_to_later_profiles() -> None:
    a, b, late = (
        make_member("a", kinds=("jobs",)),
        make_member("b", kinds=("notebooks",)),
        make_member("late", kinds=("jobs",)),
    )
    fleet = make_fleet(a, b)
    fleet.show("jobs")
    assert ("show", "jobs") in a.pollers.calls
    assert ("show", None) in b.pollers.calls
    fleet.set_order(("a", "late", "b"))
    fleet.add("late", late)
    assert late.pollers.calls == [("show", "jobs")]
    assert [one.cloud.profile for one in fleet.members] == ["a", "late", "b"]
    fleet.trigger("jobs", {"late"})
    assert ("trigger", "jobs") in late.pollers.calls
    assert ("trigger", "jobs") not in a.pollers.calls


def test_profiles_that_come_and_go_are_found_by_their_kinds() -> None:
    a, b = make_member("a"), make_member("b")
    fleet = make_fleet(a, b)
    assert fleet.find_with_kind("jobs") == (a, b)
    fleet.set_order(("b", "a"))
    assert fleet.find_with_kind("jobs") == fleet.members == (b, a)
    fleet.remove("b")
    assert fleet.find_with_kind("jobs") == fleet.members == (a,)
    assert fleet.primary is a


def test_the_profile_that_was_not_named_is_known_by_its_name_once_it_is_open() -> None:
    fleet = OpenProfiles([""])
    assert fleet.is_opening
    fleet.add("", make_member("environment"))
    assert fleet.names == ("environment",)
    assert not fleet.is_opening


def test_the_overview_sums_and_promises_no_more_than_the_worst() -> None:
    gone = ConfigError("no answer")
    a = make_member("a", jobs=make_snapshot("a", rows=2, total=20, at=5.0))
    b = make_member("b", jobs=make_snapshot("b", rows=3, total=3, at=4.0))
    now = build_overview(make_fleet(a, b), JOBS)
    assert (now.known, now.total, now.counts[Phase.FAILED]) == (5, 23, 5)
    assert (now.freshness.fetched_at, now.whose) == (4.0, "b")
    b.pollers.snapshots["jobs"] = make_snapshot("b", rows=3, total=None, at=9.0, error=gone)
    now = build_overview(make_fleet(a, b), JOBS)
    assert (now.total, now.freshness.error, now.whose) == (None, gone, "b")
    triage = build_overview(make_fleet(a, b), TRIAGE)
    assert (triage.known, triage.freshness.error, triage.whose) == (0, gone, "b")
    assert triage.quiet.startswith("nothing wrong in 5 resources read so far")
    assert build_overview(make_fleet(a), JOBS).whose == ""


def test_one_that_could_not_be_opened_counts_as_the_worst() -> None:
    fleet = make_fleet(make_member("a", jobs=make_snapshot("a", rows=2)))
    fleet.set_order(("a", "lab"))
    fleet.failed["lab"] = ConfigError("no keys")
    now = build_overview(fleet, JOBS)
    assert (now.whose, now.freshness.error) == ("lab", fleet.failed["lab"])
    assert now.has_rows
    assert [(chip.name, chip.state) for chip in fleet.build_chips("jobs")] == [
        ("a", "open"),
        ("lab", "failed"),
    ]


def test_one_whose_polls_fail_shows_so_where_they_do() -> None:
    fleet = make_fleet(
        make_member("a", kinds=("jobs", "models"), jobs=make_snapshot("a", error=ConfigError("no"))),
        make_member("b"),
    )
    assert [chip.state for chip in fleet.build_chips("jobs")] == ["failed", "open"]
    assert [chip.state for chip in fleet.build_chips("models")] == ["open", "open"]
    assert [chip.state for chip in fleet.build_chips(None)] == ["failed", "open"]


def test_the_budget_is_that_of_the_one_nearest_its_limit() -> None:
    assert (
        make_fleet(make_member("a", used=7), make_member("b", used=90), make_member("c", used=8))
        .get_budget()
        .used
        == 90
    )


def test_each_has_a_colour_of_its_own_and_keeps_it() -> None:
    settings = {"c": SimpleNamespace(color=ASSIGNED[0])}
    a, b = make_member("a", settings=settings), make_member("b", colour="#ff8800", settings=settings)
    fleet = make_fleet(a, b)
    fleet.set_order(("a", "b", "c", "d"))
    before = {name: fleet.get_colour(name) for name in "abcd"}
    assert before["b"] == "#ff8800"
    assert before["c"] == ASSIGNED[0]
    fleet.remove("a")
    fleet.set_order(("d", "b"))
    assert fleet.get_colour("d") == before["d"]
    many = make_fleet(*(make_member(str(n)) for n in range(len(ASSIGNED))))
    assert len({many.get_colour(name) for name in many.names}) == len(ASSIGNED)


def test_the_palette_is_what_themes_have_and_red_is_not_given() -> None:
    assert TOKENS["profile"] == PALETTE
    assert pick_colour(ASSIGNED) in ASSIGNED
    assert "red" not in ASSIGNED


@pytest.mark.parametrize(("typed", "colour"), [("Red", "red"), ("#FF8800", "#ff8800")])
def test_a_colour_is_one_of_the_palette_or_rgb(typed: str, colour: str) -> None:
    assert check_colour(typed) == colour
    for wrong in ("pink", "#ff88", "red;", ""):
        with pytest.raises(ValueError, match="must be one of"):
            check_colour(wrong)

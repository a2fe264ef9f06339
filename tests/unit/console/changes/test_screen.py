"""From a change to its resource."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from matui.console.changes.screen import go_to_change
from matui.resources.model import Phase, Resource

CHANGE = Resource(
    "jobs", "c1", "train", "FAILED", Phase.FAILED, "modelarts", "prod", facts={"resource_id": "7"}
)


class View:
    """A view with one open profile that lists job 7."""

    def __init__(self, *, complete: bool = True) -> None:
        snapshot = SimpleNamespace(complete=complete, rows={"7": object()})
        pollers = SimpleNamespace(get_poller=lambda _kind: SimpleNamespace(snapshot=snapshot))
        member = SimpleNamespace(cloud=SimpleNamespace(kinds=("jobs",)), pollers=pollers)
        self.fleet: Any = SimpleNamespace(find_by_name={"prod": member}.get, build_prefix=lambda _profile: "")
        self.said: list[str] = []
        self.followed: list[tuple[str, str, str]] = []
        self.shown = self

    def show_notice(self, text: str, *, wrong: bool) -> None:
        assert wrong
        self.said.append(text)

    async def follow(self, key: tuple[str, str, str]) -> None:
        self.followed.append(key)


async def go(view: Any, change: Resource) -> None:
    await go_to_change(view, change)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (replace(CHANGE, profile="dev"), "Profile dev is not open; open it first: :profile dev"),
        (replace(CHANGE, kind="models"), "prod has no models here."),
        (replace(CHANGE, facts={"resource_id": "8"}), "train is not listed any more."),
    ],
)
async def test_the_reason_is_said_where_it_cannot_be_shown(change: Resource, text: str) -> None:
    view = View()
    await go(view, change)
    assert (view.said, view.followed) == ([text], [])


async def test_a_resource_is_followed_and_a_version_leads_to_its_job() -> None:
    view = View()
    await go(view, CHANGE)
    await go(view, replace(CHANGE, kind="versions", facts={"resource_id": "7/20001"}))
    assert view.followed == [("prod", "jobs", "7")] * 2


async def test_an_incomplete_list_proves_nothing() -> None:
    view = View(complete=False)
    await go(view, replace(CHANGE, facts={"resource_id": "8"}))
    assert view.followed == [("prod", "jobs", "8")]


async def test_nothing_happens_without_open_profiles() -> None:
    view = View()
    view.fleet = None
    await go(view, CHANGE)
    assert (view.said, view.followed) == ([], [])

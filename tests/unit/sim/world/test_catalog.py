"""Notebook flavors of the simulator."""

from __future__ import annotations

import pytest

from matui.sim.world.catalog import FLAVORS, PROFILES, Flavor


@pytest.mark.parametrize(
    ("flavor", "kind"),
    [(Flavor("a", 2, 8), "CPU"), (Flavor("a", 2, 8, gpu=1), "GPU"), (Flavor("a", 2, 8, ascend=1), "Ascend")],
)
def test_the_cards_decide_the_hardware_type(flavor: Flavor, kind: str) -> None:
    assert flavor.kind == kind


def test_there_is_a_flavor_for_each_profile() -> None:
    assert {profile.kind for profile in PROFILES.values()} <= {flavor.kind for flavor in FLAVORS.values()}


def test_one_flavor_is_sold_out() -> None:
    assert [flavor.name for flavor in FLAVORS.values() if flavor.sold_out] == ["modelarts.vm.gpu.t4"]

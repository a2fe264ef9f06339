"""The simulator's random values depend on their seed alone."""

from __future__ import annotations

import re

from matui.sim.world.random import derive_id, derive_noise, derive_uuid, make_random


def test_equal_parts_give_equal_values() -> None:
    assert make_random(7, "jobs").random() == make_random(7, "jobs").random()
    assert make_random(7, "jobs").random() != make_random(8, "jobs").random()
    assert derive_id("job", 1) == derive_id("job", 1)
    assert derive_id("job", 1) != derive_id("job", 2)


def test_identifiers_have_the_clouds_format() -> None:
    assert re.fullmatch("[0-9a-f]{32}", derive_id("job", 1))
    assert re.fullmatch("[0-9a-f]{12}", derive_id("job", 1, digits=12))
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", derive_uuid("job", 1))


def test_lone_surrogates_have_an_identifier_too() -> None:
    assert len(derive_id("\udcff")) == 32


def test_noise_is_spread_over_zero_to_one() -> None:
    noise = [derive_noise(3, index) for index in range(1000)]
    assert all(0 <= value < 1 for value in noise)
    assert 0.45 < sum(noise) / len(noise) < 0.55

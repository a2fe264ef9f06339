"""Catalogs are found by name; samples of the cloud cannot be deleted."""

from __future__ import annotations

import pytest

from matui.base.errors import UsageError
from matui.resources.kinds.configs import CATALOGS, CONFIGS, Choice, find_catalog, map_choice
from matui.resources.model import Phase, Resource


def test_a_catalog_is_found_by_singular_and_plural() -> None:
    assert find_catalog("Flavor") is find_catalog("flavors") is CATALOGS["flavors"]
    with pytest.raises(UsageError, match="flavors"):
        find_catalog("x")


def test_a_choice_that_is_unavailable_has_its_reason_as_status() -> None:
    sold_out = map_choice("flavors", Choice("a", "", "", "sold out"), cloud="modelarts", profile="p")
    assert (sold_out.status, sold_out.phase, sold_out.name) == ("sold out", Phase.DEGRADED, "a")


def test_a_sample_cannot_be_deleted() -> None:
    delete = CONFIGS.find_action("delete")
    assert delete is not None
    sample = Resource("configs", "1", "c", "", Phase.UNKNOWN, "modelarts", "p", facts={"type": "sample"})
    assert delete.why_not(sample) == "it is a sample of the cloud's"

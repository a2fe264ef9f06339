"""The simulator's store keeps resources by id and removes them when due."""

from __future__ import annotations

from matui.sim.world.state import Store


def test_rows_stay_in_order_of_addition() -> None:
    store: Store[str] = Store()
    store.add("b", "second")
    store.add("a", "first")
    assert list(store) == ["second", "first"]
    assert len(store) == 2
    assert store.get("a") == "first"
    assert store.get("c") is None


def test_each_change_of_rows_raises_the_revision() -> None:
    store: Store[str] = Store()
    store.add("a", "row")
    assert store.revision == 1
    store.remove("missing")
    assert store.revision == 1
    store.remove("a")
    assert store.revision == 2


def test_a_removal_waits_until_it_is_due() -> None:
    store: Store[str] = Store()
    store.add("a", "row")
    store.remove_at("a", 1000)
    store.remove_due(999)
    assert store.get("a") == "row"
    store.remove_due(1000)
    assert store.get("a") is None

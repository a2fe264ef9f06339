"""The oldest entries go beyond a number."""

from __future__ import annotations

from matui.base.bounded import drop_oldest


def test_the_entries_added_first_are_dropped() -> None:
    kept = dict.fromkeys("abcd")
    drop_oldest(kept, 2)
    assert list(kept) == ["c", "d"]
    drop_oldest(kept, 2)
    assert list(kept) == ["c", "d"]

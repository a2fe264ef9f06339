"""The orders and filters of the tables are kept from run to run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from matui.console.shown_profiles import ArrangementKeeper


class Tables:
    """Tables with an arrangement."""

    def __init__(self) -> None:
        self.now: dict[str, Any] = {"jobs": ["age", False, ""]}
        self.restored: object = None

    def export_arrangement(self) -> dict[str, Any]:
        return dict(self.now)

    def restore(self, kept: object) -> None:
        self.restored = kept


def make_keeper() -> tuple[ArrangementKeeper, Tables, list[tuple[str, Any]]]:
    kept: list[tuple[str, Any]] = []
    state = SimpleNamespace(file={"tables": "kept"}, keep=lambda name, value: kept.append((name, value)))
    application: Any = SimpleNamespace(kept=state)
    tables: Any = Tables()
    return ArrangementKeeper(application, tables), tables, kept


def test_only_a_change_is_written() -> None:
    arrangement, tables, kept = make_keeper()
    arrangement.keep()
    arrangement.keep()
    assert kept == []
    tables.now["jobs"] = ["name", True, "bert"]
    arrangement.keep()
    arrangement.keep()
    assert kept == [("tables", tables.now)]


def test_what_was_kept_is_restored() -> None:
    arrangement, tables, _kept = make_keeper()
    arrangement.restore()
    assert tables.restored == "kept"

"""The orders and filters of the tables are kept from run to run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from matui.console.table.arrangement import ArrangementKeeper


class Tables:
    """Tables with an arrangement."""

    def __init__(self) -> None:
        self.now: dict[str, Any] = {"jobs": ["age", False, ""]}
        self.restored: object = None

    def arrangement(self) -> dict[str, Any]:
        return dict(self.now)

    def restore(self, kept: object) -> None:
        self.restored = kept


def keeper(*, demo: bool = False) -> tuple[ArrangementKeeper, Tables, list[tuple[str, Any]]]:
    kept: list[tuple[str, Any]] = []
    memory = {"tables": "live", "demo tables": "demo"}
    application: Any = SimpleNamespace(
        options=SimpleNamespace(demo=demo), memory=memory, keep=lambda name, value: kept.append((name, value))
    )
    tables: Any = Tables()
    return ArrangementKeeper(application, tables), tables, kept


def test_only_a_change_is_written() -> None:
    arrangement, tables, kept = keeper()
    arrangement.keep()
    arrangement.keep()
    assert kept == []
    tables.now["jobs"] = ["name", True, "bert"]
    arrangement.keep()
    arrangement.keep()
    assert kept == [("tables", tables.now)]


def test_the_demo_is_kept_apart() -> None:
    for demo, expected in ((False, "live"), (True, "demo")):
        arrangement, tables, _kept = keeper(demo=demo)
        arrangement.restore()
        assert tables.restored == expected

"""A comparison: differences, stages, errors and last values; its JSON and its rows."""

from __future__ import annotations

from matui.live.compare.comparison import Side, compare
from matui.live.compare.text import comparison_as_json, comparison_rows
from matui.live.why.first_error import FirstError
from matui.resources.model import Phase, RawPage, RawRecord, Resource
from matui.signals.names import Value
from matui.signals.reading import LineReading
from matui.signals.series import SignalLog


def side(name: str, rate: float, losses: list[float], error: FirstError | None = None) -> Side:
    record = {"parameter": [{"label": "lr", "value": rate}], "core": 8, "start_time": 61_000}
    resource = Resource(
        "versions",
        f"7/{name}",
        name,
        "JOBSTAT_COMPLETED",
        Phase.DONE,
        "modelarts",
        "prod",
        created_at=1_000,
        duration_ms=90_000,
        raw=RawRecord(RawPage(b"", lambda _body: record)),
    )
    log = SignalLog()
    for step, loss in enumerate(losses, 1):
        log.add(LineReading((Value("loss", loss),), step, 9), 1000.0 * step, step)
    return Side(resource, error, log if losses else None)


FOUND = compare(
    side("V1", 0.1, [3.0, 2.0]), side("V2", 0.2, [], FirstError("a.log", 7, 5000.0, "Traceback", "OOM"))
)


def test_what_differs_and_how_much_is_equal() -> None:
    assert [tuple(one) for one in FOUND.differs] == [("parameter.lr", "0.1", "0.2")]
    assert FOUND.equal == 1
    assert [tuple(stage) for stage in FOUND.stages] == [
        ("status", "COMPLETED", "COMPLETED"),
        ("waited", "1m00s", "1m00s"),
        ("ran", "1m30s", "1m30s"),
    ]


def test_the_json_has_every_part() -> None:
    tree = comparison_as_json(FOUND)
    assert set(tree) == {"a", "b", "differs", "equal", "stages", "first_error", "series"}
    assert tree["differs"] == [{"path": "parameter.lr", "a": "0.1", "b": "0.2"}]
    assert tree["first_error"] == {
        "a": None,
        "b": {"file": "a.log", "line": 7, "at": "1970-01-01T00:00:05Z", "text": "Traceback"},
    }
    assert tree["series"] == [{"name": "loss", "a": [[1, 1000.0, 3.0], [2, 2000.0, 2.0]], "b": None}]


def test_rows_are_grouped_and_say_what_is_missing() -> None:
    rows = {row.name: (row.a, row.b) for row in comparison_rows(FOUND)}
    assert rows["in the log"] == ("none", "a.log:7: OOM")
    assert rows["step"] == ("2/9", "–")
    assert rows["loss"] == ("2", "–")
    assert "Settings: 1 differ, 1 equal" in rows

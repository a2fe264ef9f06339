"""A comparison: differences, stages, errors and last values; its JSON and its rows."""

from __future__ import annotations

from matui.live.compare.comparison import (
    Side,
    build_rows,
    build_sort_key,
    compare,
    read_settings,
    serialize_comparison,
)
from matui.live.why.first_error import FirstError
from matui.resources.model import Phase, RawPage, RawRecord, Resource
from matui.signals.names import Value
from matui.signals.progress import LineReading
from matui.signals.series import SignalLog


def make_side(name: str, rate: float, losses: list[float], error: FirstError | None = None) -> Side:
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
    make_side("V1", 0.1, [3.0, 2.0]),
    make_side("V2", 0.2, [], FirstError("a.log", 7, 5000.0, "Traceback", "OOM")),
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
    tree = serialize_comparison(FOUND)
    assert set(tree) == {"a", "b", "differs", "equal", "stages", "first_error", "series"}
    assert tree["differs"] == [{"path": "parameter.lr", "a": "0.1", "b": "0.2"}]
    assert tree["first_error"] == {
        "a": None,
        "b": {"file": "a.log", "line": 7, "at": "1970-01-01T00:00:05Z", "text": "Traceback"},
    }
    assert tree["series"] == [{"name": "loss", "a": [[1, 1000.0, 3.0], [2, 2000.0, 2.0]], "b": None}]


def test_rows_are_grouped_and_say_what_is_missing() -> None:
    rows = {row.name: (row.a, row.b) for row in build_rows(FOUND)}
    assert rows["in the log"] == ("none", "a.log:7: OOM")
    assert rows["step"] == ("2/9", "–")
    assert rows["loss"] == ("2", "–")
    assert "Settings: 1 differ, 1 equal" in rows


def map_texts(record: object) -> dict[str, str]:
    return {path: text for path, (_value, text) in read_settings(record).items()}


def test_lists_of_named_values_are_settings_by_name() -> None:
    record = {
        "parameter": [{"label": "lr", "value": 0.1}, {"label": "batch", "value": "32"}],
        "spec": {"resource": {"flavor_id": "p3.8x"}},
        "volumes": [],
        "nas_type": None,
        "data_source": [{"type": "obs", "data_url": "/data/"}],
    }
    assert map_texts(record) == {
        "parameter.lr": "0.1",
        "parameter.batch": "32",
        "spec.resource.flavor_id": "p3.8x",
        "data_source.type": "obs",
        "data_source.data_url": "/data/",
    }


def test_what_is_no_setting_is_left_out() -> None:
    record = {
        "job_id": 1,
        "status": 8,
        "create_time": 5,
        "duration": 7,
        "system_metric_list": "{}",
        "core": 8,
    }
    assert map_texts(record) == {"core": "8"}


def test_the_name_and_identity_of_a_v2_job_are_no_settings() -> None:
    metadata = {
        "id": "6f9",
        "uid": "u",
        "name": "bert-2",
        "create_time": 5,
        "creationTimestamp": "2026-01-01",
    }
    record = {
        "metadata": metadata | {"description": "larger rate"},
        "algorithm": {"engine": {"name": "torch"}},
    }
    assert map_texts(record) == {"metadata.description": "larger rate", "algorithm.engine.name": "torch"}


def test_json_in_a_string_is_read() -> None:
    assert map_texts({"config": '{"a": {"b": 1}}', "text": "[not json"}) == {
        "config.a.b": "1",
        "text": "[not json",
    }


def test_secrets_are_compared_and_not_shown() -> None:
    one = read_settings({"environments": {"WANDB_API_KEY": "abcdef123456", "EPOCHS": "3"}})
    two = read_settings({"environments": {"WANDB_API_KEY": "zzzzzz999999", "EPOCHS": "3"}})
    path = "environments.WANDB_API_KEY"
    assert one[path] != two[path]
    assert one[path][1] == two[path][1] == "***"
    assert one["environments.EPOCHS"] == two["environments.EPOCHS"] == ("3", "3")


def test_parameters_come_first() -> None:
    paths = ["train_url", "engine_name", "parameter.lr", "spec_id"]
    assert sorted(paths, key=build_sort_key) == ["parameter.lr", "engine_name", "spec_id", "train_url"]

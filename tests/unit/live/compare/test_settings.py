"""Settings: a record flattened to paths, named values by their name, secrets masked, identities left out."""

from __future__ import annotations

from matui.live.compare.settings import order_of, settings_of


def shown(record: object) -> dict[str, str]:
    return {path: text for path, (_value, text) in settings_of(record).items()}


def test_lists_of_named_values_are_settings_by_name() -> None:
    record = {
        "parameter": [{"label": "lr", "value": 0.1}, {"label": "batch", "value": "32"}],
        "spec": {"resource": {"flavor_id": "p3.8x"}},
        "volumes": [],
        "nas_type": None,
        "data_source": [{"type": "obs", "data_url": "/data/"}],
    }
    assert shown(record) == {
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
    assert shown(record) == {"core": "8"}


def test_json_in_a_string_is_read() -> None:
    assert shown({"config": '{"a": {"b": 1}}', "text": "[not json"}) == {
        "config.a.b": "1",
        "text": "[not json",
    }


def test_secrets_are_compared_and_not_shown() -> None:
    one = settings_of({"environments": {"WANDB_API_KEY": "abcdef123456", "EPOCHS": "3"}})
    two = settings_of({"environments": {"WANDB_API_KEY": "zzzzzz999999", "EPOCHS": "3"}})
    path = "environments.WANDB_API_KEY"
    assert one[path] != two[path]
    assert one[path][1] == two[path][1] == "***"
    assert one["environments.EPOCHS"] == two["environments.EPOCHS"] == ("3", "3")


def test_parameters_come_first() -> None:
    paths = ["train_url", "engine_name", "parameter.lr", "spec_id"]
    assert sorted(paths, key=order_of) == ["parameter.lr", "engine_name", "spec_id", "train_url"]

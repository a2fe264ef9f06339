"""The simulator's validation of a training job's configuration."""

from __future__ import annotations

from typing import Any

import pytest

from matui.sim.modelarts_v1.configs import check_job_config
from matui.sim.server.requests import CHAPTERS, ApiError, Fields
from matui.sim.world.catalog import ENGINES, SPECS

SPEC = next(number for number, spec in SPECS.items() if not spec.sold_out)
SOLD_OUT = next(number for number, spec in SPECS.items() if spec.sold_out)
GOOD: dict[str, Any] = {
    "worker_server_num": 1,
    "spec_id": SPEC,
    "app_url": "/b/code/",
    "boot_file_url": "/b/code/train.py",
    "engine_id": next(iter(ENGINES)),
    "data_url": "/b/data/",
}


def make_fields(**changes: Any) -> Fields:
    config = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return Fields(config, CHAPTERS["5"])


def test_a_whole_configuration_is_returned() -> None:
    assert check_job_config(make_fields()) == GOOD


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"boot_file_url": "/other/train.py"}, "boot_file_url"),
        ({"dataset_id": "d"}, "together"),
        ({"data_source": [{"type": "obs", "data_url": "/b/"}]}, "Only one"),
        ({"data_url": None}, "must exist"),
        ({"spec_id": 999_999}, "spec_id is invalid"),
        ({"spec_id": SOLD_OUT}, "sold out"),
        ({"engine_id": 999_999}, "engine_id is invalid"),
        ({"parameter": [{"label": "lr"}]}, "label and a value"),
        ({"volumes": [{"nfs": {}, "host_path": {}}]}, "either nfs or host_path"),
    ],
)
def test_a_wrong_configuration_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError, match=message):
        check_job_config(make_fields(**changes))


def test_an_update_may_leave_out_what_is_mandatory() -> None:
    assert check_job_config(Fields({"data_url": "/b/"}, CHAPTERS["5"]), whole=False) == {"data_url": "/b/"}

"""An unknown region is warned about with the nearest name."""

from __future__ import annotations

import pytest

from matui.config.regions import describe_unknown_region
from matui.config.settings import Profile


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"region": "cn-north-4"}, ""),
        ({"region": "cn-nort-4"}, "Did you mean cn-north-4?"),
        ({"region": "CN-NORTH-4"}, "Did you mean cn-north-4?"),
        ({"region": "mars"}, "the region mars is not a known region of ModelArts."),
        ({"region": "mars", "endpoint": "https://modelarts.mars.example"}, ""),
        ({"region": "cn-hangzhou", "cloud": "opensearch"}, ""),
        ({}, ""),
    ],
)
def test_a_region_that_the_sdk_does_not_list(fields: dict[str, str], warning: str) -> None:
    said = describe_unknown_region(Profile.model_validate({"name": "p", **fields}))
    assert said.endswith(warning)
    assert bool(said) is bool(warning)

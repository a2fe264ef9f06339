"""Which API a request and a reported limit are about."""

from __future__ import annotations

import pytest

from matui.clouds.http.learned_limit import api_key, is_of_one_api


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/v1/0123456789abcdef0123456789abcdef/training-jobs", "GET v1 {} training-jobs"),
        ("/v1/p1/training-jobs/42/versions/7/aom-log", "GET v1 {} training-jobs {} versions {} aom-log"),
        ("/v2/p1/training-jobs/0b1c2d3e-aaaa-bbbb-cccc-000000000001", "GET v2 {} training-jobs {}"),
    ],
)
def test_requests_that_differ_by_ids_are_of_one_api(path: str, key: str) -> None:
    assert api_key("GET", path) == key


def test_the_policy_tells_whether_one_api_is_meant() -> None:
    assert is_of_one_api("threshold has been reached: policy api over ratelimit,limit:1,time:1 day")
    assert not is_of_one_api("policy user over ratelimit,limit:1,time:1 day")

"""The table of the clouds beside ModelArts: complete, and the address of each region."""

from __future__ import annotations

from typing import get_args

import pytest

from matui.cli.group import CLOUDS
from matui.clouds.peer_factory import PEERS, get_peer_endpoint
from matui.config.settings import CloudName, Profile

CLOUD_NAMES = get_args(CloudName)


def test_each_cloud_has_an_entry_and_a_line_of_help() -> None:
    assert {"modelarts", *PEERS} == set(CLOUD_NAMES) == set(CLOUDS)


@pytest.mark.parametrize("cloud", PEERS)
def test_doctor_has_a_permission_to_name(cloud: str) -> None:
    assert PEERS[cloud].permission


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"cloud": "qianfan"}, "https://qianfan.baidubce.com"),
        ({"cloud": "opensearch", "region": "cn-beijing"}, "https://opensearch.cn-beijing.aliyuncs.com"),
        ({"cloud": "opensearch", "region": "cn-beijing", "endpoint": "https://os.lan"}, "https://os.lan"),
    ],
)
def test_the_address_is_the_profiles_own_or_that_of_its_region(fields: dict[str, str], address: str) -> None:
    assert get_peer_endpoint(Profile(name="lab", **fields)) == address

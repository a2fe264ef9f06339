"""The simulator's own verifier, against signatures made by the official signer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request

from matui.sim.server.auth import SimAuth, TemporaryKey, verify
from matui.sim.server.requests import ApiError

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "huawei-signing.json").read_text("utf-8"))[
    "vectors"
]
EACH = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))


def make_auth(vector: dict[str, Any]) -> SimAuth:
    if vector["security_token"]:
        key = TemporaryKey(vector["sk"], vector["security_token"], 9e9)
        return SimAuth(temporary={vector["ak"]: key})
    return SimAuth(keys={vector["ak"]: vector["sk"]})


def request_of(vector: dict[str, Any], **changed: str) -> Request:
    url = urlsplit(vector["url"])
    headers = {name.lower(): str(value) for name, value in vector["headers_out"].items()}
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    scope = {
        "type": "http",
        "method": vector["method"],
        "path": url.path,
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    return Request(scope)


def parse_moment(vector: dict[str, Any]) -> float:
    return datetime.strptime(vector["date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()


@EACH
def test_an_official_signature_is_good_within_fifteen_minutes(vector: dict[str, Any]) -> None:
    payload, now = vector["body"].encode(), parse_moment(vector)
    for late in (-900, 0, 900):
        assert verify(make_auth(vector).find_secret, request_of(vector), payload, now + late) == ""
    for late in (-901, 901):
        assert (
            verify(make_auth(vector).find_secret, request_of(vector), payload, now + late)
            == "timestamp expired"
        )


@EACH
def test_a_changed_request_is_not_good(vector: dict[str, Any]) -> None:
    auth, now = make_auth(vector), parse_moment(vector)
    assert verify(auth.find_secret, request_of(vector, host="elsewhere"), vector["body"].encode(), now)
    if vector["name"] != "non_json_content_type":
        assert verify(auth.find_secret, request_of(vector), vector["body"].encode() + b" ", now)
    if vector["security_token"]:
        with pytest.raises(ApiError):
            verify(
                auth.find_secret, request_of(vector, x_security_token="other"), vector["body"].encode(), now
            )

"""The signer of Alibaba's cloud against recorded vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from matui.clouds.http.messages import encode_query, quote_segment
from matui.clouds.opensearch.auth import (
    build_authorization,
    build_canonical_request,
    hash_body,
    select_names_to_sign,
    sign,
)
from matui.clouds.peer_cloud import AccessKey, format_signing_date

VECTORS = json.loads((Path(__file__).parent / "data" / "acs3-signing.json").read_text("utf-8"))["vectors"]


def _make_target(vector: dict[str, Any]) -> str:
    query = encode_query((vector["query"] or {}).items())
    return f"{vector['path']}?{query}" if query else vector["path"]


@pytest.mark.parametrize(
    "target", [_make_target, lambda v: v["url"].split("aliyuncs.com")[1]], ids=["ours", "sdk"]
)
@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_every_vector_is_reproduced(vector: dict[str, Any], target: Any) -> None:
    headers = vector["headers"]
    names = select_names_to_sign(headers)
    assert hash_body((vector["body"] or "").encode()) == headers["x-acs-content-sha256"]
    assert (
        build_canonical_request(vector["method"], target(vector), headers, names)
        == (vector["expected_canonical_request"])
    )
    made = build_authorization(
        vector["method"], target(vector), headers, names, ak=vector["ak"], sk=vector["sk"]
    )
    assert made == vector["expected_authorization"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_a_request_carries_what_the_vector_carries(vector: dict[str, Any]) -> None:
    kind = {"content-type": vector["headers"].get("content-type", "application/json")}
    base = {"user-agent": "matui-test/1.0", "accept": "application/json"}
    extra = {name: vector["headers"][name] for name in ("x-acs-action", "x-acs-credentials-provider")}
    request = httpx.Request(
        vector["method"],
        f"https://{vector['host']}{_make_target(vector)}",
        content=(vector["body"] or "").encode(),
        headers=base | kind | extra,
    )
    key = AccessKey(vector["ak"], vector["sk"], vector["security_token"] or "")
    sign(request, key, 1704164645, vector["nonce"])
    assert format_signing_date(1704164645) == vector["date"]
    assert request.headers["authorization"] == vector["expected_authorization"]


def test_an_id_in_a_path_is_encoded_as_the_official_client_does() -> None:
    vector = next(v for v in VECTORS if v["name"] == "get_instance_path_escaping_sts")
    app, instance = quote_segment("应用 a~b/1"), quote_segment("i*n(1)")
    path = f"/v4/openapi/app-groups/{app}/functions/ctr/instances/{instance}"
    assert path == vector["path"]

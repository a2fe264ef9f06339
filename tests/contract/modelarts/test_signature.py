"""The pure signer against recorded vectors, and against the vendor's own signer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matui.clouds.http.messages import encode_path, encode_query
from matui.clouds.modelarts.auth.signature import (
    build_canonical_request,
    build_string_to_sign,
    hash_payload,
    sign,
    sign_headers,
)
from matui.clouds.peer_cloud import AccessKey

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "huawei-signing.json").read_text("utf-8"))[
    "vectors"
]
AK, SK = "TESTAKTESTAKTESTAK01", "testsk0123456789testsk0123456789testsk01"


def _list_pairs(query: list[Any]) -> list[tuple[str, str]]:
    return [
        (key, str(one).lower() if isinstance(one, bool) else str(one))
        for key, value in query
        for one in (value if isinstance(value, list) else [value])
    ]


def _make_headers(vector: dict[str, Any]) -> dict[str, str]:
    headers = dict(vector["headers_in"])
    if vector["project_id"]:
        headers["X-Project-Id"] = vector["project_id"]
    if vector["security_token"]:
        headers["X-Security-Token"] = vector["security_token"]
    return {**headers, "Host": vector["host"]}


def _make_target(vector: dict[str, Any]) -> str:
    query = encode_query(_list_pairs(vector["query"]))
    return f"{vector['path']}?{query}" if query else vector["path"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_every_vector_is_reproduced(vector: dict[str, Any]) -> None:
    added = sign_headers(
        vector["method"],
        _make_target(vector),
        _make_headers(vector),
        vector["body"].encode(),
        ak=vector["ak"],
        sk=vector["sk"],
    )
    assert added["Authorization"] == vector["expected_authorization"]
    assert added.get("X-Sdk-Content-Sha256") == vector["headers_out"].get("X-Sdk-Content-Sha256")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_every_canonical_request_and_string_to_sign_is_reproduced(vector: dict[str, Any]) -> None:
    headers = {name.lower(): value.strip() for name, value in vector["headers_out"].items()}
    names = vector["expected_signed_headers"].split(";")
    body_hash = hash_payload(headers, vector["body"].encode())
    canonical = build_canonical_request(vector["method"], _make_target(vector), headers, names, body_hash)
    assert canonical == vector["expected_canonical_request"]
    assert build_string_to_sign(vector["date"], canonical) == vector["expected_string_to_sign"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_the_query_sent_is_the_query_signed(vector: dict[str, Any]) -> None:
    sent = encode_query(_list_pairs(vector["query"]))
    assert vector["url"].partition("?")[2] == sent
    assert httpx.URL(f"https://{vector['host']}/x?{sent}").query.decode() == sent


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_SEGMENT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="?#"), max_size=10)
_QUERY = st.lists(st.tuples(_TEXT, _TEXT), max_size=5)


def _sign_officially(method: str, host: str, target: str, headers: dict[str, str], body: bytes) -> str:
    from urllib.parse import unquote

    from huaweicloudsdkcore.auth.credentials import BasicCredentials
    from huaweicloudsdkcore.sdk_request import SdkRequest
    from huaweicloudsdkcore.signer.signer import Signer

    path, _, query = target.partition("?")
    pairs = [(unquote(k), unquote(v)) for k, _, v in (p.partition("=") for p in query.split("&") if p)]
    request = SdkRequest(
        method=method,
        schema="https",
        host=host,
        resource_path=path,
        query_params=pairs,
        header_params=dict(headers),
        body=body,
    )
    signed = Signer(BasicCredentials(AK, SK, "p")).sign(request)
    return str(signed.header_params["Authorization"])


@settings(max_examples=150)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    segments=st.lists(_SEGMENT, max_size=4),
    query=_QUERY,
    body=st.binary(max_size=40),
    token=st.one_of(st.just(""), st.text("abcXYZ012+/=", min_size=1, max_size=20)),
    now=st.integers(0, 4_000_000_000),
)
def test_what_httpx_sends_is_what_the_official_signer_would_sign(
    method: str, segments: list[str], query: list[tuple[str, str]], body: bytes, token: str, now: int
) -> None:
    path = "/v1/" + "/".join(s for s in segments if s not in (".", ".."))
    request = httpx.Request(
        method,
        "https://modelarts.cn-north-4.myhuaweicloud.com" + encode_path(path, query),
        content=body,
        headers={"Content-Type": "application/json", "X-Project-Id": "p1"},
    )
    sign(request, AccessKey(AK, SK, token), now)
    signed_names = request.headers["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    sent = {name: request.headers[name] for name in signed_names}
    target = request.url.raw_path.decode("ascii")
    assert request.headers["Authorization"] == _sign_officially(
        method, request.headers["host"], target, sent, request.content
    )


def test_a_request_signed_twice_has_one_signature() -> None:
    request = httpx.Request("GET", "https://h.example/v1/p/x")
    sign(request, AccessKey(AK, SK), 1_600_000_000)
    first = request.headers["Authorization"]
    sign(request, AccessKey(AK, SK), 1_600_000_000)
    assert request.headers.get_list("Authorization") == [first]


def test_a_changed_body_changes_the_signature() -> None:
    def signature(body: bytes) -> str:
        request = httpx.Request("POST", "https://h.example/v1/p/x", content=body)
        sign(request, AccessKey(AK, SK), 1_600_000_000)
        return str(request.headers["Authorization"])

    assert signature(b'{"a":1}') != signature(b'{"a":2}')

"""The signer of Baidu's cloud against recorded vectors, and against the vendor's own signer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matui.clouds.http.messages import encode_path, encode_query
from matui.clouds.peer_cloud import AccessKey, format_signing_date
from matui.clouds.qianfan.auth import (
    build_authorization,
    build_canonical_request,
    build_prefix,
    derive_signing_key,
    sign,
)

VECTORS = json.loads((Path(__file__).parent / "data" / "bce-signing.json").read_text("utf-8"))["vectors"]
AK, SK = "TESTAKTESTAKTESTAK01", "testsk0123456789testsk0123456789"


def _make_target(vector: dict[str, Any]) -> str:
    query = encode_query(vector["query"].items())
    return f"{vector['path']}?{query}" if query else vector["path"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_every_vector_is_reproduced(vector: dict[str, Any]) -> None:
    prefix = build_prefix(vector["ak"], vector["date"], vector["expiration_seconds"])
    assert prefix == vector["expected_auth_string_prefix"]
    assert derive_signing_key(prefix, vector["sk"]) == vector["expected_signing_key_hex"]
    parts = (vector["method"], _make_target(vector), vector["headers_in"], vector["headers_to_sign"])
    assert build_canonical_request(*parts) == vector["expected_canonical_request"]
    assert format_signing_date(vector["timestamp"]) == vector["date"]
    made = build_authorization(
        *parts,
        ak=vector["ak"],
        sk=vector["sk"],
        date=vector["date"],
        valid_s=vector["expiration_seconds"],
    )
    assert made == vector["expected_authorization"]


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@settings(max_examples=100)
@given(
    query=st.dictionaries(_TEXT.filter(lambda t: t.lower() != "authorization"), _TEXT, max_size=4),
    token=st.sampled_from(["", "abc+/=="]),
    now=st.integers(1, 4_000_000_000),
)
def test_what_httpx_sends_is_what_the_official_signer_would_sign(
    query: dict[str, str], token: str, now: int
) -> None:
    from baidubce.auth import bce_v1_signer
    from baidubce.auth.bce_credentials import BceCredentials

    url = "https://qianfan.baidubce.com:8443" + encode_path("/v2/finetuning", query.items())
    request = httpx.Request("POST", url, content=b"{}", headers={"Content-Type": "application/json"})
    sign(request, AccessKey(AK, SK, token), now)
    names = request.headers["authorization"].split("/")[4].split(";")
    sent = {name.encode(): request.headers[name].encode() for name in names}
    params = {key.encode(): value.encode() for key, value in query.items()}
    official = bce_v1_signer.sign(
        BceCredentials(AK, SK), b"POST", b"/v2/finetuning", sent, params, now, 1800, list(sent)
    )
    assert request.headers["authorization"] == official.decode()
    assert ("x-bce-security-token" in names) is bool(token)

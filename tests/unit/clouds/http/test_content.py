"""Bodies are counted while they are decompressed; a body compressed twice is refused."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import httpx
import pytest

from matui.base.errors import BadAnswerError
from matui.clouds.http.content import read_body


class _Raw(httpx.AsyncByteStream):
    def __init__(self, data: bytes) -> None:
        self.data = data

    async def __aiter__(self):
        for at in range(0, len(self.data), 1000):
            yield self.data[at : at + 1000]


def _make_response(data: bytes, coding: str) -> httpx.Response:
    headers = {"x-request-id": "r"} | ({"content-encoding": coding} if coding else {})
    return httpx.Response(200, headers=headers, stream=_Raw(data))


def _deflate_raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


BODY = b'{"jobs": []}' * 500


PACK = {
    "": bytes,
    "identity": bytes,
    "utf-8": bytes,
    "gzip": gzip.compress,
    "X-GZip": gzip.compress,
    "gzip ": lambda body: gzip.compress(body[:7]) + gzip.compress(body[7:]),
    "deflate": zlib.compress,
    "Deflate": _deflate_raw,
    "identity, gzip": gzip.compress,
}


@pytest.mark.parametrize("coding", PACK)
async def test_a_body_is_read_whatever_its_coding(coding: str) -> None:
    assert await read_body(_make_response(PACK[coding](BODY), coding), 10_000) == BODY


@pytest.mark.parametrize("coding", ["", "identity", "utf-8"])
async def test_gzip_without_its_header_is_read(coding: str) -> None:
    assert await read_body(_make_response(gzip.compress(BODY), coding), 10_000) == BODY


@pytest.mark.parametrize("left", [1, 8, 12, 20])
@pytest.mark.parametrize("coding", ["", "gzip", "deflate"])
async def test_a_compressed_body_without_its_end_is_named_as_cut_short(coding: str, left: int) -> None:
    packed = zlib.compress(BODY) if coding == "deflate" else gzip.compress(BODY)
    with pytest.raises(BadAnswerError, match="cut short") as caught:
        await read_body(_make_response(packed[:-left], coding), 10_000)
    assert (caught.value.status, caught.value.request_id) == (200, "r")


async def test_a_body_that_is_not_compressed_as_stated_is_named_with_its_status() -> None:
    with pytest.raises(BadAnswerError, match="says that it is compressed") as caught:
        await read_body(_make_response(BODY, "gzip"), 10_000)
    assert (caught.value.status, caught.value.request_id) == (200, "r")


async def test_an_empty_body_is_not_cut_short() -> None:
    assert await read_body(_make_response(b"", "gzip"), 10_000) == b""


@pytest.mark.parametrize("coding", ["gzip, gzip", "deflate, gzip", "gzip,br", "br", "zstd"])
async def test_several_codings_and_unknown_ones_are_refused(coding: str) -> None:
    with pytest.raises(BadAnswerError, match="compressed"):
        await read_body(_make_response(gzip.compress(gzip.compress(BODY)), coding), 10_000)


@pytest.mark.parametrize("coding", ["", "gzip", "deflate"])
async def test_a_body_above_the_limit_is_refused(coding: str) -> None:
    packed = {"": BODY, "gzip": gzip.compress(BODY), "deflate": zlib.compress(BODY)}[coding]
    with pytest.raises(BadAnswerError, match="larger than"):
        await read_body(_make_response(packed, coding), len(BODY) - 1)


async def test_a_bomb_takes_no_more_memory_than_the_limit() -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    tracemalloc.start()
    with pytest.raises(BadAnswerError, match="larger than"):
        await read_body(_make_response(bomb, "gzip"), 1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000

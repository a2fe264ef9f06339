"""Reads the body of a response, with a limit that holds while it is decompressed."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable, Callable

import httpx

from matui.base.errors import BadAnswerError, CloudError
from matui.clouds.http.error_bodies import clean_line
from matui.clouds.http.network_errors import build_size_error

_GZIP = zlib.MAX_WBITS | 16
_GZIP_MAGIC = b"\x1f\x8b"
_MEMBERS = ("gzip", "x-gzip")
_READ = ("gzip", "x-gzip", "deflate")
_CODINGS = (*_READ, "br", "zstd", "compress", "x-compress")  # some servers name charsets there


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """Return the decoded body. Raises BadAnswerError for one above ``limit`` bytes, coded or decoded.

    Content-Encoding may be gzip or deflate, once: each further coding multiplies what a few bytes expand to.
    gzip is read without the header too, as proxies may drop it. A compressed body without its end is refused.
    """
    names = response.headers.get("content-encoding", "").split(",")
    codings = [name for name in (name.strip().lower() for name in names) if name in _CODINGS]

    def request_id() -> str:
        return clean_line(response.headers.get("x-request-id", ""))

    def refuse(sentence: str) -> BadAnswerError:
        remedy = "Where it stays so, check what proxies in between do to answers."
        return BadAnswerError(sentence, request_id=request_id(), status=response.status_code, remedy=remedy)

    def refuse_size() -> CloudError:
        return build_size_error(limit, request_id())

    decoder = _Decoder(codings, limit, refuse_size, refuse)
    raw = 0
    parts: list[bytes] = []
    stream = response.stream
    assert isinstance(stream, AsyncIterable)  # noqa: S101  an async client has no other
    async for part in stream:
        raw += len(part)
        if raw > limit:
            raise refuse_size()
        parts.extend(decoder.decode(part))
    if decoder.is_cut:
        raise refuse("The answer was cut short: its compressed body has no end.")
    return b"".join(parts)


class _Decoder:
    """Undoes one coding. ``refuse_size`` returns the error for more than ``limit`` bytes that have come out.

    ``refuse`` returns the error for what cannot be read, from a sentence.
    """

    def __init__(
        self,
        codings: list[str],
        limit: int,
        refuse_size: Callable[[], CloudError],
        refuse: Callable[[str], BadAnswerError],
    ) -> None:
        if len(codings) > 1:
            raise refuse(f"The answer is compressed {len(codings)} times.")
        coding = codings[0] if codings else ""
        if coding and coding not in _READ:
            raise refuse(f"The answer is compressed in a way that cannot be read ({coding}).")
        self._coding = coding
        self._left = limit
        self._refuse_size = refuse_size
        self._refuse = refuse
        self._inner = zlib.decompressobj(zlib.MAX_WBITS if coding == "deflate" else _GZIP)
        self._first = True

    @property
    def is_cut(self) -> bool:
        """Whether compressed data has come, and its end has not."""
        return bool(self._coding) and not self._first and not self._inner.eof

    def decode(self, data: bytes) -> list[bytes]:
        if self._first and not self._coding and data.startswith(_GZIP_MAGIC):
            self._coding = "gzip"
        if not self._coding:
            self._first = self._first and not data
            self._count(data)
            return [data]
        try:
            return self._inflate(data)
        except zlib.error:
            if self._first and self._coding == "deflate":
                self._inner, self._coding = zlib.decompressobj(-zlib.MAX_WBITS), "raw deflate"
                return self.decode(data)
            raise self._refuse(
                f"The answer says that it is compressed ({self._coding}), and is not."
            ) from None
        finally:
            self._first = self._first and not data

    def _inflate(self, data: bytes) -> list[bytes]:
        parts = []
        while data:
            if self._inner.eof:  # gzip may have several members (RFC 1952, 2.2); what else follows is no data
                if self._coding not in _MEMBERS or not _GZIP_MAGIC.startswith(data[:2]):
                    break
                self._inner = zlib.decompressobj(_GZIP)
            parts.append(self._inner.decompress(data, self._left + 1))
            self._count(parts[-1])
            data = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
        return parts

    def _count(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise self._refuse_size()

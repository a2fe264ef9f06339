"""Reproducible random generators, identifiers and noise."""

from __future__ import annotations

from hashlib import blake2b
from random import Random


def make_random(*parts: object) -> Random:
    """Return a random generator seeded with ``parts``."""
    return Random(":".join(map(str, parts)))  # noqa: S311 - repeatable on purpose, protects nothing


def derive_id(*parts: object, digits: int = 32) -> str:
    """Return the hexadecimal identifier of ``parts``, a hash."""
    return blake2b(":".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()[
        :digits
    ]


def derive_uuid(*parts: object) -> str:
    """Return the identifier of ``parts`` in the format of a UUID."""
    text = derive_id(*parts)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def derive_noise(seed: int, index: int) -> float:
    """Return the pseudo-random number in [0, 1) of ``seed`` and ``index``."""
    mixed = (index * 2654435761 + seed * 40503 + 0x9E3779B9) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 2246822519) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 3266489917) & 0xFFFFFFFF
    return (mixed ^ (mixed >> 16)) / 4294967296.0

"""Chance that repeats: generators, identifiers and noise that depend on a seed and nothing else."""

from __future__ import annotations

from hashlib import blake2b
from random import Random


def dice(*parts: object) -> Random:
    """Return a generator that always rolls the same for the same ``parts``."""
    return Random(":".join(map(str, parts)))  # noqa: S311 - repeatable on purpose, protects nothing


def hex_id(*parts: object, digits: int = 32) -> str:
    """Return a hexadecimal identifier that always comes out the same for ``parts``."""
    return blake2b(":".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()[
        :digits
    ]


def uuid_of(*parts: object) -> str:
    """Return an identifier in the shape of a UUID."""
    text = hex_id(*parts)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def noise(seed: int, index: int) -> float:
    """Return a number in [0, 1) that looks random and depends on ``seed`` and ``index`` alone."""
    mixed = (index * 2654435761 + seed * 40503 + 0x9E3779B9) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 2246822519) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 3266489917) & 0xFFFFFFFF
    return (mixed ^ (mixed >> 16)) / 4294967296.0

"""Who wrote a log line: a rank, or the platform."""

from __future__ import annotations

import re

_RANK = re.compile(
    r"\[\s*(?:global[ _]?)?rank[ _:=-]?\s*(?P<bracket>\d{1,6})\s*[\]|,]"
    r"|\"(?:global_)?rank\"\s*:\s*\"?(?P<json>\d{1,6})\b"
    r"|\b(?:global[ _]?)?rank\s?[:=]\s?(?P<pair>\d{1,6})\b"
    r"|^(?:global[ _]?)?rank[ _-]?(?P<word>\d{1,6})\s?[:|]"
    r"|^\[1,(?P<mpi>\d{1,6})\]",
    re.IGNORECASE,
)
# Spelled in several ways: [Modelarts Service Log], [ModelArts-Service Log], Platform = ModelArts-Service.
_PLATFORM = re.compile(
    r"\[\s*Model ?Arts[\s_-]*Service[\s_-]*Log\s*\]|\bPlatform\"?\s*[=:]\s*\"?Model ?Arts[\s_-]*Service\b",
    re.IGNORECASE,
)


def read_rank(text: str) -> int | None:
    """Return the rank that a line of plain text names as its writer, or None."""
    if "ank" not in text and "ANK" not in text and not text.startswith("[1,"):
        return None
    match = _RANK.search(text)
    return None if match is None else int(next(group for group in match.groups() if group))


def is_of_platform(text: str) -> bool:
    """Return whether ModelArts itself, not the training, wrote a line of plain text."""
    return ("ervice" in text or "ERVICE" in text) and _PLATFORM.search(text) is not None


def format_ranks(ranks: list[int]) -> str:
    """Return ranks as people write them: ``0-28, 30-63``."""
    spans: list[list[int]] = []
    for rank in sorted(set(ranks)):
        if spans and rank == spans[-1][1] + 1:
            spans[-1][1] = rank
        else:
            spans.append([rank, rank])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in spans)

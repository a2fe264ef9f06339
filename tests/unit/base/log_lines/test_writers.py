"""Who wrote a line."""

from __future__ import annotations

import pytest

from matui.base.log_lines.writers import format_ranks, is_of_platform, read_rank


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("[rank29]: Traceback (most recent call last):", 29),
        ("[rank29]:[E1128 20:55:33.123 ProcessGroupNCCL.cpp:616] [Rank 29] Watchdog", 29),
        ("2026-11-28 20:55:33 INFO [RANK 7] step 3", 7),
        ("RANK=12 world", 12),
        ('{"msg":"x","rank":5}', 5),
        ("[1,31]<stderr>: oops", 31),
        ("rank 3: ready", 3),
        ("the rank of 3 matrices", None),
        ("Frank: 3", None),
        ("step 29 done", None),
    ],
)
def test_the_rank_of_a_line(text: str, rank: int | None) -> None:
    assert read_rank(text) == rank


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("[ModelArts Service Log][init] running", True),
        ("[Modelarts Service Log]pwd: /home/work", True),
        ('time="…" level=info msg="report" Platform=ModelArts-Service', True),
        ("[MODELARTS SERVICE LOG] init", True),
        ("[ModelArts-Service Log] init", True),
        ("[modelarts  service log ] init", True),
        ("level=info Platform = Modelarts-Service", True),
        ('{"Platform":"ModelArts-Service"}', True),
        ("service started", False),
        ("ModelArts service", False),
    ],
)
def test_the_lines_of_the_platform(text: str, platform: bool) -> None:
    assert is_of_platform(text) is platform


def test_ranks_are_written_as_spans() -> None:
    assert format_ranks([3, 0, 1, 2, 9, 7, 8, 9]) == "0-3, 7-9"
    assert format_ranks([5]) == "5"

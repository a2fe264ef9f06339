"""How often lists are requested that a server does not have, or that are never shown."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from random import Random

import pytest

from matui.cli.options import Options
from matui.sim.server.faults import FaultRule

TEN_MINUTES_S = 600


class HastyRandom(Random):
    """Draws the shortest of all waits."""

    def uniform(self, a: float, b: float) -> float:
        return min(a, b)


@pytest.mark.slow
async def test_what_answers_404_or_is_never_shown_is_requested_once_in_ten_minutes(
    console, monkeypatch: pytest.MonkeyPatch
):
    asked: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    async with console(options=Options(demo=True, screen="models"), rng=HastyRandom()) as c:
        record = c.world.record_request

        def note(method: str, path: str, query: str) -> None:
            if not path.endswith(("/aom-log", "/file-names")):  # logs have a limit of their own
                asked[path, query].append(c.clock.now())
            record(method, path, query)

        monkeypatch.setattr(c.world, "record_request", note)
        c.faults.rules = (FaultRule("404", 1.0, "/models"),)
        for _ in range(2):
            await c.advance(TEN_MINUTES_S)
    gaps = {path: after - before for (path, _), times in asked.items() for before, after in pairwise(times)}
    assert any(path.endswith("/models") for path in gaps)
    assert min(gaps.values()) >= TEN_MINUTES_S

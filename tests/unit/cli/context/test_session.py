"""How often a headless command asks anew for an answer that it cannot read."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from matui.base.errors import BadAnswerError
from matui.cli.context.session import retry_unreadable
from tests.unit.cli.conftest import QuickClock


@pytest.mark.parametrize(("tries", "asked"), [(1, 4), (6, 1)], ids=["another form", "sent six times already"])
async def test_an_answer_that_cannot_be_read_is_asked_for_by_one_of_both(tries: int, asked: int) -> None:
    calls = []

    async def ask() -> None:
        calls.append(1)
        error = BadAnswerError("x", status=200)
        error.tries = tries
        raise error

    with pytest.raises(BadAnswerError):
        await retry_unreadable(SimpleNamespace(clock=QuickClock()), ask)
    assert len(calls) == asked

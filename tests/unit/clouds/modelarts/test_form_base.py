"""What the forms of all kinds share."""

from __future__ import annotations

from matui.clouds.modelarts.form_base import fetch_choices
from matui.resources.kinds.configs import Choice


async def test_a_row_that_two_lists_return_is_offered_once() -> None:
    async def fetch() -> tuple[Choice, ...]:
        return (Choice("image-1", "mine"), Choice("image-2", "theirs"), Choice("image-1", "mine"))

    lines = await fetch_choices(fetch)
    assert [line.split()[0] for line in lines] == ["image-1", "image-2"]

"""What the changes look like."""

from __future__ import annotations

from typing import Any

import pytest

from matui.cli.options import Options
from tests.pilot.conftest import Console, build_stage
from tests.pilot.test_changes import flush_journals
from tests.snapshots.test_screens import USUAL, WIDE, compare_picture


async def open_changes(console: Console) -> None:
    """Let the world go on for some minutes and open the changes."""
    await console.advance(600)
    await flush_journals(console)
    console.app.clear_notifications()
    await console.press("C")


@pytest.mark.parametrize("size", [WIDE, USUAL])
@pytest.mark.slow
def test_the_changes(snap_compare: Any, size: tuple[int, int]) -> None:
    assert compare_picture(
        snap_compare, build_stage(options=Options(demo=True, screen="jobs")), open_changes, size
    )

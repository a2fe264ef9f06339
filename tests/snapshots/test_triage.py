"""Pictures of triage and of the why card on a small screen."""

from __future__ import annotations

from typing import Any

from matui.cli.options import Options
from tests.pilot.conftest import Console, build_stage, wait_until_calm
from tests.snapshots.test_screens import compare_picture

SMALL = (80, 24)
HOME = Options(demo=True, screen="triage")


def test_triage(snap_compare: Any) -> None:
    assert compare_picture(snap_compare, build_stage(options=HOME), wait_until_calm, size=SMALL)


def test_an_acknowledged_row(snap_compare: Any) -> None:
    async def play(console: Console) -> None:
        await wait_until_calm(console)
        await console.press("K")
        await console.type("disk is being moved")
        await wait_until_calm(console)

    assert compare_picture(snap_compare, build_stage(options=HOME), play, size=SMALL)


def test_the_why_card_of_a_job(snap_compare: Any) -> None:
    async def play(console: Console) -> None:
        await console.press("/")
        await console.type("yolov5-helmet")
        await console.press("enter", "Y", "z")
        await wait_until_calm(console)

    assert compare_picture(snap_compare, build_stage(), play, size=SMALL)

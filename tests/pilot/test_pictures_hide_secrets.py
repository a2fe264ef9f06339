"""Pictures that Textual takes of the screens hold no secret, whatever is shown and whatever fails."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from matui.base.clock import ManualClock
from tests.pilot.test_faults import Watched, watch_console
from tests.unit.cli.test_secrets import AK, PASSWORD, SK, find_leaked
from tests.unit.faults.fault_rig import serve_simulator

pytestmark = pytest.mark.slow


async def take_pictures(console: Watched, *keys: str) -> str:
    """Press keys one by one and return what pictures of the screens hold."""
    taken = []
    for key in keys:
        await console.pilot.press(key)
        await console.clock.advance(2.0, settle=20)
        await console.pilot.pause(0.05)
        taken.append(console.app.export_screenshot())
    return "\n".join(taken)


@pytest.mark.parametrize("auth", ["aksk", "password"])
async def test_no_picture_of_any_screen_holds_a_secret(auth: str, tmp_path: Path) -> None:
    clock = ManualClock(time.time())
    with serve_simulator(now=clock.now) as site:
        site.auth.keys, site.auth.users = {AK: SK}, {"li": (PASSWORD, "acme")}
        async with watch_console(site, tmp_path, clock, auth=auth) as console:
            await console.wait_until_said("live")
            looks = [
                "d",
                "y",
                "e",
                "2",
                "l",
                "escape",
                "m",
                "x",
                "n",
                "question_mark",
                "escape",
                "H",
                "escape",
            ]
            seen = await take_pictures(console, *looks)
            issued = list(site.auth.tokens)
            site.auth.keys, site.auth.users = {AK: "another"}, {}
            site.auth.revoke_all()
            await console.pilot.press("ctrl+r")
            await console.wait_until_said("not signed in")
            seen += await take_pictures(console, "exclamation_mark")
    assert "401" in seen
    assert find_leaked(seen.replace("&#160;", " "), *issued) == []

"""The console under every fault, over real sockets: it keeps its rows, says why in one line, and recovers."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import trustme
from textual.pilot import Pilot

from matui.base.clock import ManualClock
from matui.cli.context.session import Session
from matui.cli.options import Options
from matui.clouds.factory import open_cloud
from matui.config.loading import load_settings
from matui.config.profiles import choose_profile
from matui.console.app import MatuiApp
from matui.resources.registry import KIND_KEYS
from tests.unit.faults import fault_rig
from tests.unit.faults.fault_rig import Site, serve_simulator
from tests.unit.faults.fault_table import NETWORK, SERVED, TLS

DEADLINE_S = 60.0


class Watched:
    """A console on a site, whose time runs only while something is waited for."""

    def __init__(self, app: MatuiApp, pilot: Pilot[int], clock: ManualClock) -> None:
        self.app, self.pilot, self.clock = app, pilot, clock
        self.notices: dict[str, str] = {}
        "The messages of all notices since the start, by identity; on the screen they expire in real time."

    def read_text(self) -> str:
        """Return the whole screen."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    @property
    def status(self) -> str:
        """Return the status line."""
        return self.read_text().splitlines()[-2]

    async def wait_until(self, holds: Callable[[], object], what: str) -> None:
        """Let time pass until ``holds``."""
        deadline = time.monotonic() + DEADLINE_S
        while not holds():
            assert self.app.crash is None
            self.notices |= {notice.identity: notice.message for notice in self.app._notifications}
            assert time.monotonic() < deadline, f"never {what}:\n{self.read_text()}"
            await self.clock.advance(4.0, settle=3)
            await self.pilot.pause(0.002)

    async def wait_until_said(self, word: str) -> None:
        """Let time pass until the status line says a word."""
        pattern = re.compile(rf"(^|· ){re.escape(word)}( |$)")
        await self.wait_until(lambda: pattern.search(self.status.strip()) is not None, f"said {word}")


@asynccontextmanager
async def watch_console(
    site: Site, tmp_path: Path, clock: ManualClock, *, auth: str = "aksk"
) -> AsyncIterator[Watched]:
    """Run the console on a site."""
    file = Path(site.write(tmp_path, auth))

    @asynccontextmanager
    async def opened() -> AsyncIterator[Session]:
        own = load_settings(file, {}, KIND_KEYS)
        # This clock outruns the sockets: the list of jobs is minutes old, and ended jobs seem stalled.
        logs = own.logs.model_copy(update={"look_in_background": False})
        settings = own.model_copy(update={"logs": logs})
        profile = choose_profile(settings, None, {})
        cloud = await open_cloud(profile, clock=clock, cache_dir=tmp_path)
        try:
            yield Session(cloud, profile, settings, clock)
        finally:
            await cloud.aclose()

    def opener(profile: str | None, *, demo: bool = False) -> AbstractAsyncContextManager[Session]:
        return opened()

    app = MatuiApp(Options(screen="notebooks"), opener)
    async with app.run_test(size=(200, 30), notifications=True) as pilot:
        yield Watched(app, pilot, clock)


@pytest.fixture
def clock() -> ManualClock:
    """Return the console's clock, which the simulator's follows."""
    return ManualClock(time.time())


def count_shown_rows(console: Watched) -> int:
    table = console.app.browse.tables.table
    return table.row_count if table is not None else 0


@pytest.mark.slow
async def test_every_fault_keeps_the_rows_is_said_in_one_line_and_recovered_from(
    tmp_path: Path, clock: ManualClock
) -> None:
    with serve_simulator(now=clock.now) as site:
        async with watch_console(site, tmp_path, clock) as console:
            await console.wait_until_said("live")
            rows = count_shown_rows(console)
            assert rows
            for row in SERVED:
                fault = row.name if ":" in row.name else f"{row.name}:1@/instances"
                site.faults.rules = fault_rig.parse_faults(fault).rules
                site.faults.skew_s = fault_rig.parse_faults(fault).skew_s
                await console.wait_until_said(row.word)
                assert re.search(r"retry|retrying", console.status), row
                assert count_shown_rows(console) == rows, row
                notices = [notice.message for notice in console.app._notifications]
                said = [text for text in notices if not text.startswith("Saved a capsule of")]  # a job failed
                clock_only = [word for word in said if re.search("skew", row.name) and "clock is" in word]
                assert said == clock_only, row
                console.app.clear_notifications()
                site.heal()
                await console.wait_until_said("live")
    assert console.app.return_code in (None, 0)


@pytest.mark.parametrize("row", NETWORK, ids=lambda row: row.name)
async def test_a_place_that_never_answered_is_said_where_the_rows_would_be(
    row, tmp_path: Path, clock: ManualClock
) -> None:
    with fault_rig.PLACES[row.name]() as site:
        async with watch_console(site, tmp_path, clock) as console:
            await console.wait_until_said(row.word)
            said = " ".join(console.read_text().split())
            assert re.search(row.says.replace("/", " ?/ ?"), said), said
            if row.name == "refusing":
                site.heal()
                await console.wait_until_said("live")
                assert count_shown_rows(console)


@pytest.mark.slow
async def test_a_certificate_of_an_unknown_issuer_is_reported(tmp_path: Path, clock: ManualClock) -> None:
    with fault_rig.serve_tls(trustme.CA()) as site:
        async with watch_console(site, tmp_path, clock) as console:
            await console.wait_until_said(TLS[2].word)
            assert re.search(TLS[2].says, " ".join(console.read_text().split()))


async def test_one_kind_without_permission_leaves_the_others_and_names_the_action(
    tmp_path: Path, clock: ManualClock
) -> None:
    with serve_simulator("403:1@/instances", now=clock.now) as site:
        async with watch_console(site, tmp_path, clock) as console:
            await console.wait_until_said("no permission")
            assert "This needs the permission modelarts:notebook:list" in console.status
            await console.pilot.press("2")
            await console.wait_until_said("live")
            assert count_shown_rows(console)


async def test_tokens_revoked_and_expired_are_renewed_unseen(tmp_path: Path, clock: ManualClock) -> None:
    with serve_simulator(now=clock.now) as site:
        async with watch_console(site, tmp_path, clock, auth="password") as console:
            await console.wait_until_said("live")
            for turn in (2, 3):
                site.auth.revoke_all()
                await console.wait_until(lambda turn=turn: site.auth.issued >= turn, "signed in anew")
                await console.wait_until_said("live")
                assert len(console.app._notifications) == 0


async def test_a_detail_of_a_row_that_went_says_so_and_the_table_lives_on(
    tmp_path: Path, clock: ManualClock
) -> None:
    with serve_simulator("404:1@/instances/", now=clock.now) as site:
        async with watch_console(site, tmp_path, clock) as console:
            await console.wait_until_said("live")
            await console.pilot.press("d")
            await console.wait_until(lambda: "HTTP 404" in console.read_text(), "said 404")
            await console.pilot.press("q")
            await console.wait_until_said("live")


@pytest.mark.slow
async def test_failures_slow_the_polling_down_and_a_storm_stays_one_line(
    tmp_path: Path, clock: ManualClock
) -> None:
    with serve_simulator("503", now=clock.now) as site:
        async with watch_console(site, tmp_path, clock) as console:
            await console.wait_until_said("503")
            assert site.world is not None
            asked = len(site.world.requests)
            began = console.clock.now()
            await console.wait_until(lambda: console.clock.now() - began > 600, "ten minutes passed")
            polls = len(site.world.requests) - asked
            assert polls <= 8 * 14, "eight kinds, hardly more than one request a minute each"
            assert console.read_text().count("HTTP 503") <= 1
            assert len(console.app._notifications) == 0


async def test_a_key_that_is_refused_is_not_tried_until_the_gateway_locks_it(
    tmp_path: Path, clock: ManualClock
) -> None:
    with serve_simulator("skew:1200", now=clock.now) as site:
        async with watch_console(site, tmp_path, clock) as console:
            await console.wait_until_said("not signed in")
            assert site.world is not None
            began, asked = clock.now(), len(site.world.requests)
            await console.wait_until(lambda: clock.now() - began > 600, "ten minutes passed")
            assert len(site.world.requests) - asked <= 11
            site.heal()
            await console.wait_until_said("live")


async def test_a_wrong_clock_is_said_once_where_no_answer_complains_of_it(
    tmp_path: Path, clock: ManualClock
) -> None:
    with serve_simulator("skew:-1200", now=clock.now) as site:
        async with watch_console(site, tmp_path, clock, auth="password") as console:
            await console.wait_until_said("live")
            began = clock.now()
            await console.wait_until(lambda: clock.now() - began > 120, "two minutes passed")
            [message] = console.notices.values()
            assert message in {
                f"This machine's clock is {minutes}m ahead of the cloud's; set it right."
                for minutes in (19, 20)
            }
            console.app.clear_notifications()
            await console.wait_until(
                lambda: re.search("clock (19|20)m ahead", console.status), "said in the status bar"
            )
            await console.pilot.press("exclamation_mark")
            await console.wait_until(
                lambda: re.search("clock is (19|20)m ahead", console.read_text()), "kept among the errors"
            )
            await console.pilot.press("q")
            site.heal()
            await console.wait_until(lambda: "clock" not in console.status, "gone from the status bar")

"""Pages proved by the cursors of their lines: where the text of all lines is equal, and inside a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from matui.clouds.protocols import LogPage
from tests.unit.live.logs.log_server import Ways
from tests.unit.live.logs.test_faulty_server import EMPTY, FaultyServer, list_texts, make_steps, read


def lose_end(page: LogPage) -> LogPage:
    lines = page.content.removesuffix("\n").split("\n")[:300]
    return replace(page, content="\n".join(lines) + "\n", count=len(lines))


def lose_middle(page: LogPage) -> LogPage:
    lines = page.content.removesuffix("\n").split("\n")
    kept = lines[:100] + lines[200:]
    return replace(page, content="\n".join(kept) + "\n", count=len(kept))


@pytest.mark.parametrize("lose", [lose_end, lose_middle])
@pytest.mark.parametrize("lines", [["same"] * 2300, [""] * 2300, make_steps(0, 2300)])
@pytest.mark.parametrize("opaque", [True, False])
@pytest.mark.parametrize("inclusive", [True, False])
async def test_a_page_that_lost_lines_is_requested_again_though_its_text_shows_nothing(
    lose: Callable[[LogPage], LogPage], lines: list[str], opaque: bool, inclusive: bool
) -> None:
    server = FaultyServer(Ways(opaque=opaque, inclusive=inclusive), list(lines))
    lost: list[str] = []

    def fault(base: str, older: bool, page: LogPage) -> LogPage | None:
        if lost or older or not base or page.count != 500 or server.find_index(base) < 900:
            return None
        lost.append(base)
        return lose(page)

    server.fault = fault
    assert list_texts(await read(server)) == lines
    assert lost


@pytest.mark.parametrize("lines", [["same"] * 2300, make_steps(0, 2300)])
async def test_a_page_that_is_skipped_is_requested_again_where_all_lines_are_equal(lines: list[str]) -> None:
    server = FaultyServer(Ways(opaque=True), list(lines))
    skipped: list[str] = []

    def skip(base: str, older: bool, page: LogPage) -> LogPage | None:
        if skipped or older or not base or page.count != 500 or server.find_index(base) != 999:
            return None
        skipped.append(base)
        return server._build_page(base, False, 1500, 2000)

    server.fault = skip
    assert list_texts(await read(server)) == lines
    assert skipped


async def test_older_lines_whose_cursor_is_gone_are_marked_where_the_cursors_have_no_order() -> None:
    server = FaultyServer(Ways(opaque=True, top_page=False), make_steps(0, 1500))
    asked = 0

    def forget(base: str, older: bool, page: LogPage) -> LogPage | None:
        nonlocal asked
        asked += 1
        return EMPTY if asked > 8 and base and server.find_index(base) <= 500 else None

    server.fault = forget
    got = await read(server)
    assert [line.text for line in got if not line.mark] == make_steps(500, 1500) or list_texts(
        got
    ) == make_steps(0, 1500)
    assert len(got) == 1500 or any(line.mark for line in got)

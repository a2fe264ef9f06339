"""The log under a reader: it follows, or it stays still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.geometry import Offset, Region
from textual.pilot import Pilot
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from matui.console.lines.view import LineView
from matui.console.logs.view import LogView
from matui.console.terminal.screen import DiffScreen
from tests.themed import ThemedApp


@dataclass(frozen=True)
class Line:
    text: str
    mark: str = ""


@dataclass
class Store:
    first: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def end(self) -> int:
        return self.first + len(self.lines)

    def get_line(self, number: int) -> Line:
        return self.lines[number - self.first]

    def list_texts(self, begin: int, end: int) -> list[str]:
        return [line.text for line in self.lines[begin - self.first : end - self.first]]

    def append(self, *texts: str) -> None:
        self.lines += [Line(text) for text in texts]

    def prepend(self, *texts: str) -> None:
        self.lines[:0] = [Line(text) for text in texts]
        self.first -= len(texts)

    def drop(self, count: int) -> None:
        del self.lines[:count]
        self.first += count


@dataclass
class Sight:
    view: LogView
    store: Store
    pilot: Pilot[None]
    told: list[str]
    now: list[float]

    async def note_change(self) -> None:
        self.now[0] += 10
        self.view.note_new_lines()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    def read_lines(self) -> list[str]:
        strips = self.pilot.app.screen._compositor.render_strips()
        return [strip.text.removesuffix("▐").rstrip() for strip in strips]


@asynccontextmanager
async def show_view(*texts: str, size: tuple[int, int] = (40, 10)) -> AsyncIterator[Sight]:
    store = Store()
    store.append(*texts)
    now = [0.0]
    view = LogView(store, monotonic=lambda: now[0])
    told: list[str] = []

    class Shell(ThemedApp[None]):
        def get_default_screen(self) -> DiffScreen[None]:
            return DiffScreen(id="_default")

        def compose(self) -> ComposeResult:
            yield view

        def on_log_view_reached_top(self, _event: LogView.ReachedTop) -> None:
            told.append("top")

        def on_log_view_new_below(self, event: LogView.NewBelow) -> None:
            told.append(f"below {event.view.new_below}")

        def on_log_view_follow_changed(self, event: LogView.FollowChanged) -> None:
            told.append(f"follow {event.view.follow}")

    async with Shell().run_test(size=size) as pilot:
        view.focus()
        view.note_new_lines()
        await pilot.pause()
        yield Sight(view, store, pilot, told, now)


def make_numbered(start: int, stop: int) -> list[str]:
    return [f"line {number}" for number in range(start, stop)]


async def test_the_newest_line_is_followed() -> None:
    async with show_view(*make_numbered(0, 50)) as sight:
        assert sight.read_lines()[-1] == "line 49"
        sight.store.append(*make_numbered(50, 60))
        await sight.note_change()
        assert sight.read_lines() == make_numbered(50, 60)


async def test_a_reader_who_scrolled_up_is_never_moved() -> None:
    async with show_view(*make_numbered(0, 50)) as sight:
        await sight.press("up", "up", "up")
        before = sight.read_lines()
        assert not sight.view.follow
        sight.store.append(*make_numbered(50, 80))
        await sight.note_change()
        sight.store.prepend(*make_numbered(-40, 0))
        await sight.note_change()
        sight.store.drop(20)
        await sight.note_change()
        assert sight.read_lines() == before
        assert sight.view.new_below == 30
        assert "below 30" in sight.told


async def test_lines_scrolled_to_are_no_longer_new() -> None:
    async with show_view(*make_numbered(0, 50)) as sight:
        await sight.press("up")
        sight.store.append(*make_numbered(50, 55))
        await sight.note_change()
        await sight.press("down", "down")
        assert sight.view.new_below == 4
        await sight.press("G")
        assert sight.view.follow
        assert sight.view.new_below == 0
        assert sight.read_lines()[-1] == "line 54"


async def test_a_reader_whose_lines_were_let_go_sees_the_oldest_held() -> None:
    async with show_view(*make_numbered(0, 50)) as sight:
        await sight.press("g")
        sight.store.drop(30)
        await sight.note_change()
        assert sight.read_lines()[0] == "line 30"


async def test_the_top_is_reported_once_until_older_lines_came() -> None:
    async with show_view(*make_numbered(0, 50)) as sight:
        assert "top" not in sight.told
        await sight.press("g")
        assert sight.told.count("top") == 1
        sight.store.append("more")
        await sight.note_change()
        assert sight.told.count("top") == 1
        sight.store.prepend(*make_numbered(-20, 0))
        await sight.note_change()
        assert sight.read_lines()[0] == "line 0"
        await sight.press("g")
        assert sight.told.count("top") == 2


async def test_control_characters_never_reach_the_terminal() -> None:
    hostile = [
        "[red]x[/b]",
        "\x1b[2J\x1b]0;t\x07 \x9b31m",
        "\x1b[31mred\x1b[0m",
        "a\tb",
        "中文\t🚀",
        "\x00\u202e",
    ]
    async with show_view(*hostile) as sight:
        strips = sight.pilot.app.screen._compositor.render_strips()
        assert all(strip.text.isprintable() for strip in strips)
        assert all(cell_len(strip.text) == 40 for strip in strips)
        assert sight.read_lines()[0] == "[red]x[/b]"
        assert sight.read_lines()[2] == "red"


async def test_a_huge_line_breaks_nothing_wrapped_or_not() -> None:
    async with show_view("x" * 1_000_000, "end") as sight:
        assert sight.read_lines()[1] == "end"
        sight.view.wrap = True
        await sight.pilot.pause()
        assert sight.read_lines()[-1] == "end"
        assert sight.read_lines()[-2].endswith("more characters")
        await sight.press("g", "down", "right")
        assert sight.read_lines()[0].strip("x") == ""


async def test_a_search_goes_from_match_to_match_and_counts() -> None:
    async with show_view(*make_numbered(0, 300)) as sight:
        assert sight.view.matches.look_for("LINE 7") == ""
        assert sight.view.matches.search_state.count == 0
        assert sight.view.matches.look_for("line 7") == ""
        assert sight.view.matches.search_state.count == 11
        sight.view.matches.go_to_next()
        await sight.pilot.pause()
        assert any(line.startswith("line 7") for line in sight.read_lines())
        assert not sight.view.follow
        first = sight.view.matches.search_state.place
        sight.view.matches.go_to_next()
        assert sight.view.matches.search_state.place == first % 11 + 1
        sight.view.matches.go_to_previous()
        assert sight.view.matches.search_state.place == first
        assert "regular expression" in sight.view.matches.look_for("(")


async def test_the_next_error_is_found() -> None:
    texts = make_numbered(0, 100)
    texts[20] = "RuntimeError: CUDA out of memory"
    texts[60] = "Killed"
    async with show_view(*texts) as sight:
        await sight.press("g")
        sight.view.errors.go_to_next()
        await sight.pilot.pause()
        assert "RuntimeError: CUDA out of memory" in sight.read_lines()
        sight.view.errors.go_to_next()
        await sight.pilot.pause()
        assert "Killed" in sight.read_lines()


async def test_gaps_are_drawn_as_rules() -> None:
    async with show_view("before") as sight:
        sight.store.lines.append(Line("lines may be missing here", "gap"))
        await sight.note_change()
        assert sight.read_lines()[1].startswith("── lines may be missing here ────")


async def test_selected_text_can_be_copied() -> None:
    async with show_view("\x1b[31mfirst\x1b[0m line", "second line", "third") as sight:
        got = sight.view.get_selection(Selection(Offset(2, 0), Offset(6, 1)))
        assert got == ("rst line\nsecond", "\n")
        assert sight.view.get_selection(Selection(None, None)) == ("first line\nsecond line\nthird", "\n")
        sight.store.prepend("older")
        assert sight.view.get_selection(Selection(Offset(0, 0), Offset(5, 0))) == ("first", "\n")
        assert sight.view.get_selection(Selection(Offset(1, 2), Offset(3, 2))) == ("hi", "\n")


async def test_the_mouse_selects_text() -> None:
    async with show_view("first line", "second line") as sight:
        await sight.pilot.mouse_down(sight.view, offset=(6, 0))
        await sight.pilot.hover(sight.view, offset=(3, 1))
        await sight.pilot.mouse_up(sight.view, offset=(3, 1))
        await sight.pilot.pause()
        assert (sight.pilot.app.screen.get_selected_text() or "").startswith("line\nsec")


async def test_a_double_click_selects_a_word_and_a_third_click_the_line() -> None:
    async with show_view("at 10:20 in /tmp/a-b.py: failed", "second line") as sight:
        screen = sight.pilot.app.screen
        await sight.pilot.click(sight.view, offset=(14, 0), times=2)
        assert screen.get_selected_text() == "/tmp/a-b.py"
        await sight.pilot.click(sight.view, offset=(14, 0), times=3)
        assert screen.get_selected_text() == "at 10:20 in /tmp/a-b.py: failed"
        await sight.pilot.click(sight.view, offset=(2, 0), times=2)
        assert not screen.get_selected_text()


async def test_a_flood_is_painted_a_few_times_a_second() -> None:
    async with show_view(*make_numbered(0, 50)) as sight:
        await sight.note_change()
        painted = []
        sight.view.sync = lambda: painted.append(1)  # type: ignore[method-assign]
        for _ in range(50):
            sight.store.append("more")
            sight.view.note_new_lines()
        assert len(painted) == 0
        assert sight.view._pending is not None


async def test_text_panes_keep_their_place_when_their_lines_are_replaced() -> None:
    view = LineView()

    class Shell(ThemedApp[None]):
        def compose(self) -> ComposeResult:
            yield view

    async with Shell().run_test(size=(40, 10)) as pilot:
        view.set_lines([[("name", "label"), (f" [b]{number}\x1b", "")] for number in range(100)])
        view.focus()
        await pilot.press("pagedown")
        await pilot.pause()
        top = view.window.top
        view.set_lines([[("other", "label"), (f" {number}", "")] for number in range(90)])
        await pilot.pause()
        assert view.window.top == top
        text = pilot.app.screen._compositor.render_strips()[0].text
        assert text.startswith(f"other {top[0]}")
        view.set_lines([[("short", "")]])
        await pilot.pause()
        assert pilot.app.screen._compositor.render_strips()[0].text.startswith("short")


async def test_the_rows_of_a_new_page_are_finished_together(monkeypatch: pytest.MonkeyPatch) -> None:
    async with show_view(*(f"line {number}" for number in range(300))) as sight:
        await sight.press("up")
        heights: list[int] = []
        finish = Widget.render_lines

        def count(widget: Widget, crop: Region) -> list[Strip]:
            if widget is sight.view:
                heights.append(crop.height)
            return finish(widget, crop)

        monkeypatch.setattr(Widget, "render_lines", count)
        await sight.press("pageup")
        assert len(heights) == 1
        heights.clear()
        await sight.press("up")
        assert sum(heights) <= 2


async def test_lines_selected_with_the_keys_stay_selected_when_the_shown_lines_are_found_anew() -> None:
    async with show_view(*make_numbered(0, 50)) as sight:
        view = sight.view
        view.show_top(20)
        view.selecting.begin(20)
        view.selecting.move(1)
        view.show_only(
            lambda low, high: [number for number in range(low, high) if number % 2 == 0 or number > 15]
        )
        sight.store.prepend(*make_numbered(-50, 0))
        view.show_only(lambda low, high: list(range(low, high)))
        assert sight.pilot.app.screen.get_selected_text() == "line 20\nline 21"


async def test_a_followed_log_waits_until_the_terminal_has_the_last_repaint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with show_view("one") as sight:
        owes = [True]
        monkeypatch.setattr(DiffScreen, "has_deferred", property(lambda _screen: owes[0]))
        sight.store.append("two")
        await sight.note_change()
        assert "two" not in sight.read_lines()
        owes[0] = False
        await sight.pilot.pause(0.2)
        assert "two" in sight.read_lines()

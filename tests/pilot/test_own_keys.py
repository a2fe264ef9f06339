"""A key that the focused widget binds is run at once, and means what it means in Textual."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical

from matui.console.terminal.app import DiffApp
from matui.console.terminal.input_order import RunsOwnKeys
from matui.console.terminal.screen import DiffScreen


class Lines(RunsOwnKeys, can_focus=True):
    """A widget with keys."""

    BINDINGS = [  # noqa: RUF012 - Textual reads it from the class
        Binding("x", "note('x')"),
        Binding("p", "note('p')"),
        Binding("m", "note('mapped')", id="mapped"),
        Binding("o", "note('off')"),
    ]

    def action_note(self, what: str) -> None:
        self.app.query_one(Above).done.append(what)

    def check_action(self, _action: str, parameters: tuple[object, ...]) -> bool:
        return parameters != ("off",)


class Above(Vertical):
    """Lies between the widget and the screen."""

    def __init__(self, *children: Lines) -> None:
        super().__init__(*children)
        self.passed: list[str] = []
        self.done: list[str] = []

    def on_key(self, event: events.Key) -> None:
        self.passed.append(event.key)


class KeyApp(DiffApp[None]):
    """Binds the key of a widget with priority."""

    BINDINGS = [Binding("p", "first", priority=True), Binding("o", "first")]  # noqa: RUF012

    def get_default_screen(self) -> DiffScreen[None]:
        return DiffScreen(id="_default")

    def compose(self) -> ComposeResult:
        yield Above(Lines())

    def on_mount(self) -> None:
        self.set_keymap({"mapped": "z"})
        self.query_one(Lines).focus()

    def action_first(self) -> None:
        self.query_one(Above).done.append("of the application")


async def test_a_key_of_the_focused_widget_passes_no_widget_above_it() -> None:
    async with KeyApp().run_test() as pilot:
        above = pilot.app.query_one(Above)
        await pilot.press("x", "z")
        assert (above.done, above.passed) == (["x", "mapped"], [])


async def test_other_keys_go_the_way_of_textual() -> None:
    async with KeyApp().run_test() as pilot:
        above = pilot.app.query_one(Above)
        await pilot.press("p")
        assert (above.done, above.passed) == (["of the application"], [])
        await pilot.press("m", "o")
        assert (above.done, above.passed) == (["of the application"] * 2, ["m", "o"])

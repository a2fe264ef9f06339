"""The dialog that selects which profiles are open side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from matui.base.text.cells import fit
from matui.config.values import DEMO_PROFILES
from matui.console.bars.header import get_chip_style
from matui.console.fleet import OpenProfiles
from matui.console.terminal.screen import DiffModal
from matui.console.terminal.spelling import SpelledStatic, spell_for

_NAME_CELLS, _CLOUD_CELLS, _REGION_CELLS = 18, 10, 14
_CLOUD_FROM, _REGION_FROM = 52, 68  # columns of the terminal from which a profile stays on one line with them


class ProfileChoice(NamedTuple):
    """A profile that may be opened: its configuration and its state."""

    name: str
    cloud: str
    region: str
    read_only: bool
    colour: str
    state: str
    is_on: bool


class ProfilesScreen(DiffModal[tuple[str, ...] | None]):
    """Lists every profile. Returns the names to open, in the list's order; None when cancelled."""

    BINDINGS = [
        Binding("escape,q", "close", "cancel"),
        Binding("space", "switch", "on or off", priority=True),
        Binding("enter", "apply", "apply", priority=True),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(self, choices: Sequence[ProfileChoice]) -> None:
        super().__init__()
        self._choices = choices
        self._on = {choice.name for choice in choices if choice.is_on}

    def compose(self) -> ComposeResult:
        """Lay out the title and the profiles."""
        with Vertical(id="dialog", classes="profiles"):
            yield SpelledStatic(self._format_title(), id="question")
            profiles = OptionList(
                *(Option(self._format_choice(choice)) for choice in self._choices), id="choices"
            )
            profiles.highlighted = 0 if self._choices else None
            yield profiles

    def _format_title(self, wrong: str = "") -> Content:
        keys = Content.styled("   space on or off · enter applies · esc cancels", "$text-muted")
        return Content.assemble(("Profiles", "bold"), (f"   {wrong}", "$text-error") if wrong else keys)

    def _format_choice(self, choice: ProfileChoice) -> Content:
        mark = ("● ", "$accent") if choice.name in self._on else ("○ ", "$text-muted")
        width = self.app.size.width
        cloud = f" {fit(choice.cloud, _CLOUD_CELLS)}" if width >= _CLOUD_FROM else ""
        region = f" {fit(choice.region or '–', _REGION_CELLS)}" if width >= _REGION_FROM else ""
        words = Content.assemble(
            mark,
            (f" {fit(choice.name, _NAME_CELLS)} ", get_chip_style(choice.colour)),
            f"{cloud}{region}",
            (" read-only " if choice.read_only else " ", "$text-warning"),
            (choice.state, "$text-muted"),
        )
        return spell_for(self, words)

    def on_resize(self) -> None:
        """Leave out of the profiles what does not fit beside their states."""
        for at, choice in enumerate(self._choices):
            self._list.replace_option_prompt_at_index(at, self._format_choice(choice))

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    def action_switch(self) -> None:
        """Toggle the profile under the cursor."""
        at = self._list.highlighted
        if at is not None:
            self._on ^= {self._choices[at].name}
            self._list.replace_option_prompt_at_index(at, self._format_choice(self._choices[at]))
            self.query_one("#question", Static).update(self._format_title())

    def action_apply(self) -> None:
        """Apply the selection."""
        if self._on:
            self.dismiss(tuple(choice.name for choice in self._choices if choice.name in self._on))
        else:
            self.query_one("#question", Static).update(self._format_title("One at least has to be on."))

    def action_move(self, step: int) -> None:
        """Move the highlight."""
        self._list.action_cursor_down() if step > 0 else self._list.action_cursor_up()


def list_choices(fleet: OpenProfiles) -> list[ProfileChoice]:
    """Return every profile of the configuration, and those open that are not in it."""
    configured = fleet.primary.settings.profiles
    others = [name for name in fleet.names if name not in configured]
    demo = DEMO_PROFILES if any(name in DEMO_PROFILES for name in others) else ()
    return [_build_choice(fleet, name) for name in dict.fromkeys((*configured, *others, *demo))]


def _build_choice(fleet: OpenProfiles, name: str) -> ProfileChoice:
    member = fleet.find_by_name(name)
    profile = member.profile if member is not None else fleet.primary.settings.profiles.get(name)
    error = fleet.get_error(name)
    state = ("open" if member is not None else "opening …") if name in fleet.names else "–"
    return ProfileChoice(
        name=name,
        cloud=profile.cloud if profile is not None else "simulator",
        region=(profile.region if profile is not None else None) or "",
        read_only=member.read_only if member is not None else bool(profile and profile.read_only),
        colour=fleet.get_colour(name),
        state=f"✗ {error}" if error is not None else state,
        is_on=name in fleet.names,
    )

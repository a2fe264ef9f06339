"""The base of the families of commands, with the parts of the browse screen that they use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from matui.console.bars.prompt_controller import PromptController
    from matui.console.browse_view import BrowseView
    from matui.console.host import Application
    from matui.console.panes.split import PaneHost, SplitBody
    from matui.console.table.kind_tables import KindTables
    from matui.console.table.selection import Selection

RunCommand: TypeAlias = Callable[[str], Awaitable[None]]
"""Runs a command with its argument, ``""`` for none."""


class BrowseParts(NamedTuple):
    """The parts of the browse screen that its commands use."""

    application: Application
    view: BrowseView
    body: SplitBody
    tables: KindTables
    panes: PaneHost
    selection: Selection
    typing: PromptController


class CommandFamily:
    """Base of a family of commands. A subclass sets ``by_id``: what runs each command."""

    by_id: dict[str, RunCommand]

    def __init__(self, parts: BrowseParts) -> None:
        self._application = parts.application
        self._view = parts.view
        self._body = parts.body
        self._tables = parts.tables
        self._panes = parts.panes
        self._selection = parts.selection
        self._typing = parts.typing

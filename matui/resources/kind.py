"""What a kind of resource is: its columns, cadence, panes and actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from matui.resources.model import Resource

SortKey: TypeAlias = tuple[int, float | str]
Align: TypeAlias = Literal["left", "right"]
NOTHING = ("", "–")  # what a cell says where the cloud said nothing
Pane: TypeAlias = Literal["detail", "log", "events", "metrics", "versions", "updates", "nodes", "raw"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table.

    ``text`` gives the cell for a resource at a time (ms since the epoch). ``width`` is the least and
    ``max_width`` the most number of cells; ``drop`` says how early the column goes on a narrow screen
    (0: never; the highest goes first). ``ticks`` marks a cell that changes with time alone; ``wide`` one
    shown only by ``-o wide`` and on wide screens; ``role`` names its style (``name``, ``phase``, ``muted``,
    ``profile``). A ``sparse`` column is shown only where some row has more to say in it than ``–``.
    """

    id: str
    title: str
    text: Callable[[Resource, float], str]
    sort: Callable[[Resource], SortKey]
    width: int = 4
    max_width: int = 40
    align: Align = "left"
    drop: int = 0
    ticks: bool = False
    wide: bool = False
    role: str = ""
    sparse: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done to a resource.

    ``why_not`` returns the reason it cannot be done in the resource's present state, or None.
    ``typed`` asks for the name before it is sent. ``becomes`` is the status to expect until a poll tells,
    or says it for a resource. ``verb`` stands before what it is done to where the label alone cannot.
    """

    id: str
    label: str
    why_not: Callable[[Resource], str | None]
    consequence: str | Callable[[Sequence[Resource]], str]
    typed: bool = False
    becomes: str | Callable[[Resource], str] = ""
    verb: str = ""

    def consequence_for(self, resources: Sequence[Resource]) -> str:
        """Return in a sentence or two what the action does to these resources."""
        return self.consequence if isinstance(self.consequence, str) else self.consequence(resources)

    def expected(self, resource: Resource) -> str:
        """Return the status that the resource is to have next, ``""`` where its cloud has no word for it."""
        return self.becomes if isinstance(self.becomes, str) else self.becomes(resource)

    def of(self, what: str) -> str:
        """Return in words what is done to what: ``delete all versions of model resnet``."""
        return f"{self.verb or self.label} {what}"


def consequence(one: str, several: str) -> Callable[[Sequence[Resource]], str]:
    """Return the consequence for one resource, or for ``several``, whose number stands for ``{count}``."""
    return lambda resources: one if len(resources) == 1 else several.format(count=len(resources))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource; the tabs, keys, settings and pollers of it derive from what stands here.

    ``cadence_s`` is the default time between polls in seconds and ``key`` the default key that shows the kind
    (``""``: by name only). ``by_workspace`` says whether choosing a workspace narrows the list. A kind with
    ``within`` is listed in a pane of that kind only; one that is not ``listed`` is not polled at all.
    """

    id: str
    singular: str
    short: tuple[str, ...]
    title: str
    columns: tuple[Column, ...]
    default_sort: str
    default_reverse: bool
    cadence_s: float
    actions: tuple[Action, ...] = ()
    panes: tuple[Pane, ...] = ("detail", "raw")
    key: str = ""
    by_workspace: bool = True
    within: str = ""
    listed: bool = True

    @property
    def label(self) -> str:
        """The plural for use inside a sentence: ``training jobs``, ``DevServers``."""
        return self.title.lower() if self.title[1:].islower() else self.title

    def action(self, action_id: str) -> Action | None:
        """Return the action of that id, or None when this kind has none."""
        return next((action for action in self.actions if action.id == action_id), None)

    def column(self, column_id: str) -> Column | None:
        """Return the column of that id, or None."""
        return next((column for column in self.columns if column.id == column_id), None)

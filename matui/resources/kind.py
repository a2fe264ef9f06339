"""The definition of a resource kind: columns, cadence, panes and actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Literal, NamedTuple, TypeAlias

from matui.base.text.formatting import add_zone_to_title, choose_have
from matui.resources.model import Resource

SortKey: TypeAlias = tuple[int, float | str]
Align: TypeAlias = Literal["left", "right"]
DELETE_VERSIONS = "delete-versions"
NOTHING = ("", "–")  # texts of a cell without a value
PaneName: TypeAlias = Literal[
    "detail", "log", "events", "metrics", "versions", "updates", "nodes", "raw", "why"
]


class Column(NamedTuple):
    """One column of the table.

    ``text`` returns the cell for a resource at a time (ms since the epoch). ``width`` is the minimum and
    ``max_width`` the maximum number of cells; ``drop`` is the order in which columns are dropped on a narrow
    screen (0: never; the highest first). ``ticks`` marks a cell that changes with time alone; ``wide`` one
    shown only by ``-o wide`` and on wide screens; ``zoned`` one of times, whose heading names their ``zone``,
    by default the machine's; ``utc`` is the same column with times in UTC; ``role`` names its style
    (``name``, ``phase``, ``muted``, ``profile``, ``prose`` for sentences that take the room left).
    A ``sparse`` column is hidden while every row shows ``–``. ``brief`` is the same
    column in fewer cells, of one width: it is shown before this one is dropped, and before a name is cut.
    It may have a brief form itself. A column that ``stays`` gets its brief form instead of being dropped.
    ``widest`` returns the cells of the longest text that a resource may show later: a number that grows
    moves no column then. ``may_get`` says whether a resource may still get its first text: a sparse column
    that was shown in an earlier run is there from the start then. A name with ``cut_for`` is cut before a
    column goes whose ``drop`` is at most that.
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
    zoned: bool = False
    role: str = ""
    sparse: bool = False
    brief: Column | None = None
    widest: Callable[[Resource], int] | None = None
    may_get: Callable[[Resource], bool] | None = None
    cut_for: int = 0
    stays: bool = False
    zone: tzinfo | None = None
    utc: Column | None = None

    @property
    def brief_forms(self) -> Iterator[Column]:
        """The forms of the column for narrow screens, the widest first."""
        form = self.brief
        while form is not None:
            yield form
            form = form.brief

    @property
    def is_never_dropped(self) -> bool:
        """Whether the column is shown on every screen."""
        return self.stays or not self.drop

    def format_heading(self, width: int) -> str:
        """Return the title as it is shown in ``width`` cells: that of local times with their zone."""
        return add_zone_to_title(self.title, width, self.zone) if self.zoned else self.title


class Action(NamedTuple):
    """An action on a resource.

    ``why_not`` returns the reason it is unavailable in the resource's state, or None. With ``typed`` the user
    confirms by typing the name. ``becomes`` is the status to expect until the next poll, or a function that
    returns it. ``verb`` precedes the object where the label alone cannot. ``countdown_s`` is the least time
    between confirmation and sending, in seconds. ``argument`` names what the typed command takes, of which
    ``parse`` makes options or raises UsageError; an action without ``parse`` takes none.
    ``look`` is where a person sees whether it was done, if the API does not state it. ``concerns`` names what
    of the resource it acts on, facts or ``created_at``: it is not sent if one changes after confirmation.
    """

    id: str
    label: str
    why_not: Callable[[Resource], str | None]
    consequence: str | Callable[[Sequence[Resource]], str]
    typed: bool = False
    becomes: str | Callable[[Resource], str] = ""
    verb: str = ""
    countdown_s: float = 0.0
    argument: str = ""
    parse: Callable[[str], Mapping[str, str]] | None = None
    look: str = ""
    concerns: tuple[str, ...] = ()

    def describe_consequence(self, resources: Sequence[Resource]) -> str:
        """Return the effect of the action on these resources in a sentence or two."""
        return self.consequence if isinstance(self.consequence, str) else self.consequence(resources)

    def expect_status(self, resource: Resource) -> str:
        """Return the expected next status, in capitals if the present one is, ``""`` for none known."""
        word = self.becomes if isinstance(self.becomes, str) else self.becomes(resource)
        return word.upper() if resource.status.isupper() else word

    def name_with(self, what: str) -> str:
        """Return the action with its object: ``delete all versions of model resnet``."""
        return f"{self.verb or self.label} {what}"


def refuse_in(reasons: Mapping[str, str]) -> Callable[[Resource], str | None]:
    """Return what gives the reason for a status of the table, in any letter case, None for any other."""
    table = {status.upper(): reason for status, reason in reasons.items()}
    return lambda resource: table.get(resource.status.upper())


def delete_action(
    why_not: Callable[[Resource], str | None],
    one: str,
    several: str,
    *,
    becomes: str = "",
    concerns: tuple[str, ...] = (),
) -> Action:
    """Return the action that deletes: its name is typed; it says ``one`` or ``several`` as a consequence."""
    said = build_consequence(one, several)
    return Action("delete", "delete", why_not, said, typed=True, becomes=becomes, concerns=concerns)


def build_consequence(one: str, several: str) -> Callable[[Sequence[Resource]], str]:
    """Return a function that gives ``one`` for one resource, else ``several`` with ``{count}`` filled in."""
    return lambda resources: one if len(resources) == 1 else several.format(count=len(resources))


class Kind(NamedTuple):
    """A kind of resource; its tab, key, settings and poller derive from this.

    ``cadence_s`` is the default time between polls in seconds and ``key`` the default key that shows the kind
    (``""``: by name only). With ``by_workspace`` choosing a workspace narrows the list. A kind with
    ``within`` is listed in a pane of that kind only; one that is not ``listed`` is not polled at all.
    """

    id: str
    singular: str
    short: tuple[str, ...]
    title: str
    columns: tuple[Column, ...]
    default_sort: str = "name"
    default_reverse: bool = False
    cadence_s: float = 10.0
    actions: tuple[Action, ...] = ()
    panes: tuple[PaneName, ...] = ("detail", "raw")
    key: str = ""
    by_workspace: bool = True
    within: str = ""
    listed: bool = True

    @property
    def in_utc(self) -> Kind:
        """The same kind with the times of its columns in UTC."""
        return self._replace(columns=tuple(column.utc or column for column in self.columns))

    @property
    def label(self) -> str:
        """The plural for use inside a sentence: ``training jobs``, ``DevServers``."""
        return self.title.lower() if self.title[1:].islower() else self.title

    @property
    def verb(self) -> str:
        """The verb after the title or label: ``jobs have``, ``maintenance has``."""
        return choose_have(self.title.partition(" of ")[0])

    def explain_no_action(self, action_id: str) -> str:
        """Return the sentence for a user who asks for an action that the kind does not have."""
        if action_id == DELETE_VERSIONS:
            return f"{self.title}: cannot delete all versions."
        return f"{self.title} {self.verb} no action {action_id}."

    def find_action(self, action_id: str) -> Action | None:
        """Return the action of that id, or None."""
        return next((action for action in self.actions if action.id == action_id), None)

    def find_column(self, column_id: str) -> Column | None:
        """Return the column of that id, or None."""
        return next((column for column in self.columns if column.id == column_id), None)

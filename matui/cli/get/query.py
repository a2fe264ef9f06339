"""What ``matui get`` lists: one kind, every kind (``all``), or what needs attention (``triage``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from matui.base.errors import UsageError
from matui.resources.kind import Kind
from matui.resources.kinds.triage import TRIAGE
from matui.resources.registry import KINDS, find_kind

if TYPE_CHECKING:
    from matui.cli.get.order import Order
    from matui.resources.filters import Filter

ALL = replace(TRIAGE, id="all", singular="resource", title="All kinds", key="")
SEVERAL_KINDS = {kind.id: kind for kind in (TRIAGE, ALL)}


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What to list of each profile, and in which format and order."""

    kind: Kind
    ids: Sequence[str]
    output: str
    filter: Filter
    order: Order
    headers: bool = True
    show_secrets: bool = False

    @property
    def has_several_kinds(self) -> bool:
        """Whether the rows are of several kinds."""
        return self.kind.id in SEVERAL_KINDS

    def kinds_of(self, offered: Sequence[str]) -> list[Kind]:
        """Return the kinds to list of a cloud that has the ``offered`` ones."""
        if self.has_several_kinds:
            return [kind for kind in KINDS.values() if kind.id in offered]
        return [self.kind]


def find_listed_kind(name: str) -> Kind:
    """Return the kind of a name, ``all`` and ``triage`` included. Raises UsageError."""
    known = SEVERAL_KINDS.get(name.casefold())
    try:
        return known or find_kind(name)
    except UsageError as error:
        from matui.guide import nearest_names

        near = nearest_names(name, tuple(SEVERAL_KINDS))
        if near and "Did you mean" not in str(error):
            raise UsageError(f"{error.sentence} Did you mean {near[0]}?", remedy=error.remedy) from None
        raise

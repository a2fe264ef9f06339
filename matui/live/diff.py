"""What one poll changed, resource by resource. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matui.resources.model import Resource


@dataclass(frozen=True, slots=True)
class Diff:
    """Resources that came, went (as they last were) and changed (as they are now).

    Any difference but in ``raw`` counts as a change; which cells it shows in is the table's business.
    """

    added: tuple[Resource, ...] = ()
    removed: tuple[Resource, ...] = ()
    changed: tuple[Resource, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def diff_of(before: Mapping[str, Resource | None], rows: Mapping[str, Resource]) -> Diff:
    """Return the net change of the ids in ``before``, which holds what each was (None: absent)."""
    added: list[Resource] = []
    removed: list[Resource] = []
    changed: list[Resource] = []
    for resource_id, was in before.items():
        now = rows.get(resource_id)
        if now is None:
            if was is not None:
                removed.append(was)
        elif was is None:
            added.append(now)
        elif was != now:
            changed.append(now)
    return Diff(tuple(added), tuple(removed), tuple(changed))

"""A table of resources as text, aligned in terminal cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matui.base.cells import cell_width, cut
from matui.base.sanitize import clean
from matui.resources.kind import NOTHING, Column, Kind
from matui.resources.model import Resource

_GAP = "  "


@dataclass(frozen=True, slots=True)
class Table:
    """The columns that are shown and their widths in cells; ``room`` is the terminal's, None when piped.

    On a terminal what is too long is cut; into a pipe it goes whole.
    """

    columns: tuple[Column, ...]
    widths: tuple[int, ...]
    room: int | None

    @classmethod
    def fitted(
        cls, kind: Kind, resources: Sequence[Resource], now_ms: float, *, wide: bool, room: int | None
    ) -> Table:
        """Choose columns and widths for these rows; on a narrow terminal the least needed columns go."""
        columns = [column for column in kind.columns if _is_shown(column, resources, now_ms, wide=wide)]
        widths = {column.id: _width(column, resources, now_ms) for column in columns}
        while room is not None and not wide and sum(widths[c.id] + 2 for c in columns) - 2 > room:
            least = max(columns, key=lambda column: column.drop)
            if least.drop == 0:
                break
            columns.remove(least)
        return cls(tuple(columns), tuple(widths[column.id] for column in columns), room)

    def header(self) -> str:
        """Return the line of titles."""
        return self._line([column.title for column in self.columns])

    def row(self, resource: Resource, now_ms: float) -> str:
        """Return the line of a resource."""
        return self._line([clean(column.text(resource, now_ms)) for column in self.columns])

    def _line(self, cells: Sequence[str]) -> str:
        padded = [
            _padded(cell if self.room is None else cut(cell, width), width, column.align)
            for cell, width, column in zip(cells, self.widths, self.columns, strict=True)
        ]
        line = _GAP.join(padded).rstrip()
        return line if self.room is None else cut(line, self.room)


def _is_shown(column: Column, resources: Sequence[Resource], now_ms: float, *, wide: bool) -> bool:
    if column.wide and not wide:
        return False
    return not column.sparse or any(column.text(one, now_ms) not in NOTHING for one in resources)


def _width(column: Column, resources: Sequence[Resource], now_ms: float) -> int:
    """Return the cells a column needs, at most its own limit: one endless name must not push all others."""
    cells = (cell_width(clean(column.text(resource, now_ms))) for resource in resources)
    return max(cell_width(column.title), min(max(cells, default=0), column.max_width))


def _padded(cell: str, width: int, align: str) -> str:
    space = " " * (width - cell_width(cell))
    return space + cell if align == "right" else cell + space

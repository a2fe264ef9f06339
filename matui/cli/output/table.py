"""A table of resources as text, aligned in terminal cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matui.base.cells import cell_width, cut, fit
from matui.base.sanitize import clean
from matui.cli.output.streams import encodable, print_line, terminal_width
from matui.resources.kind import NOTHING, Column, Kind
from matui.resources.model import Resource
from matui.resources.table_layout import GAP, Slot, lay_out_content


class Table(NamedTuple):
    """The columns with their widths in cells; ``room`` is the terminal's width, None when piped.

    On a terminal long cells are cut; into a pipe they are written whole.
    """

    slots: tuple[Slot, ...]
    room: int | None

    @classmethod
    def fit_rows(
        cls, kind: Kind, resources: Sequence[Resource], now_ms: float, *, wide: bool, room: int | None
    ) -> Table:
        """Return the table for these rows; on a narrow terminal it drops columns, unless ``wide``."""
        columns = [column for column in kind.columns if _is_shown(column, resources, now_ms, wide=wide)]
        natural = {column.id: _content_width(column, resources, now_ms) for column in columns}
        return cls(lay_out_content(columns, natural, room, keep_all=wide), room)

    def header(self) -> str:
        """Return the line of titles."""
        return self._line([slot.column.heading(slot.width) for slot in self.slots])

    def row(self, resource: Resource, now_ms: float) -> str:
        """Return the line of a resource."""
        return self._line([_cell(slot.column, resource, now_ms) for slot in self.slots])

    def _line(self, cells: Sequence[str]) -> str:
        padded = [self._pad(cell, slot) for cell, slot in zip(cells, self.slots, strict=True)]
        line = (" " * GAP).join(padded).rstrip()
        return line if self.room is None else cut(line, self.room)

    def _pad(self, cell: str, slot: Slot) -> str:
        whole = cell if self.room is None and cell_width(cell) > slot.width else None
        return whole or fit(cell, slot.width, right=slot.column.align == "right")


def _is_shown(column: Column, resources: Sequence[Resource], now_ms: float, *, wide: bool) -> bool:
    if column.wide and not wide:
        return False
    return not column.sparse or any(column.text(one, now_ms) not in NOTHING for one in resources)


def _cell(column: Column, resource: Resource, now_ms: float) -> str:
    return encodable(clean(column.text(resource, now_ms)))


def _content_width(column: Column, resources: Sequence[Resource], now_ms: float) -> int:
    return max((cell_width(_cell(column, resource, now_ms)) for resource in resources), default=0)


def print_table(kind: Kind, resources: Sequence[Resource]) -> None:
    """Print rows whose columns do not depend on the time: cut to the terminal, whole into a pipe."""
    room = terminal_width()
    table = Table.fit_rows(kind, resources, 0.0, wide=room is None, room=room)
    print_line("\n".join([table.header(), *(table.row(resource, 0.0) for resource in resources)]))

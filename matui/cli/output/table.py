"""A table of resources as text, aligned in terminal cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matui.base.text.cells import cut, fit, measure_width
from matui.base.text.sanitize import clean
from matui.cli.output.streams import escape_for_stdout, measure_terminal_width, print_line
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
        natural = {column.id: _measure_content(column, resources, now_ms) for column in columns}
        return cls(lay_out_content(columns, natural, room, keep_all=wide), room)

    def format_header(self) -> str:
        """Return the line of titles."""
        return self._format_line([slot.column.format_heading(slot.width) for slot in self.slots])

    def format_row(self, resource: Resource, now_ms: float) -> str:
        """Return the line of a resource."""
        return self._format_line([_format_cell(slot.column, resource, now_ms) for slot in self.slots])

    def _format_line(self, cells: Sequence[str]) -> str:
        padded = [self._pad(cell, slot) for cell, slot in zip(cells, self.slots, strict=True)]
        line = (" " * GAP).join(padded).rstrip()
        return line if self.room is None else cut(line, self.room)

    def _pad(self, cell: str, slot: Slot) -> str:
        whole = cell if self.room is None and measure_width(cell) > slot.width else None
        return whole or fit(cell, slot.width, right=slot.column.align == "right")


def _is_shown(column: Column, resources: Sequence[Resource], now_ms: float, *, wide: bool) -> bool:
    if column.wide and not wide:
        return False
    return not column.sparse or any(column.text(one, now_ms) not in NOTHING for one in resources)


def _format_cell(column: Column, resource: Resource, now_ms: float) -> str:
    return escape_for_stdout(clean(column.text(resource, now_ms)))


def _measure_content(column: Column, resources: Sequence[Resource], now_ms: float) -> int:
    return max((measure_width(_format_cell(column, resource, now_ms)) for resource in resources), default=0)


def print_table(kind: Kind, resources: Sequence[Resource]) -> None:
    """Print rows whose columns do not depend on the time: cut to the terminal, whole into a pipe."""
    room = measure_terminal_width()
    table = Table.fit_rows(kind, resources, 0.0, wide=room is None, room=room)
    print_line(
        "\n".join([table.format_header(), *(table.format_row(resource, 0.0) for resource in resources)])
    )

"""The widths that the columns of a table need, measured over its rows and kept from an earlier run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import islice

from matui.base.text.cells import measure_width
from matui.base.text.sanitize import clean
from matui.resources.kind import NOTHING, Column
from matui.resources.model import Resource
from matui.resources.table_layout import PROSE, is_fixed, is_whole

LONGEST = 500  # characters of a cell that are looked at
_SETTLING_MS = 10_000
_PATIENCE_MS = 120_000
_SAMPLE = 2000  # rows that a column which may be cut is measured over


class ColumnWidths:
    """The width of each column in cells, and which columns have a text in some row.

    Columns are measured over the first rows, in view or not: nothing moves while one scrolls. Rows of the
    first ten seconds, while profiles give their first answers, widen what is never cut. Later only a name or
    a number that does not fit its column, and a sparse column with its first text, move anything: step and
    loss of a job come by themselves, and a table may be in view for hours. Each column has at first the
    width of an earlier run, or the usual one, and a sparse one with such a width has its place from the
    start. What is cut, a status too, stays cut until :meth:`settle` measures all anew.

    ``ahead_of`` returns the ms that the clock of a profile's cloud is ahead, ``spell`` a text as the terminal
    shows it.
    """

    def __init__(
        self,
        now_ms: Callable[[], float],
        ahead_of: Callable[[str], float],
        spell: Callable[[str], str],
    ) -> None:
        self._now_ms = now_ms
        self._ahead_of = ahead_of
        self._spell = spell
        self._columns: tuple[Column, ...] = ()
        self.natural: dict[str, int] = {}
        self._longest: dict[str, int] = {}
        self._filled: set[str] = set()
        self._found: set[str] = set()
        self._reserved: dict[str, int] = {}
        self._is_usual = False
        self._measured = False
        self._measured_at = 0.0

    def set_columns(self, columns: tuple[Column, ...]) -> None:
        """Take other columns, which have the widths reserved for them."""
        self._columns = columns
        self._longest.clear()
        self._filled.clear()
        self._found.clear()
        self._measured = False
        self.natural.clear()
        self.natural.update(self._reserved)

    def reserve(self, widths: Mapping[str, int], *, usual: bool = False) -> None:
        """Take the widths that columns have before rows are measured: ``known`` of an earlier run.

        At a first start they are the ``usual`` ones: a sparse column without a text is hidden again when
        the table is settled after two minutes, and is not remembered.
        """
        self._reserved, self._is_usual = dict(widths), usual
        self.natural.update(self._reserved)

    @property
    def known(self) -> dict[str, int]:
        """The width of each column that has had a text in this run, and of sparse ones in an earlier one."""
        shown = [column for column in self._columns if column.id in self._found]
        earlier = {} if self._is_usual else self._reserved
        sparse = {c.id: earlier[c.id] for c in self._columns if c.may_get and c.id in earlier}
        return sparse | {c.id: max(c.width, self._longest.get(c.id, 0)) for c in shown}

    @property
    def worth_showing(self) -> list[Column]:
        """The columns without those that are empty in every row; sentences may come long after their rows."""
        return [
            column
            for column in self._columns
            if column.id in self._filled
            or column.role == PROSE
            or (not self._measured and column.id in self._reserved)
            or not (column.sparse or (self._measured and column.drop))
        ]

    def apply(self) -> None:
        """Give each column the width of its longest text."""
        self.natural.update(self._longest)
        self._filled |= self._found

    def settle(self) -> bool:
        """Give each column the width that all rows which came need; return whether anything changed."""
        changed = False
        if self._is_usual and self._measured and self._now_ms() - self._measured_at > _PATIENCE_MS:
            self._filled &= self._found
            self._is_usual, self._reserved = False, {}
            changed = True
        if changed or self._found - self._filled or self._longest != self.natural:
            self.apply()
            return True
        return False

    def measure(self, resources: Collection[Resource], is_cut: Callable[[Column, int], bool]) -> bool:
        """Measure rows that are new; return whether a width, or a column worth showing, changed.

        ``is_cut`` says whether a column as it is laid out cuts a text of so many cells.
        """
        if not resources:
            return False
        now, changed = self._now_ms(), not self._measured
        if changed:
            self._measured_at = now
        is_settled = now - self._measured_at > _SETTLING_MS
        sample = tuple(islice(resources, _SAMPLE))
        for column in self._columns:
            if not is_fixed(column):
                whole = is_whole(column)
                keeps = is_cut if self._measured and (not whole or is_settled) else None
                changed = self._widen(column, resources if whole else sample, now, keeps) or changed
            if self._look_for_text(column, resources, now) and (column.sparse or not is_settled):
                self._filled.add(column.id)
                reserved = 0 if is_settled else self._reserved.get(column.id, 0)
                self.natural[column.id] = max(reserved, self._longest.get(column.id, 0))
                changed = True
            changed = self._take_reserved(column, resources) or changed
        if not self._measured:
            self._keep_reserved()
        self._measured = True
        return changed

    def _take_reserved(self, column: Column, resources: Collection[Resource]) -> bool:
        """Show a sparse column of an earlier run if its first text may come; return whether that is news."""
        width, may_get = self._reserved.get(column.id, 0), column.may_get
        if not width or column.id in self._filled or not may_get or not any(map(may_get, resources)):
            return False
        self._filled.add(column.id)
        least = max(min(width, column.max_width), self._longest.get(column.id, 0))
        self._longest[column.id] = self.natural[column.id] = least
        return True

    def _keep_reserved(self) -> None:
        """Give the columns at the first rows the widths of the earlier run, where those are greater.

        More rows come with the first answer, and with the pages after it: the columns do not move then.
        """
        for column in self._columns:
            if not is_fixed(column) and column.id in self._found:
                known = self._reserved.get(column.id, 0)
                self.natural[column.id] = max(known, self.natural.get(column.id, 0))

    def _look_for_text(self, column: Column, resources: Collection[Resource], now: float) -> bool:
        """Note that some row has a text in the column; return whether that is news."""
        if column.id in self._found or all(
            column.text(r, now + self._ahead_of(r.profile)) in NOTHING for r in resources
        ):
            return False
        self._found.add(column.id)
        return True

    def _widen(
        self,
        column: Column,
        resources: Collection[Resource],
        now: float,
        keeps: Callable[[Column, int], bool] | None,
    ) -> bool:
        """Note the longest text; return whether the column widens.

        With ``keeps`` it widens only for a name or a number that its slot cuts.
        """
        texts = {
            column.text(resource, now + self._ahead_of(resource.profile))[:LONGEST] for resource in resources
        }
        width = max(measure_width(self._spell(clean(text))) for text in texts)
        if column.widest is not None:
            width = max(width, *(column.widest(resource) for resource in resources))
        self._longest[column.id] = max(width, self._longest.get(column.id, 0))
        if width <= self.natural.get(column.id, 0):
            return False
        if keeps is not None and not (
            (column.role == "name" or column.align == "right") and keeps(column, width)
        ):
            return False
        self.natural[column.id] = width
        return True

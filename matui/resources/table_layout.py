"""Choose the columns of a table and their widths, for the screen and for ``matui get``. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matui.base.cells import cell_width
from matui.resources.kind import Column

GAP = 2
PROSE = "prose"  # the role of a column of sentences, which takes the room that is left
_NAME_LEAST = 6
_PROSE_LEAST = 10


@dataclass(frozen=True, slots=True)
class Slot:
    """A column at its place: ``x`` and ``width`` in cells."""

    column: Column
    x: int
    width: int


def lay_out(
    columns: Sequence[Column], natural: Mapping[str, int], width: int, *, skip: int = 0
) -> tuple[Slot, ...]:
    """Return the columns that fit a screen of ``width`` cells; ``natural`` is the preferred width of each.

    Columns shrink to their minimum before one is dropped, and grow into spare cells. The name stays first;
    ``skip`` is the number of columns scrolled off to its right. Columns that do not fit are dropped by
    ``drop``; once scrolled, from the right.
    """
    name, others = _split(columns)
    wish = {column.id: _wish(column, natural) for column in columns}
    wish[name.id] = _name_wish(name, others, wish, natural, width)
    if skip:
        chosen = _that_fit(name, others[skip:], wish, width)
    else:
        chosen = _with_wide(name, others, wish, _drop(name, others, wish, width), width)
    return _place(name, chosen, wish, width, longest=natural.get(name.id, 0))


def lay_out_content(
    columns: Sequence[Column], natural: Mapping[str, int], width: int | None, *, keep_all: bool = False
) -> tuple[Slot, ...]:
    """Return the columns at the width of their content, at most the maximum of each, for printed text.

    Columns that do not fit ``width`` cells are dropped by ``drop``; none where ``width`` is None or with
    ``keep_all``.
    """
    sizes = {c.id: max(cell_width(c.title), min(natural.get(c.id, 0), c.max_width)) for c in columns}
    kept = list(columns)
    if width is not None and not keep_all:
        least = {c.id: min(c.width, sizes[c.id]) if c.role == PROSE else sizes[c.id] for c in columns}
        narrowest = {c.id: _cut_prose(c, least[c.id]) for c in columns}
        kept = _drop_in_order(kept, least, narrowest, width)
        _shorten_prose(kept, sizes, narrowest, width)
    return _slots(kept, sizes)


def _shorten_prose(
    columns: Sequence[Column], sizes: dict[str, int], narrowest: Mapping[str, int], width: int
) -> None:
    """Cut the column of sentences to the room that the others leave."""
    over = _total([sizes[column.id] for column in columns]) - width
    for column in columns:
        if column.role == PROSE and over > 0:
            sizes[column.id] = max(narrowest[column.id], sizes[column.id] - over)


def furthest_skip(columns: Sequence[Column], natural: Mapping[str, int], width: int) -> int:
    """Return how many columns can be scrolled off before the last one is in view; 0 when all are."""
    if len(lay_out(columns, natural, width)) == len(columns):
        return 0
    for skip in range(1, len(columns) - 1):
        if lay_out(columns, natural, width, skip=skip)[-1].column is columns[-1]:
            return skip
    return max(0, len(columns) - 2)


def is_whole(column: Column) -> bool:
    """Whether a column is shown at its full width or not at all."""
    return column.role in ("name", "phase", "profile") or column.align == "right"


def is_fixed(column: Column) -> bool:
    """Whether a column has one width, so that nothing moves when its texts change with the time."""
    return column.ticks or column.width == column.max_width


def _wish(column: Column, natural: Mapping[str, int]) -> int:
    if is_fixed(column):
        return column.max_width
    title = len(column.title) + 1  # the sort arrow
    return max(column.width, min(column.max_width, max(natural.get(column.id, 0), title)))


def _name_wish(
    name: Column, others: Sequence[Column], wish: Mapping[str, int], natural: Mapping[str, int], width: int
) -> int:
    """Return the width of the longest name; at most the column's maximum where no screen would be enough."""
    longest = natural.get(name.id, 0)
    kept = [column for column in others if not column.drop]
    whole = longest + sum(GAP + _narrowest(column, wish) for column in kept)
    return max(wish[name.id], longest) if whole <= width else wish[name.id]


def _split(columns: Sequence[Column]) -> tuple[Column, list[Column]]:
    name = next((column for column in columns if column.role == "name"), columns[0])
    return name, [column for column in columns if column is not name]


def _least(column: Column, wish: Mapping[str, int]) -> int:
    """Return the minimum width of a column; a name, a status or a number is shown whole or not at all."""
    want = wish[column.id]
    if is_whole(column):
        return want
    if column.role == PROSE:
        return min(column.width, want)
    return max(min(column.width, want), want * 3 // 5)


def _narrowest(column: Column, wish: Mapping[str, int]) -> int:
    """Return the width below which a column is not cut for the sake of a name."""
    return _cut_prose(column, _least(column, wish))


def _cut_prose(column: Column, least: int) -> int:
    return min(_PROSE_LEAST, least) if column.role == PROSE else least


def _needed(name: Column, others: Sequence[Column], wish: Mapping[str, int]) -> int:
    return _least(name, wish) + sum(GAP + _least(column, wish) for column in others)


def _drop(name: Column, others: Sequence[Column], wish: Mapping[str, int], width: int) -> list[Column]:
    kept = [column for column in others if not column.wide]
    least = {column.id: _least(column, wish) for column in kept}
    narrowest = {column.id: _narrowest(column, wish) for column in kept}
    return _drop_in_order(kept, least, narrowest, width - _least(name, wish) - GAP)


def _drop_in_order(
    columns: Sequence[Column], least: Mapping[str, int], narrowest: Mapping[str, int], width: int
) -> list[Column]:
    """Drop columns until the others fit: sentences are cut before what matters more than they do goes."""
    prose = max((column.drop for column in columns if column.role == PROSE), default=0)
    kept = _drop_until(columns, lambda some: _total([least[c.id] for c in some]) <= width, above=prose)
    return _drop_until(kept, lambda some: _total([narrowest[c.id] for c in some]) <= width)


def _drop_until(
    columns: Sequence[Column], fits: Callable[[Sequence[Column]], bool], *, above: int = 0
) -> list[Column]:
    """Remove columns whose ``drop`` is ``above`` a number, the highest first, until the others fit."""
    kept = list(columns)
    while not fits(kept):
        droppable = [column for column in kept if column.drop > above]
        if not droppable:
            break
        most = max(column.drop for column in droppable)
        kept.remove(next(column for column in reversed(droppable) if column.drop == most))
    return kept


def _total(sizes: Sequence[int]) -> int:
    return sum(sizes) + GAP * (len(sizes) - 1)


def _with_wide(
    name: Column, others: Sequence[Column], wish: Mapping[str, int], kept: Sequence[Column], width: int
) -> list[Column]:
    if any(not column.wide and column not in kept for column in others):
        return list(kept)
    used = wish[name.id] + sum(GAP + wish[column.id] for column in kept)
    added = []
    for column in sorted((column for column in others if column.wide), key=lambda column: column.drop):
        used += GAP + wish[column.id]
        if used > width:
            break
        added.append(column)
    return [column for column in others if column in kept or column in added]


def _that_fit(name: Column, others: Sequence[Column], wish: Mapping[str, int], width: int) -> list[Column]:
    for count in range(len(others), 1, -1):
        if _needed(name, others[:count], wish) <= width:
            return list(others[:count])
    return list(others[:1])


def _place(
    name: Column, others: Sequence[Column], wish: Mapping[str, int], width: int, *, longest: int
) -> tuple[Slot, ...]:
    sizes = {column.id: _least(column, wish) for column in (name, *others)}
    spare = width - sum(sizes.values()) - GAP * len(others)
    for column in others:
        if spare < 0 and column.role == PROSE:
            cut = min(-spare, sizes[column.id] - _narrowest(column, wish))
            sizes[column.id] -= cut
            spare += cut
    if spare < 0:
        sizes[name.id] = max(_NAME_LEAST, sizes[name.id] + spare)
        spare = 0
    for column, most in _growth(name, others, wish, longest):
        more = min(spare, max(0, most - sizes[column.id]))
        sizes[column.id] += more
        spare -= more
    return tuple(
        Slot(slot.column, slot.x, min(slot.width, width - slot.x))
        for slot in _slots([name, *others], sizes)
        if slot.x < width
    )


def _slots(columns: Sequence[Column], sizes: Mapping[str, int]) -> tuple[Slot, ...]:
    slots, x = [], 0
    for column in columns:
        slots.append(Slot(column, x, sizes[column.id]))
        x += sizes[column.id] + GAP
    return tuple(slots)


def _growth(
    name: Column, others: Sequence[Column], wish: Mapping[str, int], longest: int
) -> list[tuple[Column, int]]:
    """Return the order in which spare cells are assigned, each with the maximum width."""
    by_need = sorted(others, key=lambda column: column.drop)
    return [*((column, wish[column.id]) for column in by_need), (name, max(longest, name.max_width))]

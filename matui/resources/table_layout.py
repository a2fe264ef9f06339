"""Choose the columns of a table and their widths, for the screen and for ``matui get``. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from matui.base.text.cells import measure_width
from matui.resources.kind import Column

GAP = 2
PROSE = "prose"  # the role of a column of sentences, which takes the room that is left
_NAME_LEAST = 6
_NAME_WHOLE = 32  # up to which no name is cut for another column
_PROSE_LEAST = 10
_PROSE_SHOWN = 20  # for which a longer name is cut
_PHASE_LEAST = 3  # the symbol and an ellipsis


class Slot(NamedTuple):
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
    ``drop``; once scrolled, from the right. A status is cut last, where the longest name is whole then.
    """
    name, others = _split(columns)
    longest = natural.get(name.id, 0)
    preferred = {column.id: _compute_preferred_width(column, natural) for column in columns}
    is_name_whole = _can_be_whole(longest, others, preferred, width)
    preferred[name.id] = max(preferred[name.id], longest) if is_name_whole else preferred[name.id]
    if name.cut_for and not skip:
        preferred[name.id] = min(preferred[name.id], _compute_room_beside(name, others, preferred, width))
    if skip:
        chosen = _select_fitting(name, others[skip:], preferred, width)
    else:
        chosen = _add_wide(name, others, preferred, _drop(name, others, preferred, width), width)
    return _place_columns(name, chosen, preferred, width, longest=longest, cuts_phase=is_name_whole)


def lay_out_content(
    columns: Sequence[Column], natural: Mapping[str, int], width: int | None, *, keep_all: bool = False
) -> tuple[Slot, ...]:
    """Return the columns at the width of their content, at most the maximum of each, for printed text.

    Columns that do not fit ``width`` cells are dropped by ``drop``; none with ``keep_all``. Where ``width``
    is None, every column is kept and has no maximum.
    """
    content = {c.id: natural.get(c.id, 0) for c in columns}
    if width is not None:
        content = {c.id: min(content[c.id], c.max_width) for c in columns}
    sizes = {c.id: max(measure_width(c.title), content[c.id]) for c in columns}
    kept = list(columns)
    if width is not None and not keep_all:
        least = {c.id: min(c.width, sizes[c.id]) if c.role == PROSE else sizes[c.id] for c in columns}
        narrowest = {c.id: _cut_prose(c, least[c.id]) for c in columns}
        kept = _drop_in_order(kept, least, narrowest, width)
        sizes |= {column.id: min(sizes[column.id], column.max_width) for column in kept}
        _shorten_prose(kept, sizes, narrowest, width)
    return _place_slots(kept, sizes)


def _shorten_prose(
    columns: Sequence[Column], sizes: dict[str, int], narrowest: Mapping[str, int], width: int
) -> None:
    """Cut the column of sentences to the room that the others leave."""
    over = _sum_sizes([sizes[column.id] for column in columns]) - width
    for column in columns:
        if column.role == PROSE and over > 0:
            sizes[column.id] = max(narrowest[column.id], sizes[column.id] - over)


def count_furthest_skip(columns: Sequence[Column], natural: Mapping[str, int], width: int) -> int:
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


def _compute_preferred_width(column: Column, natural: Mapping[str, int]) -> int:
    if is_fixed(column):
        return column.max_width
    title = len(column.title) + 1  # the sort arrow
    return max(column.width, min(column.max_width, max(natural.get(column.id, 0), title)))


def _can_be_whole(longest: int, others: Sequence[Column], preferred: Mapping[str, int], width: int) -> bool:
    """Return whether a name of ``longest`` cells fits beside what is never dropped, at its narrowest."""
    kept = (_find_least_form(column) for column in others if column.is_never_dropped)
    return (
        longest
        + sum(GAP + _cut_phase(column, _compute_narrowest_width(column, preferred)) for column in kept)
        <= width
    )


def _compute_room_beside(
    name: Column, others: Sequence[Column], preferred: Mapping[str, int], width: int
) -> int:
    """Return the width up to which a name is not cut for the columns that its ``cut_for`` keeps."""
    kept = [column for column in others if column.drop <= name.cut_for]
    sizes = (
        min(
            preferred[column.id], _PROSE_SHOWN if column.role == PROSE else (column.brief or column).max_width
        )
        for column in kept
    )
    return max(_NAME_WHOLE, width - sum(GAP + size for size in sizes))


def _find_least_form(column: Column) -> Column:
    """Return the form of a column that takes the fewest cells."""
    return next(reversed([column, *column.brief_forms]))


def _split(columns: Sequence[Column]) -> tuple[Column, list[Column]]:
    name = next((column for column in columns if column.role == "name"), columns[0])
    return name, [column for column in columns if column is not name]


def _compute_least_width(column: Column, preferred: Mapping[str, int]) -> int:
    """Return the minimum width of a column; a name, a status or a number is shown whole or not at all."""
    want = column.max_width if is_fixed(column) else preferred[column.id]
    if is_whole(column):
        return want
    if column.role == PROSE:
        return min(column.width, want)
    return max(min(column.width, want), want * 3 // 5)


def _compute_narrowest_width(column: Column, preferred: Mapping[str, int]) -> int:
    """Return the width below which a column is not cut for the sake of a name."""
    return _cut_prose(column, _compute_least_width(column, preferred))


def _cut_prose(column: Column, least: int) -> int:
    return min(_PROSE_LEAST, least) if column.role == PROSE else least


def _cut_phase(column: Column, least: int) -> int:
    return min(_PHASE_LEAST, least) if column.role == "phase" else least


def _compute_needed_width(name: Column, others: Sequence[Column], preferred: Mapping[str, int]) -> int:
    return _compute_least_width(name, preferred) + sum(
        GAP + _compute_least_width(column, preferred) for column in others
    )


def _drop(name: Column, others: Sequence[Column], preferred: Mapping[str, int], width: int) -> list[Column]:
    kept = [column for column in others if not column.wide]
    least = {column.id: _compute_least_width(column, preferred) for column in kept}
    narrowest = {column.id: _compute_narrowest_width(column, preferred) for column in kept}
    return _drop_in_order(kept, least, narrowest, width - _compute_least_width(name, preferred) - GAP)


def _drop_in_order(
    columns: Sequence[Column], least: Mapping[str, int], narrowest: Mapping[str, int], width: int
) -> list[Column]:
    """Drop columns until the others fit: sentences are cut before what matters more than they do goes."""
    prose = max((column.drop for column in columns if column.role == PROSE), default=0)
    kept = _drop_until(columns, lambda some: _sum_columns(some, least) <= width, above=prose)
    return _drop_until(kept, lambda some: _sum_columns(some, narrowest) <= width)


def _drop_until(
    columns: Sequence[Column], fits: Callable[[Sequence[Column]], bool], *, above: int = 0
) -> list[Column]:
    """Return the first of the choices of columns that fits, else the last.

    Only columns whose ``drop`` is ``above`` a number are removed.
    """
    choice = list(columns)
    for choice in _iterate_choices(columns, above):
        if fits(choice):
            break
    return choice


def _iterate_choices(columns: Sequence[Column], above: int) -> Iterator[list[Column]]:
    """Yield the columns with ever less: the highest ``drop`` goes first, its brief form before it goes.

    Where it has one, the brief forms of what is never dropped come before it goes, too.
    """
    kept = list(columns)
    shortened: set[str] = set()
    while True:
        yield list(kept)
        droppable = [column for column in kept if column.drop > above and column.id not in shortened]
        most = max((column.drop for column in droppable), default=0)
        last = next((column for column in reversed(droppable) if column.drop == most), None)
        if not above and (last is None or last.brief):
            yield [(column.brief or column) if column is last else column for column in kept]
            yield [column.brief or column for column in kept]
        if last is None:
            yield [_find_least_form(column) for column in kept]
            return
        if last.stays:
            kept[kept.index(last)] = last.brief or last
            shortened.add(last.id)
        else:
            kept.remove(last)


def _sum_columns(columns: Sequence[Column], sizes: Mapping[str, int]) -> int:
    """Return the cells that the columns take; ``sizes`` are those of the columns that are not brief."""
    return _sum_sizes([min(sizes[column.id], column.max_width) for column in columns])


def _sum_sizes(sizes: Sequence[int]) -> int:
    return sum(sizes) + GAP * (len(sizes) - 1)


def _add_wide(
    name: Column, others: Sequence[Column], preferred: Mapping[str, int], kept: Sequence[Column], width: int
) -> list[Column]:
    if any(not column.wide and column not in kept for column in others):
        return list(kept)
    used = preferred[name.id] + sum(GAP + preferred[column.id] for column in kept)
    added = []
    for column in sorted((column for column in others if column.wide), key=lambda column: column.drop):
        used += GAP + preferred[column.id]
        if used > width:
            break
        added.append(column)
    return [column for column in others if column in kept or column in added]


def _select_fitting(
    name: Column, others: Sequence[Column], preferred: Mapping[str, int], width: int
) -> list[Column]:
    for count in range(len(others), 1, -1):
        if _compute_needed_width(name, others[:count], preferred) <= width:
            return list(others[:count])
    return list(others[:1])


def _place_columns(
    name: Column,
    others: Sequence[Column],
    preferred: Mapping[str, int],
    width: int,
    *,
    longest: int,
    cuts_phase: bool,
) -> tuple[Slot, ...]:
    sizes = {column.id: _compute_least_width(column, preferred) for column in (name, *others)}
    spare = width - sum(sizes.values()) - GAP * len(others)
    cuts: list[Callable[[Column, int], int]] = [_cut_prose, _cut_phase] if cuts_phase else [_cut_prose]
    for cut_to, column in ((cut_to, column) for cut_to in cuts for column in others):
        if spare < 0:
            cut = min(-spare, sizes[column.id] - cut_to(column, sizes[column.id]))
            sizes[column.id] -= cut
            spare += cut
    if spare < 0:
        sizes[name.id] = max(_NAME_LEAST, sizes[name.id] + spare)
        spare = 0
    for column, most in _list_growth(name, others, preferred, longest):
        more = min(spare, max(0, most - sizes[column.id]))
        sizes[column.id] += more
        spare -= more
    return tuple(
        Slot(slot.column, slot.x, min(slot.width, width - slot.x))
        for slot in _place_slots([name, *others], sizes)
        if slot.x < width
    )


def _place_slots(columns: Sequence[Column], sizes: Mapping[str, int]) -> tuple[Slot, ...]:
    slots, x = [], 0
    for column in columns:
        slots.append(Slot(column, x, sizes[column.id]))
        x += sizes[column.id] + GAP
    return tuple(slots)


def _list_growth(
    name: Column, others: Sequence[Column], preferred: Mapping[str, int], longest: int
) -> list[tuple[Column, int]]:
    """Return the order in which spare cells are assigned, each with the maximum width."""
    by_need = sorted(others, key=lambda column: column.drop)
    most_useful = (
        (column, min(preferred[column.id], max(column.max_width, column.width))) for column in by_need
    )
    return [*most_useful, (name, max(longest, name.max_width))]

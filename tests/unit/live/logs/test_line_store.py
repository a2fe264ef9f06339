"""The store: numbers that never change, whole pages let go of, memory about the size of the text."""

import tracemalloc
from itertools import pairwise

import pytest

from matui.live.logs.line_store import LogStore
from matui.live.logs.page_store import PageRef


def make_page(first: int, count: int = 100) -> tuple[str, ...]:
    return tuple(f"line {number}" for number in range(first, first + count))


def fill_store(pages: int, max_lines: int) -> LogStore:
    store = LogStore(max_lines)
    for number in range(pages):
        store.append(make_page(number * 500, 500), PageRef(f"c{number}"))
    return store


def test_lines_put_before_the_first_get_negative_numbers() -> None:
    store = LogStore()
    store.append(("c", "d"), PageRef("x"))
    store.prepend(("a", "b"), PageRef("w", older=True))
    assert (store.first, store.end) == (-2, 2)
    assert [store.get_line(number).text for number in range(-2, 2)] == ["a", "b", "c", "d"]


def test_numbers_stay_when_pages_are_let_go_of() -> None:
    store = fill_store(6, 1000)
    store.evict_above(store.end)
    assert store.first == 2000
    assert store.get_line(2400).text == "line 2400"
    assert [dropped.ref.base for dropped in store.above] == ["c0", "c1", "c2", "c3"]
    with pytest.raises(IndexError):
        store.get_line(1999)


def test_nothing_near_a_reader_is_let_go_of() -> None:
    store = fill_store(6, 1000)
    store.evict_above(1200)
    assert store.first == 1000


def test_a_jump_to_the_end_keeps_the_numbers() -> None:
    store = fill_store(6, 1000)
    store.evict_below(store.first)
    assert (store.first, store.end) == (0, 1000)
    store.jump_below()
    assert (store.first, store.end) == (2500, 2500)
    assert [dropped.ref.base for dropped in store.above] == ["c0", "c1", "c2", "c3", "c4"]
    assert [dropped.ref.base for dropped in store.below] == ["c5"]


def test_small_pages_become_one_that_can_be_asked_for_at_once() -> None:
    store = LogStore(max_lines=100)
    for number in range(1000):
        store.append((f"line {number}",), PageRef(f"c{number}", skip=1))
    store.evict_above(store.end)
    assert all(dropped.count + dropped.ref.skip <= 500 for dropped in store.above)
    assert len(store.above) == 2


def test_marks_stand_between_lines_and_are_no_text_of_the_log() -> None:
    store = LogStore()
    store.append(("a",), PageRef("x"))
    store.mark("a gap", "gap")
    store.append(("b",), PageRef("y"))
    assert [(line.text, line.mark) for line in store.iterate_lines(0, 3)] == [
        ("a", ""),
        ("a gap", "gap"),
        ("b", ""),
    ]


def test_any_text_comes_back_as_it_was() -> None:
    odd = ("", "\t\x1b[31m\r", "步 🙂", "\ud800", "x" * 1_000_000)
    store = LogStore()
    store.append(odd, PageRef("x"))
    assert tuple(line.text for line in store.iterate_lines(0, 5)) == odd


@pytest.mark.slow
def test_200_000_lines_cost_little_more_than_their_text() -> None:
    tracemalloc.start()
    store = LogStore()
    for number in range(400):
        store.append(tuple(f"{number * 500 + at:0100d}" for at in range(500)), PageRef(f"c{number}"))
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(store) == 200_000
    assert held < 1.1 * 200_000 * 100


def test_the_first_page_of_many_is_found_at_once() -> None:
    store = fill_store(100, 1_000_000)
    numbers = [store.get_line(number).text for number in range(0, 50_000, 997)]
    assert all(int(a.split()[1]) + 997 == int(b.split()[1]) for a, b in pairwise(numbers))

"""Pages of a list that shifts become exactly the rows that exist."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matui.clouds.protocols import ListRequest, Page
from matui.live.poll.list_sync import ListSync, OptimisticState
from matui.live.poll.rows import Diff, Rows
from matui.resources.model import Phase, Resource
from tests.unit.live.poll.listed import make_row


class Server:
    """A list that answers asks and can be bent: a cap, a total or none, sorted or not."""

    def __init__(self, count: int, *, cap: int = 1000, tells_total: bool = True, sorts: bool = True) -> None:
        self.rows = {f"j{n}": make_row(n) for n in range(count)}
        self.cap = cap
        self.tells_total = tells_total
        self.sorts = sorts
        self.overcounts = 0
        self.asks: list[ListRequest] = []
        self.next = count

    def answer(self, request: ListRequest) -> Page:
        self.asks.append(request)
        rows = list(self.rows.values())
        if self.sorts:
            rows.sort(key=lambda r: r.created_at or 0, reverse=True)
        size = min(request.size, self.cap)
        here = tuple(rows[request.number * size : (request.number + 1) * size])
        return Page(here, len(rows) + self.overcounts if self.tells_total else None, self.sorts)

    def create(self, count: int) -> None:
        for _ in range(count):
            self.rows[f"j{self.next}"] = make_row(self.next, "JOBSTAT_RUNNING", Phase.RUNNING)
            self.next += 1

    def delete(self, at: float) -> None:
        if self.rows:
            del self.rows[list(self.rows)[int(at * (len(self.rows) - 1))]]

    def change(self, at: float, seconds: int) -> None:
        if self.rows:
            key = list(self.rows)[int(at * (len(self.rows) - 1))]
            self.rows[key] = make_row(int(key[1:]), duration_ms=seconds)


def poll(book: ListSync, server: Server) -> Diff:
    """One poll; asserts its price."""
    before = len(server.asks)
    ask = book.build_first_request()
    book.apply_page(ask, server.answer(ask))
    second = book.build_second_request()
    if second is not None:
        book.apply_page(second, server.answer(second))
    assert 1 <= len(server.asks) - before <= 2
    return book.pop_diff()


def poll_often(book: ListSync, server: Server, count: int) -> None:
    for _ in range(count):
        poll(book, server)


def list_in_order(server: Server) -> list[Resource]:
    return sorted(server.rows.values(), key=lambda r: r.created_at or 0, reverse=True)


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("create"), st.integers(1, 30)),
        st.tuples(st.just("delete"), st.floats(0, 1)),
        st.tuples(st.just("change"), st.floats(0, 1)),
    ),
    max_size=12,
)


@settings(max_examples=120, deadline=None)
@given(
    count=st.integers(0, 300),
    page_size=st.sampled_from([8, 20, 50, 400]),
    cap=st.sampled_from([1000, 15]),
    tells_total=st.booleans(),
    turns=st.lists(CHANGES, min_size=1, max_size=25),
)
@pytest.mark.slow
def test_after_enough_polls_the_rows_are_the_clouds_and_none_that_exists_is_ever_dropped(
    count: int, page_size: int, cap: int, tells_total: bool, turns: list[list[tuple[str, float]]]
) -> None:
    server = Server(count, cap=cap, tells_total=tells_total)
    book = ListSync("jobs", page_size=page_size)
    mirror: dict[str, Resource] = {}
    for changes in turns:
        for what, much in changes:
            if what == "create":
                server.create(int(much))
            elif what == "delete":
                server.delete(much)
            else:
                server.change(much, len(server.asks))
        diff = poll(book, server)
        assert not {r.id for r in diff.removed} & set(server.rows)
        assert not {r.id for r in diff.added} & set(mirror)
        mirror.update({r.id: r for r in (*diff.added, *diff.changed)})
        for gone in diff.removed:
            del mirror[gone.id]
        assert mirror == dict(book.rows)
    poll_often(book, server, 10 * (len(server.rows) // min(page_size, cap, 1000) + 5))
    assert list(book.rows.values()) == list_in_order(server)
    assert book.complete
    assert {p: n for p, n in book.phases.items() if n} == {
        phase: n for phase in Phase if (n := sum(r.phase is phase for r in server.rows.values()))
    }


@settings(max_examples=60, deadline=None)
@given(count=st.integers(0, 120), page_size=st.sampled_from([8, 30]), seed=st.integers(0, 1000))
def test_an_unsorted_list_ends_up_exact(count: int, page_size: int, seed: int) -> None:
    rng = Random(seed)
    server = Server(count, sorts=False)
    book = ListSync("jobs", page_size=page_size)
    poll_often(book, server, 20)
    for _ in range(10):
        rng.choice([lambda: server.create(2), lambda: server.delete(rng.random())])()
        poll(book, server)
    poll_often(book, server, 12 * (len(server.rows) // page_size + 4))
    assert set(book.rows) == set(server.rows)


@pytest.mark.parametrize("tells_total", [True, False])
@pytest.mark.parametrize("count", [0, 1, 7, 40])
def test_a_list_on_one_page_soon_costs_one_request(count: int, tells_total: bool) -> None:
    server = Server(count, tells_total=tells_total)
    book = ListSync("jobs", page_size=50)
    poll_often(book, server, 3)
    before = len(server.asks)
    poll_often(book, server, 5)
    assert len(server.asks) == before + 5
    assert len(book.rows) == count


def test_a_capped_server_is_asked_for_pages_of_its_size() -> None:
    server = Server(130, cap=25)
    book = ListSync("jobs")
    poll_often(book, server, 8)
    assert set(book.rows) == set(server.rows)
    assert server.asks[1].size == 25


def test_a_capped_server_without_a_total_is_read_to_its_end() -> None:
    server = Server(130, cap=25, tells_total=False)
    book = ListSync("jobs")
    poll_often(book, server, 8)
    assert set(book.rows) == set(server.rows)


@pytest.mark.parametrize("tells_total", [True, False])
def test_a_server_that_ignores_paging_gives_every_row_once(tells_total: bool) -> None:
    server = Server(70, tells_total=tells_total)
    book = ListSync("jobs", page_size=30)

    def everything(request: ListRequest) -> Page:
        return Server.answer(server, ListRequest(request.kind, 0, 1000))

    server.answer = everything  # type: ignore[method-assign]
    poll_often(book, server, 3)
    before = len(server.asks)
    poll_often(book, server, 5)
    assert len(book.rows) == 70
    assert len(server.asks) == before + 5
    server.delete(0.5)
    poll_often(book, server, 4)
    assert set(book.rows) == set(server.rows)


def test_a_server_that_hides_rows_after_paging_is_not_asked_for_ever_smaller_pages() -> None:
    server = Server(100)
    whole = server.answer

    def some(request: ListRequest) -> Page:
        page = whole(request)
        return Page(tuple(r for r in page.resources if int(r.id[1:]) % 10), page.total, True)

    server.answer = some  # type: ignore[method-assign]
    book = ListSync("jobs", page_size=40)
    poll_often(book, server, 40)
    assert len(book.rows) == 90
    assert 36 not in {ask.size for ask in server.asks[-20:]}
    assert book.complete


def test_a_total_that_counts_too_many_neither_traps_nor_removes() -> None:
    server = Server(95)
    server.overcounts = 30
    book = ListSync("jobs", page_size=20)
    poll_often(book, server, 60)
    assert book.complete
    assert set(book.rows) == set(server.rows)


def test_an_empty_page_that_contradicts_its_total_removes_nothing() -> None:
    server = Server(95)
    book = ListSync("jobs", page_size=20)
    poll_often(book, server, 20)
    good = server.answer
    server.answer = lambda ask: (good(ask), Page((), 95, True))[1]  # type: ignore[method-assign]
    poll_often(book, server, 10)
    assert len(book.rows) == 95


def test_rows_created_at_one_moment_are_removed_too() -> None:
    server = Server(0)
    server.rows = {f"j{n}": make_row(5, id=f"j{n}") for n in range(120)}
    book = ListSync("jobs", page_size=20)
    poll_often(book, server, 20)
    del server.rows["j60"]
    poll_often(book, server, 60)
    assert set(book.rows) == set(server.rows)


def test_more_new_rows_than_a_page_are_all_read() -> None:
    server = Server(300)
    book = ListSync("jobs", page_size=100)
    poll_often(book, server, 10)
    server.create(450)
    poll(book, server)
    assert not book.complete
    poll_often(book, server, 12)
    assert set(book.rows) == set(server.rows)
    assert book.complete


def test_a_page_that_names_a_row_twice_shows_it_once() -> None:
    book = ListSync("jobs")
    book.apply_page(book.build_first_request(), Page((make_row(2), make_row(2), make_row(1)), 3, True))
    assert list(book.rows) == ["j2", "j1"]
    assert len(book.pop_diff().added) == 2


def test_old_rows_that_still_run_are_read_more_often_than_ended_ones() -> None:
    server = Server(4000)
    server.rows["j700"] = make_row(700, "JOBSTAT_RUNNING", Phase.RUNNING)
    book = ListSync("jobs", page_size=200)
    poll_often(book, server, 40)
    server.asks.clear()
    poll_often(book, server, 40)
    assert sum(ask.number * ask.size <= 3299 < (ask.number + 1) * ask.size for ask in server.asks) >= 18


def test_whoever_holds_an_equal_row_lets_go_of_the_older_answer() -> None:
    book = ListSync("jobs")
    book.apply_page(book.build_first_request(), Page((make_row(1),), 1, True))
    held = book.rows["j1"]
    later = make_row(1)
    book.apply_page(book.build_first_request(), Page((later,), 1, True))
    assert book.rows["j1"] is held
    assert held.raw.page is later.raw.page
    book.pop_diff()
    assert not book.pop_diff()


def test_a_deletion_at_the_border_of_two_pages_is_proved_by_the_next_sweep() -> None:
    server = Server(300)
    book = ListSync("jobs", page_size=50)
    poll_often(book, server, 20)
    del server.rows[f"j{299 - 100}"]
    poll_often(book, server, 12)
    assert set(book.rows) == set(server.rows)


def test_a_row_that_slips_through_a_sweep_is_kept() -> None:
    server = Server(900)
    book = ListSync("jobs", page_size=300)
    poll_often(book, server, 10)
    while (server.asks[-1].number, server.asks[-1].size) != (1, 300):
        poll(book, server)
    del server.rows[f"j{899 - 550}"]
    diff = poll(book, server)
    assert server.asks[-1].number == 2
    assert not diff.removed
    assert f"j{899 - 600}" in book.rows


def make_rows(*ids: str) -> Rows:
    rows = Rows()
    for ident in ids:
        rows.put(Resource("notebooks", ident, ident, "RUNNING", Phase.RUNNING, "m", "p"))
    return rows


def test_an_expected_status_is_shown_at_once() -> None:
    rows = make_rows("a")
    state = OptimisticState(rows)
    was, shown = state.expect("a", "STOPPING")
    assert was is not None
    assert shown is not None
    assert (was.status, shown.status, shown.phase) == ("RUNNING", "STOPPING", Phase.PENDING)
    assert rows["a"].facts["expected"] is True
    assert "a" in state.pending_ids


def test_the_next_request_decides_about_the_expectation() -> None:
    state = OptimisticState(make_rows("a"))
    state.expect("a", "STOPPING")
    state.on_request()
    assert "a" not in state.pending_ids


def test_any_change_may_be_expected_without_a_status() -> None:
    rows = make_rows("a")
    was, shown = OptimisticState(rows).expect("a", "")
    assert (was, shown) == (rows["a"], None)


def test_a_missing_row_expects_nothing() -> None:
    state = OptimisticState(make_rows("a"))
    assert state.expect("b", "STOPPING") == (None, None)
    assert state.find_position_beyond(0) is None


def test_rows_acted_on_are_looked_up_a_bounded_number_of_times() -> None:
    state = OptimisticState(make_rows("a", "b", "c"))
    state.expect("c", "STOPPING")
    found = [state.find_position_beyond(0) for _ in range(20)]
    assert found[0] == 2
    assert None in found


def test_rows_on_the_page_already_requested_are_passed_over() -> None:
    state = OptimisticState(make_rows("a", "b"))
    state.expect("a", "STOPPING")
    assert state.find_position_beyond(1) is None


def test_a_forgotten_row_is_not_looked_up() -> None:
    state = OptimisticState(make_rows("a"))
    state.expect("a", "STOPPING")
    state.forget("a")
    assert state.find_position_beyond(0) is None


def test_rows_that_are_gone_leave_at_once_after_an_answer_that_lacked_a_row() -> None:
    """They stayed for three more sweeps from then on: a list of 120 jobs had over 500 rows."""
    server, book, known = Server(120, cap=100), ListSync("jobs"), list[int]()
    for turn in range(24):
        server.rows.clear()
        server.create(120)
        first = book.build_first_request()
        page = server.answer(first)
        book.apply_page(first, page._replace(resources=page.resources[:-1]) if turn == 12 else page)
        if (second := book.build_second_request()) is not None:
            book.apply_page(second, server.answer(second))
        known.append(len(book.rows))
    assert max(known[-6:]) == 120


def test_each_change_of_any_rows_has_a_number_of_its_own() -> None:
    rows, row = Rows(), make_row(1)
    seen = [rows.version]
    rows.put(row)
    seen.append(rows.version)
    rows.put(make_row(1))  # the same again
    assert rows.version == seen[-1]
    rows.put(make_row(1, "JOBSTAT_RUNNING", Phase.RUNNING))
    seen.append(rows.version)
    rows.drop(row.id)
    seen += [rows.version, Rows().version]
    assert len(set(seen)) == len(seen)

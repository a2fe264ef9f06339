"""Sweeps over the pages of a big list."""

from __future__ import annotations

from math import gcd

from matui.clouds.protocols import ListRequest, Page
from matui.live.poll.list_sync import NEWEST_PAGE, PageRotation
from matui.resources.model import Phase, Resource


def make_page(request: ListRequest, total: int | None, size: int | None = None) -> Page:
    size = request.size if size is None else size
    known = total if total is not None else 10**9
    start = request.number * size
    ids = range(start, min(start + size, known))
    return Page(
        tuple(Resource("jobs", f"{i}", f"job-{i}", "RUNNING", Phase.RUNNING, "m", "p") for i in ids), total
    )


def test_a_sweep_reads_every_page_once_and_starts_again() -> None:
    rotation = PageRotation("jobs", "w", page_size=10)
    numbers = []
    for _ in range(3):
        request = rotation.build_next_request(25)
        numbers.append(request.number)
        ended = rotation.advance(request, make_page(request, 25), last=False)
    assert numbers == [0, 1, 2]
    assert ended
    assert (rotation.number, rotation.sweep) == (0, 2)


def test_every_other_sweep_has_other_page_borders() -> None:
    rotation = PageRotation("jobs", "w", page_size=1000)
    rotation.sweep = 2
    size = rotation.build_next_request(5000).size
    assert size < 1000
    assert gcd(size, 1000) == 1
    assert rotation.build_next_request(900).size == 1000


def test_a_server_with_pages_of_its_own_size_is_followed() -> None:
    rotation = PageRotation("jobs", "w", page_size=1000)
    request = rotation.build_next_request(0)
    assert not rotation.advance(request, make_page(request, 250, size=100), last=False)
    assert rotation.size == 100
    assert rotation.build_next_request(250) == ListRequest("jobs", 1, 100, "w")


def test_rows_that_a_cloud_adds_to_its_first_page_are_no_page_size() -> None:
    rotation = PageRotation("configs", "w", page_size=1000)
    request = rotation.build_next_request(0)
    assert not rotation.advance(request, make_page(request, 2512, size=1012), last=False)
    assert rotation.build_next_request(1012) == ListRequest("configs", 1, 1000, "w")


def test_the_size_of_a_server_is_kept_when_one_answer_lacks_a_row() -> None:
    """The page after it would be requested from beyond the end."""
    rotation = PageRotation("jobs", "w", page_size=1000)
    sizes = []
    for received in (100, 99, 100, 99, 99, 99):
        rotation.restart()
        request = rotation.build_next_request(0)
        rotation.advance(request, make_page(request, 250, size=received), last=False)
        sizes.append(rotation.size)
    assert sizes == [100, 100, 100, 100, 100, 1000]


def test_an_empty_or_repeated_page_ends_the_sweep() -> None:
    rotation = PageRotation("jobs", "w", page_size=10)
    request = rotation.build_next_request(0)
    first = make_page(request, None)
    assert not rotation.advance(request, first, last=False)
    assert rotation.advance(rotation.build_next_request(20), first, last=False)
    request = rotation.build_next_request(20)
    assert rotation.advance(request, Page((), None), last=False)


def test_the_newest_page_is_small_and_the_page_around_a_row_holds_it() -> None:
    rotation = PageRotation("jobs", "w", page_size=1000)
    assert rotation.build_newest_request() == ListRequest("jobs", 0, NEWEST_PAGE, "w")
    assert rotation.build_request_around(2500).number == 2

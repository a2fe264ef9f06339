"""Requests a page again that has more lines than were requested, where the cloud keeps the limit. Pure."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import PAGE_LINES
from matui.live.logs.cursor.page_layout import PageRequest, ServerQuirks, split_content

T = TypeVar("T")

_LIMIT_TRIES = 3  # pages in turn beyond the limit, after which the cloud is taken to keep none


def keep_limit(
    steps: Generator[PageRequest, LogPage, T], quirks: ServerQuirks
) -> Generator[PageRequest, LogPage, T]:
    """Make the requests of ``steps``, each again where its page cannot be the answer to it.

    A page with more lines than requested was given for another request, where the cloud has kept the limit
    before. One line more may be the base.
    """
    try:
        request = next(steps)
        while True:
            page = yield from _request_within_limit(request, quirks)
            request = steps.send(page)
    except StopIteration as done:
        result: T = done.value
        return result


def _request_within_limit(
    request: PageRequest, quirks: ServerQuirks
) -> Generator[PageRequest, LogPage, LogPage]:
    page = yield request
    if request.limit >= PAGE_LINES or quirks.keeps_limit is False:
        return page
    lines = _count_lines(page, quirks)
    if lines == request.limit:
        quirks.keeps_limit = True
    if not quirks.keeps_limit:
        return page
    for _ in range(_LIMIT_TRIES - 1):
        if lines <= request.limit + 1:
            return page
        page = yield request
        lines = _count_lines(page, quirks)
    quirks.keeps_limit = lines <= request.limit + 1
    return page


def _count_lines(page: LogPage, quirks: ServerQuirks) -> int:
    if page.count is not None:
        return page.count
    return len(split_content(page.content, None, quirks.separator).lines)

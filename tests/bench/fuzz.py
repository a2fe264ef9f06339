"""Coverage-guided fuzzing from the wire to what is shown: ``python -m tests.bench.fuzz [--minutes N]``.

Needs ``pip install atheris`` beside matui, which nothing else here does. Ends with the input and traceback of
the first failure: an error that is none of matui's, or a character that must never reach a terminal.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Iterator
from pathlib import Path
from typing import Any

import atheris  # type: ignore[import-not-found]

with atheris.instrument_imports(include=["matui"]):
    from matui.base.errors import MatuiError
    from matui.base.text.sanitize import clean, make_visible
    from matui.clouds.http.api_errors import HttpResponse, raise_for_error
    from matui.clouds.modelarts.v2.cloud import ModelArtsV2Cloud
    from matui.clouds.protocols import ListRequest
    from matui.live.audit.entry import build_audit_row, build_entries, list_entry_fields, parse_lines
    from matui.live.logs.cursor.page_layout import split_content
    from matui.resources.detail import Detail
    from matui.resources.filters import parse_filter
    from matui.resources.forms.document import parse_form
    from matui.resources.kinds.audit import AUDIT
    from matui.resources.model import Phase, Resource
    from matui.resources.registry import KINDS
    from tests.contract.modelarts.samples import OPERATIONS, FakeSession, build_cloud
    from tests.contract.modelarts.test_fuzz import DETAILS, SECTIONS, is_unsafe
    from tests.contract.peers.test_peer_fuzz import show

LONGEST = 8192
V2_KINDS = ("jobs", "notebooks", "services", "pools", "devservers")
STATUSES = (200, 301, 400, 401, 403, 404, 409, 429, 500, 502)


def try_out(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what comes of it, None where it fails as it may."""
    try:
        return asyncio.run(work)
    except MatuiError as error:
        check_safe([str(error)])
        return None


def check_safe(texts: Iterable[Any]) -> None:
    """Hold every text against what a terminal may be sent."""
    for text in texts:
        assert not isinstance(text, str) or not any(map(is_unsafe, text)), repr(text)


def check_cells(kind: Any, rows: Iterable[Resource]) -> None:
    """Show every cell and raw record."""
    for row in rows:
        for column in kind.columns:
            check_safe([column.text(row, 1.6e12)])
            column.sort(row)
        row.raw.parse_value()


def check_detail(detail: Detail | None) -> None:
    """Show every section."""
    for section in detail.sections if detail else ():
        check_safe([section.title, *(part for row in section.rows for part in row)])


def fuzz_v1(number: int, body: bytes) -> None:
    """List and describe a kind of the API of 2020, its events, logs and metrics."""
    kind = list(SECTIONS)[number % len(SECTIONS)]
    page = try_out(build_cloud(body).list_page(ListRequest(kind)))
    check_cells(KINDS[kind], page.resources if page else ())
    asked = Resource(list(DETAILS)[number % len(DETAILS)], "10/10", "n", "", Phase.UNKNOWN, "modelarts", "p")
    check_detail(try_out(build_cloud(body).describe(asked)))
    try_out(build_cloud(body).fetch_metrics(asked))
    try_out(build_cloud(body).fetch_events(asked))
    try_out(build_cloud(body).fetch_versions(asked))
    try_out(build_cloud(body).read_log_page(asked, "f", base="", older=False, limit=5))


def fuzz_v2(number: int, body: bytes) -> None:
    """List and describe a kind of today's API."""
    kind = V2_KINDS[number % len(V2_KINDS)]
    cloud = ModelArtsV2Cloud(FakeSession(body), profile="p", region="r")
    page = try_out(cloud.list_page(ListRequest(kind)))
    check_cells(KINDS[kind], page.resources if page else ())
    check_detail(try_out(cloud.describe(Resource(kind, "10", "n", "", Phase.UNKNOWN, "modelarts", "p"))))


def fuzz_peers(number: int, body: bytes) -> None:
    """Show everything of the other clouds."""
    show(("qianfan", "opensearch")[number % 2], body)


def fuzz_judging(number: int, body: bytes) -> None:
    """Judge an answer by status and body."""
    head = {"content-type": ("application/json", "text/html")[number % 2], "retry-after": str(number)}
    try:
        raise_for_error(HttpResponse(STATUSES[number % len(STATUSES)], head, body), "GET")
    except MatuiError as error:
        check_safe([str(error)])


def fuzz_texts(number: int, body: bytes) -> None:
    """Read what is typed, logged and kept."""
    text = body.decode("utf-8", ("surrogateescape", "replace")[number % 2])
    check_safe([clean(text), make_visible(text)])
    split_content(text, number or None)
    parse_form(text)
    lines, _skipped = parse_lines([body])
    for entry in build_entries(lines, 1.6e9, "host", lambda _pid: False):
        check_cells(AUDIT, [build_audit_row(entry)])
        check_safe(part for row in list_entry_fields(entry) for part in row)
    try:
        parse_filter(text).matches(Resource("jobs", "1", text, "", Phase.UNKNOWN, "c", "p"), 1.6e12)
    except ValueError as error:
        check_safe([clean(str(error))])


TARGETS: tuple[Callable[[int, bytes], None], ...] = (fuzz_v1, fuzz_v2, fuzz_peers, fuzz_judging, fuzz_texts)


def fuzz_one_input(data: bytes) -> None:
    """Give the bytes after the first two to what those choose."""
    if len(data) > 2:
        TARGETS[data[0] % len(TARGETS)](data[1], data[2:])


def list_seeds() -> Iterator[bytes]:
    """Yield the sample answers of the reference, for each target that reads them, and a few lines."""
    for operation in OPERATIONS.values():
        for sample in operation["samples"]:
            if sample["kind"] == "response":
                body = json.dumps(sample["json"]).encode()[:LONGEST]
                yield from (bytes([target, len(body) % 251]) + body for target in range(4))
    for text in ("status:failed age<2h !x /re/", 'name = "x"\n[[config]]\nweight = 1\n', "a\n\nb\n\nc\n"):
        yield bytes([4, 3]) + text.encode()
    line = {"line": "result", "id": "a", "utc": "2025-01-01T00:00:00Z", "outcome": "done", "pid": 1}
    yield bytes([4, 0]) + json.dumps(line).encode()


def main() -> None:
    """Fuzz for some minutes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    seconds = round(parser.parse_args().minutes * 60)
    corpus = Path(tempfile.mkdtemp(prefix="matui-fuzz-"))
    for number, seed in enumerate(list_seeds()):
        (corpus / str(number)).write_bytes(seed)
    limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=20", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={corpus}/", str(corpus)], fuzz_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

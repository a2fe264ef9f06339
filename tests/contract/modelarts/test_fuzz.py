"""Whatever JSON a server sends, nothing but BadAnswerError comes out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matui.base.errors import BadAnswerError, NotFoundError
from matui.clouds.protocols import ListRequest
from matui.resources.detail import Instant
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS
from tests.contract.modelarts.samples import answer, build_cloud, run

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["", "8", "1594887749962", "{}", "[]", '{"a":[1]}', "[null]", "NaN", "-1", "\x1b[2J"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
SECTIONS = {
    "notebooks": "4.2",
    "jobs": "5.1.2",
    "services": "7.2",
    "workspaces": "8.2",
    "visualizations": "5.3.2",
    "models": "6.1.2",
    "pools": "7.11",
    "configs": "5.2.2",
}
DETAILS = {
    "notebooks": "4.3",
    "jobs": "5.1.5",
    "versions": "5.1.3",
    "services": "7.3",
    "workspaces": "8.4",
    "visualizations": "5.3.3",
    "models": "6.1.3",
    "pools": "7.11",
    "configs": "5.2.5",
}


def is_unsafe(character: str) -> bool:
    """Whether a character must never reach a terminal."""
    return ord(character) < 32 or 0xD800 <= ord(character) <= 0xDFFF


def show(kind: str, body: Any) -> None:
    """List, and show every cell and raw record."""
    try:
        page = run(build_cloud(body).list_page(ListRequest(kind)))
    except BadAnswerError:
        return
    for row in page.resources:
        for column in KINDS[kind].columns:
            text = column.text(row, 1.6e12)
            assert not any(map(is_unsafe, text))
            column.sort(row)
        row.raw.parse_value()


def shake_value(draw: Any, value: Any) -> Any:
    """Replace some of a body's values, at any depth, by arbitrary JSON."""
    if draw(st.integers(0, 9)) == 0:
        return draw(JSON)
    if isinstance(value, dict):
        return {name: shake_value(draw, inner) for name, inner in value.items() if draw(st.integers(0, 9))}
    return [shake_value(draw, inner) for inner in value] if isinstance(value, list) else value


@settings(max_examples=30)
@given(body=JSON)
@pytest.mark.parametrize("kind", list(SECTIONS))
def test_any_json_is_a_page_or_a_bad_answer(kind: str, body: Any) -> None:
    show(kind, json.dumps(body).encode())


@settings(max_examples=30)
@given(body=st.binary(max_size=40))
def test_any_bytes_are_a_page_or_a_bad_answer(body: bytes) -> None:
    show("jobs", body)


@settings(max_examples=30)
@given(data=st.data())
@pytest.mark.parametrize("kind", list(SECTIONS))
def test_a_shaken_list_is_a_page_or_a_bad_answer(kind: str, data: st.DataObject) -> None:
    show(kind, json.dumps(shake_value(data.draw, answer(SECTIONS[kind]))).encode())


@pytest.mark.slow
@settings(max_examples=30)
@given(data=st.data())
@pytest.mark.parametrize("kind", list(DETAILS))
def test_a_shaken_detail_is_reported_or_a_bad_answer(kind: str, data: st.DataObject) -> None:
    body = json.dumps(shake_value(data.draw, answer(DETAILS[kind]))).encode()
    asked = Resource(kind, "10/10", "n", "", Phase.UNKNOWN, "modelarts", "prod")
    cloud = build_cloud(body)
    try:
        detail = run(cloud.describe(asked))
    except (BadAnswerError, NotFoundError):
        return
    for section in detail.sections:
        for text in (section.title, *(part for row in section.rows for part in row)):
            assert isinstance(text, Instant) or not any(map(is_unsafe, text))
    detail.resource.raw.parse_value()


@pytest.mark.slow
@settings(max_examples=30)
@given(data=st.data())
@pytest.mark.parametrize(
    ("kind", "section"), [("versions", "5.1.3"), ("services", "7.6"), ("workspaces", "8.6")]
)
def test_shaken_metrics_are_numbers_or_a_bad_answer(kind: str, section: str, data: st.DataObject) -> None:
    body = json.dumps(shake_value(data.draw, answer(section))).encode()
    asked = Resource(kind, "10/10", "n", "", Phase.UNKNOWN, "modelarts", "prod")
    try:
        metrics = run(build_cloud(body).fetch_metrics(asked))
    except BadAnswerError:
        return
    values = [g.used for g in metrics.gauges] + [p for s in metrics.series for p in s.points]
    assert all(value is None or isinstance(value, int | float) for value in values)


@settings(max_examples=30)
@given(data=st.data())
@pytest.mark.parametrize("section", ["7.8", "5.1.10", "5.1.11", "5.1.13", "5.1.5"])
def test_shaken_events_logs_and_versions_never_raise(section: str, data: st.DataObject) -> None:
    body = json.dumps(shake_value(data.draw, answer(section))).encode()
    cloud = build_cloud(body)
    asked = Resource("versions", "10/10", "n", "", Phase.UNKNOWN, "modelarts", "prod")
    service = Resource("services", "s", "n", "", Phase.UNKNOWN, "modelarts", "prod")
    try:
        run(cloud.fetch_events(service))
        run(cloud.list_log_files(asked))
        run(cloud.read_log_page(asked, "f", base="", older=False, limit=5))
        run(cloud.read_log_bytes(asked, "f", start=0, length=5))
        run(cloud.fetch_versions(asked))
    except BadAnswerError:
        return

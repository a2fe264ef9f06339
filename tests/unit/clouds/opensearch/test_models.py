"""OpenSearch's times and the JSON inside ExtendInfo."""

from __future__ import annotations

import pytest

from matui.clouds.opensearch.models import list_errors, list_numbers, measure_span_ms, unpack_json
from matui.clouds.opensearch.models import to_epoch_ms as opensearch_ms


@pytest.mark.parametrize(
    ("told", "ms"),
    [
        (1_582_214_400, 1_582_214_400_000),
        (1_582_214_400_000, 1_582_214_400_000),
        ("1582214400", 1_582_214_400_000),
        (100010, None),
        (0, None),
        (None, None),
        (-5, None),
    ],
)
def test_opensearchs_times(told: object, ms: int | None) -> None:
    assert opensearch_ms(told) == ms


@pytest.mark.parametrize(
    ("start", "end", "ms"),
    [
        (100010, 200020, 100010),
        (1_582_214_400, 1_582_214_460, 60_000),
        (1_582_214_400_000, 1_582_214_460_000, 60_000),
        (5, 0, None),
        (100010, 1_582_214_460, None),
        (None, 3, None),
    ],
)
def test_a_span_holds_where_its_times_make_no_sense(start: object, end: object, ms: int | None) -> None:
    assert measure_span_ms(start, end) == ms


@pytest.mark.parametrize(
    "told",
    [
        '{"recall":91,"errors":["no data"]}',
        '{\\"recall\\":91,\\"errors\\":[\\"no data\\"]}',
        '"{\\"recall\\":91,\\"errors\\":[\\"no data\\"]}"',
        {"recall": 91, "errors": "no data"},
    ],
)
def test_extend_info_is_unpacked_however_it_is_escaped(told: object) -> None:
    info = unpack_json(told)
    assert list_numbers(info) == {"recall": 91}
    assert list_errors(info) == ("no data",)


@pytest.mark.parametrize("told", ["", "{", None, 7, "[]", '"x"', "null", "[" * 100_000])
def test_extend_info_that_holds_nothing_is_empty(told: object) -> None:
    assert unpack_json(told) == {}

"""A manifest survives the way to JSON; anything else is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matui.live.capsules.manifest import LogPart, Manifest, decode_manifest, encode_manifest

MANIFEST = Manifest(
    "c1", 1_764_298_800_000, "prod", "modelarts", "cn-north-4", "jobs", "7", "train", "FAILED",
    (LogPart("worker-0", "logs/000.log", 2, 8),), ("events: timed out",), (),
)  # fmt: skip


def test_a_manifest_survives() -> None:
    assert decode_manifest(json.loads(json.dumps(encode_manifest(MANIFEST)))) == MANIFEST


def test_the_item_of_the_list_has_the_fields_of_the_interface() -> None:
    item = MANIFEST.as_json(1234)
    assert {"id", "saved_at", "profile", "kind", "resource_id", "name", "bytes", "cut", "withheld"} <= set(
        item
    )
    assert item["bytes"] == 1234
    assert item["saved_at"].endswith("Z")


@pytest.mark.parametrize(
    "change",
    [
        {"saved_at": "x"},
        {"saved_at": None},
        {"saved_at": 10**30},
        {"id": "../../escape"},
        {"id": ""},
        {"logs": [{"name": "a", "entry": "b", "lines": "x", "bytes": 1}]},
    ],
)
def test_a_manifest_from_elsewhere_is_checked(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        decode_manifest(encode_manifest(MANIFEST) | change)


def test_the_texts_of_a_manifest_from_elsewhere_are_cleaned() -> None:
    found = decode_manifest(encode_manifest(MANIFEST) | {"name": "\x1b[2Jevil", "region": None})
    assert (found.name, found.region) == ("␛[2Jevil", "None")


@pytest.mark.parametrize("value", [None, [], {}, {"format": 2}, {"format": 1, "logs": [1]}, {"format": 1}])
def test_other_values_are_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        decode_manifest(value)

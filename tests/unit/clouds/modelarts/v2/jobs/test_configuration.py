"""The body of a v2 job that runs again."""

from __future__ import annotations

import pytest

from matui.clouds.modelarts.v2.jobs.configuration import (
    LONGEST_NAME,
    base_name,
    configuration_of,
    next_name,
)


@pytest.mark.parametrize(
    ("name", "taken", "new"),
    [
        ("train", (), "train-2"),
        ("train", ("train-2", "train-3"), "train-4"),
        ("train-7", (), "train-8"),
        ("train-1", (), "train-1-2"),
        ("a b/c", (), "a_b_c-2"),
        ("x" * 80, (), "x" * (LONGEST_NAME - 2) + "-2"),
    ],
)
def test_the_next_name_is_free_and_can_be_sent(name: str, taken: tuple[str, ...], new: str) -> None:
    assert next_name(name, taken) == new


@pytest.mark.parametrize(("name", "base"), [("train", "train"), ("train-7", "train"), ("train-1", "train-1")])
def test_the_base_name_has_no_number(name: str, base: str) -> None:
    assert base_name(name) == base


def test_an_algorithm_by_its_id_comes_without_code() -> None:
    body = configuration_of({"algorithm": {"id": "a1", "code_dir": "/c", "boot_file": "/c/b.py"}})
    assert body["algorithm"] == {"id": "a1"}
    assert body["kind"] == "job"


def test_an_engine_by_its_id_alone() -> None:
    engine = {"engine_id": "e1", "engine_name": "PyTorch", "engine_version": "2"}
    assert configuration_of({"algorithm": {"engine": engine}})["algorithm"]["engine"] == {"engine_id": "e1"}


def test_an_engine_with_an_image_has_no_id() -> None:
    engine = {"engine_id": "e1", "image_url": "org/i:1"}
    assert configuration_of({"algorithm": {"engine": engine}})["algorithm"]["engine"] == {
        "image_url": "org/i:1"
    }

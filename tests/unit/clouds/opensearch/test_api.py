"""Ids of OpenSearch: function, instance, generation."""

from __future__ import annotations

import pytest

from matui.base.errors import (
    NotFoundError,
)
from matui.clouds.opensearch.api import join_id, split_id


@pytest.mark.parametrize("parts", [("ctr", "a"), ("c/t", "a%2Fb", "1"), ("应用", "x y/z", "%")])
def test_ids_come_apart_as_they_were_put_together(parts: tuple[str, ...]) -> None:
    assert split_id(join_id(*parts), len(parts)) == parts


@pytest.mark.parametrize("wrong", ["a", "a/b/c", "", "/", "a/"])
def test_an_id_of_another_shape_is_nobodys(wrong: str) -> None:
    with pytest.raises(NotFoundError):
        split_id(wrong, 2)

"""The frames of a recording."""

from __future__ import annotations

from typing import Any

import pytest

from matui.live.recording.schema import compress, decompress, pack, unpack


@pytest.mark.parametrize("value", [None, 0, "", [], {"name": "训练 \ud800"}, {"rows": [1.5, True]}])
def test_a_value_comes_back(value: Any) -> None:
    assert unpack(compress(pack(value))) == value


def test_damaged_data_is_an_error() -> None:
    with pytest.raises(ValueError, match="damaged"):
        decompress(b"no frame")
    with pytest.raises(ValueError, match="damaged"):
        unpack(compress(pack({"a": 1}))[:-4])

"""The frames of a recording."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from matui.live.recording.reading import Recording
from matui.live.recording.schema import ROWS, Stream, compress, decompress, pack, unpack
from matui.live.recording.tape import Tape


@pytest.mark.parametrize("value", [None, 0, "", [], {"name": "训练 \ud800"}, {"rows": [1.5, True]}])
def test_a_value_comes_back(value: Any) -> None:
    assert unpack(compress(pack(value))) == value


def test_damaged_data_is_an_error() -> None:
    with pytest.raises(ValueError, match="damaged"):
        decompress(b"no frame")
    with pytest.raises(ValueError, match="damaged"):
        unpack(compress(pack({"a": 1}))[:-4])


def test_streams_that_came_late_take_no_earlier_ones_with_them(tmp_path: Path) -> None:
    file = tmp_path / "a.rec"
    tape = Tape(file)
    about = {"cloud": "modelarts", "region": "r", "project_id": "p", "kinds": ["jobs"], "missing": {}}
    tape.add_profile("prod", about)
    rows = Stream("prod", ROWS, ("jobs", "", "0", "200"))
    streams = [Stream("prod", "detail", ("jobs", f"{number:040}")) for number in range(150)]
    for number, stream in enumerate((rows, *streams[:20], *[rows] * 200, *streams[20:])):
        value = {"value": os.urandom(2000).hex(), "error": None}
        tape.put(stream, 1_760_000_000_000 + number * 1000, lambda _redactor, value=value: value)  # type: ignore[misc]
    tape.close()
    assert tape.problem == ""
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])
    recording = Recording(file)
    assert recording.damage
    assert recording.list_streams("prod", ROWS)
    assert recording.until_ms > 1_760_000_000_000 + 100_000
    recording.close()

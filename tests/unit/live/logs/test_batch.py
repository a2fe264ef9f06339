"""Lines that are packed come back as they were."""

from __future__ import annotations

import pytest

from matui.live.logs.batch import pack_lines, unpack_lines


@pytest.mark.parametrize("lines", [["step 1 loss 2.5"], ["", "", "损失\t\r", "\udcff\x00", ""], [""]])
def test_lines_come_back_as_they_were(lines: list[str]) -> None:
    assert unpack_lines(pack_lines(lines)) == lines

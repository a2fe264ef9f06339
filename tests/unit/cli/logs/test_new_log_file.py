"""What is left of the file of ``logs --output`` after an interrupt."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from matui.cli.logs.command import LogOptions, _open_printer
from matui.live.logs.line_store import LogLine


def _print_and_stop(chosen: LogOptions, lines: int) -> None:
    with _open_printer(chosen, lambda: 0.0) as printer:
        for number in range(lines):
            printer.print_lines([("a", LogLine(f"step {number}"))])
        raise asyncio.CancelledError


@pytest.mark.parametrize(
    ("follow", "lines", "said"),
    [
        (True, 0, "Not saved: {}, stopped at 0 lines."),
        (True, 1, "Stopped: wrote 1 line to {}."),
        (False, 1, "Not saved: {}, stopped at 1 line."),
    ],
)
def test_an_interrupt_keeps_the_lines_of_a_followed_log_and_no_empty_file(
    follow: bool, lines: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.log"
    chosen = LogOptions("7", None, False, follow, None, False, None, None, None, path)
    with pytest.raises(asyncio.CancelledError):
        _print_and_stop(chosen, lines)
    assert [file.name for file in tmp_path.iterdir()] == (["a.log"] if said.startswith("Stopped") else [])
    assert said.format(path) in capsys.readouterr().err

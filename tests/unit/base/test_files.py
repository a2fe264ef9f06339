"""Output to a new file: complete, private, or not there."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

import pytest

from matui.base.errors import MatuiError, UsageError
from matui.base.files import open_new_file


def test_a_file_appears_complete_and_private(tmp_path: Path) -> None:
    file = tmp_path / "job.log"
    with open_new_file(file) as out:
        out.write("大\n")
        out.flush()
        assert [path.name for path in tmp_path.iterdir()] == ["job.log.part"]
    assert file.read_text("utf-8") == "大\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def write_until(error: BaseException, file: Path, *, keep: bool = False) -> None:
    with open_new_file(file, keep_after=lambda _error: keep) as out:
        out.write("half")
        raise error


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), MatuiError("gone")])
def test_nothing_is_left_of_what_was_interrupted(tmp_path: Path, interrupt: BaseException) -> None:
    with pytest.raises(type(interrupt)):
        write_until(interrupt, tmp_path / "job.log")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MatuiError("gone")])
def test_what_is_to_be_kept_is_kept_after_an_error(tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)):
        write_until(error, tmp_path / "job.log", keep=True)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["half"]


def test_a_full_disk_names_the_file_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(MatuiError, match=r"job\.log could not be written: No space left"):
        write_until(OSError(errno.ENOSPC, "No space left on device"), tmp_path / "job.log")
    assert list(tmp_path.iterdir()) == []


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "job.log"
    file.write_text("mine")
    with pytest.raises(UsageError, match="exists already"), open_new_file(file):
        pass
    assert file.read_text() == "mine"


def test_a_file_made_meanwhile_stays(tmp_path: Path) -> None:
    file = tmp_path / "job.log"
    with pytest.raises(MatuiError, match="could not be written"), open_new_file(file):
        file.write_text("other")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["other"]


@pytest.mark.parametrize(("keep", "said"), [(True, "What was written is kept"), (False, "Nothing was kept")])
def test_a_full_disk_says_whether_the_part_is_kept(tmp_path: Path, keep: bool, said: str) -> None:
    with pytest.raises(MatuiError) as raised:
        write_until(OSError(28, "No space left on device"), tmp_path / "job.log", keep=keep)
    assert said in raised.value.remedy
    assert [file.name for file in tmp_path.iterdir()] == (["job.log"] if keep else [])


def test_a_path_without_a_name_is_told_as_a_folder() -> None:
    with pytest.raises(UsageError, match="is a folder"), open_new_file(Path("/")):
        pass

"""Only regular files of a bounded size are read: a pipe would be waited for, and a device may never end."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from matui.base.errors import RefusedError
from matui.base.regular_files import IrregularFileError, LargeFileError, read_regular_bytes
from matui.clouds.modelarts.auth.token import TokenCache
from matui.live.forms.workflow import edit_text
from matui.live.notify.watches import Watches

LIMIT = 100


def make_irregular(file: Path, what: str) -> None:
    file.unlink(missing_ok=True)
    if what == "pipe":
        os.mkfifo(file, 0o600)
    elif what == "device":
        file.symlink_to("/dev/zero")
    else:
        file.mkdir()


IRREGULAR = ("pipe", "device", "folder")


@pytest.mark.parametrize("what", IRREGULAR)
def test_a_file_that_is_none_is_refused_without_waiting(tmp_path: Path, what: str) -> None:
    make_irregular(tmp_path / "x", what)
    with pytest.raises(IrregularFileError):
        read_regular_bytes(tmp_path / "x", LIMIT)


def test_a_socket_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("x")
        with pytest.raises(OSError):
            read_regular_bytes(tmp_path / "x", LIMIT)


def test_no_more_than_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a" * LIMIT)
    assert read_regular_bytes(tmp_path / "x", LIMIT) == b"a" * LIMIT
    os.truncate(tmp_path / "x", 1 << 40)
    with pytest.raises(LargeFileError):
        read_regular_bytes(tmp_path / "x", LIMIT)


@pytest.mark.parametrize("what", IRREGULAR)
def test_watches_are_read_from_a_file_only(tmp_path: Path, what: str) -> None:
    make_irregular(tmp_path / "watches.json", what)
    assert Watches(tmp_path / "watches.json").list_all() == frozenset()


@pytest.mark.parametrize("what", IRREGULAR)
def test_a_token_is_read_from_a_file_only(tmp_path: Path, what: str) -> None:
    cache = TokenCache.of(tmp_path, "who")
    cache.folder.mkdir(mode=0o700)
    make_irregular(cache.folder / cache.name, what)
    assert cache.load() is None


@pytest.mark.parametrize("what", IRREGULAR)
def test_what_an_editor_leaves_in_place_of_the_file_is_not_waited_for(what: str) -> None:
    def edit(command: list[str]) -> int:
        make_irregular(Path(command[-1]), what)
        return 0

    with pytest.raises(RefusedError, match="it is no regular file"):
        edit_text("a", ("ed",), name="matui", run=edit)  # type: ignore[arg-type]


def test_a_huge_edited_file_is_refused() -> None:
    def edit(command: list[str]) -> int:
        os.truncate(command[-1], 1 << 40)
        return 0

    with pytest.raises(RefusedError, match="it is too large"):
        edit_text("a", ("ed",), name="matui", run=edit)  # type: ignore[arg-type]

"""The user's editor: found without a shell, on a private file that is gone afterwards."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from matui.base.errors import RefusedError, UsageError
from matui.base.redaction.known import remember_secret
from matui.live.forms.workflow import edit_text, find_editor


def test_visual_comes_before_editor_and_keeps_its_arguments(tmp_path: Path) -> None:
    program = tmp_path / "my editor"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    environ = {"VISUAL": f"'{program}' --wait", "EDITOR": "sh", "PATH": "/bin:/usr/bin"}
    assert find_editor(environ) == (str(program), "--wait")
    assert find_editor({"EDITOR": "sh -c ';rm $HOME'", "PATH": "/bin:/usr/bin"}) == ("sh", "-c", ";rm $HOME")


@pytest.mark.parametrize("told", ["not-installed-anywhere", "sh 'open", "''"])
def test_an_editor_that_cannot_be_run_is_named(told: str) -> None:
    with pytest.raises(UsageError, match="EDITOR"):
        find_editor({"EDITOR": told, "PATH": "/bin:/usr/bin"})


def test_vi_and_nano_are_found_and_without_them_one_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no editor"):
        find_editor({"PATH": str(tmp_path), "EDITOR": " "})
    for name in ("nano", "vi"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o700)
        assert find_editor({"PATH": str(tmp_path)}) == (str(tmp_path / name),)


def test_the_file_is_private_and_gone_afterwards() -> None:
    seen: list[Path] = []

    def run(command: Sequence[str]) -> int:
        file = Path(command[-1])
        seen.append(file)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert file.suffix == ".toml"
        file.with_suffix(".new").write_text(file.read_text(encoding="utf-8") + "☾", encoding="utf-8")
        file.with_suffix(".new").replace(file)
        return 0

    assert edit_text("a", ("ed", "-x"), name="matui", run=run) == "a☾"
    assert not seen[0].parent.exists()


def fail_to_start(command: Sequence[str]) -> int:
    raise FileNotFoundError(2, "No such file or directory")


def write_unreadable(command: Sequence[str]) -> int:
    Path(command[-1]).write_bytes(b"\xff\xfe")
    return 0


def remove_file(command: Sequence[str]) -> int:
    Path(command[-1]).unlink()
    return 0


@pytest.mark.parametrize("run", [fail_to_start, write_unreadable, remove_file, lambda _command: 1])
def test_an_editor_that_fails_counts_for_nothing(run: object) -> None:
    with pytest.raises(RefusedError):
        edit_text("a", ("ed",), name="matui", run=run)  # type: ignore[arg-type]


@pytest.mark.parametrize(("code", "how"), [(3, "ended with status 3"), (-9, "was ended by SIGKILL")])
def test_how_the_editor_ended_is_named(code: int, how: str) -> None:
    with pytest.raises(RefusedError, match=f"The editor ed {how}, so nothing was sent."):
        edit_text("a", ("ed",), name="matui", run=lambda _command: code)


def test_a_real_process_edits_the_file(tmp_path: Path) -> None:
    script = tmp_path / "ed.sh"
    script.write_text('#!/bin/sh\necho more >> "$1"\n')
    script.chmod(0o700)
    assert edit_text("a\n", (str(script),), name="matui") == "a\nmore\n"


def test_an_editor_has_the_environment_without_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember_secret("planted-sk-0123456789")
    monkeypatch.setenv("OWN_SK", "planted-sk-0123456789")
    monkeypatch.setenv("OWN_WORD", "kept")
    script = tmp_path / "ed.sh"
    script.write_text('#!/bin/sh\nenv > "$1"\n')
    script.chmod(0o700)
    saved = edit_text("a\n", (str(script),), name="matui")
    assert "OWN_WORD=kept" in saved
    assert "planted" not in saved


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_the_editor_is_open_removes_the_file(tmp_path: Path, number: int) -> None:
    script = (
        "import tempfile, sys; from matui.live.forms.workflow import edit_text;"
        "tempfile.tempdir = sys.argv[1];"
        "edit_text('a = 1', ('sleep', '20'), name='matui', run=lambda c: (print(flush=True),"
        " __import__('time').sleep(20))[1])"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert list(tmp_path.iterdir())
    process.send_signal(number)
    assert process.wait(10) == -number
    assert list(tmp_path.iterdir()) == []

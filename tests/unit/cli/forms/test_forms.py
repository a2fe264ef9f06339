"""matui edit, create and rerun as they are met: by scripts on the demo, by people on a terminal."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from matui.cli.main import run
from tests.unit.terminal.terminal_rig import Terminal

NOTEBOOK = "ctr-features"


WORD = "\ndescription = "


@pytest.fixture
def matui(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments, "--demo"])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_a_template_is_a_form_that_a_file_can_hold(matui, tmp_path):
    code, text, _ = matui("create", "vis", "--template")
    assert code == 0
    file = tmp_path / "vis.toml"
    file.write_text(text)
    code, _, told = matui("create", "vis", "-f", str(file), "--yes")
    assert code == 2
    at = text.splitlines().index('job_name = ""') + 1
    assert f"matui: {file}:{at}: job_name: it is needed" in told
    file.write_text(
        text.replace('job_name = ""', 'job_name = "new"').replace('train_url = ""', 'train_url = "/a/"')
    )
    code, said, _ = matui("create", "vis", "-f", str(file), "--yes")
    assert (code, said.endswith(": created.\n")) == (0, True)


def test_a_file_that_is_no_toml_is_reported_with_its_line(matui, tmp_path):
    file = tmp_path / "x.toml"
    file.write_text('description = "x"\n= 3\n')
    code, _, told = matui("edit", "nb", NOTEBOOK, "-f", str(file), "--yes")
    assert code == 2
    assert f"{file}:2: This is no TOML from here on" in told
    assert matui("edit", "nb", NOTEBOOK, "-f", str(tmp_path / "none"), "--yes")[0] == 2
    code, _, told = matui("edit", "nb", NOTEBOOK, "-f", "/dev/zero", "--yes")
    assert (code, "larger than a form" in told) == (2, True)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    code, _, told = matui("edit", "nb", NOTEBOOK, "-f", str(pipe), "--yes")
    assert (code, "is not a regular file" in told) == (2, True)


def test_set_says_what_changes_and_sends_it(matui):
    code, said, told = matui("edit", "nb", NOTEBOOK, "--set", "description=night", "--yes")
    assert (code, "changed" in said) == (0, True)
    assert 'description: "" → "night"' in told
    code, _, told = matui("edit", "nb", NOTEBOOK, "--set", "auto_stop.duration=60", "--yes")
    assert (code, told) == (2, "matui: --set auto_stop.duration=60: the least is 3600\n")
    code, _, told = matui("edit", "nb", NOTEBOOK, "--set", "flavour=x", "--yes")
    assert code == 2
    assert "There is no field 'flavour'" in told


def test_nothing_different_sends_nothing_and_a_dry_run_neither(matui):
    assert "Nothing differs" in matui("edit", "nb", NOTEBOOK, "--set", "description=", "--yes")[2]
    assert "would be sent" in matui("edit", "nb", NOTEBOOK, "--set", "description=x", "--dry-run")[1]


def test_without_a_terminal_there_is_neither_an_editor_nor_an_answer(matui):
    code, _, told = matui("edit", "nb", NOTEBOOK)
    assert (code, "opens an editor" in told) == (2, True)
    code, _, told = matui("rerun", "10")
    assert (code, "opens an editor" in told) == (2, True)
    code, _, told = matui("edit", "nb", NOTEBOOK, "--set", "description=x")
    assert (code, "there is no terminal to answer on" in told) == (2, True)


def test_a_read_only_run_refuses(matui):
    code, _, told = matui("edit", "nb", NOTEBOOK, "--set", "description=x", "--yes", "--read-only")
    assert (code, "read-only" in told) == (1, True)


def test_what_the_cloud_refuses_ends_with_its_code(matui):
    code, _, told = matui("rerun", "gpt2-finetune-support", "--set", "spec_id=7", "--yes")
    assert (code, "ModelArts.0105" in told) == (1, True)


EDITOR = """#!{python}
import pathlib, sys
file, count = pathlib.Path(sys.argv[1]), pathlib.Path({count!r})
turn = len(count.read_text()) if count.exists() else 0
count.write_text("x" * (turn + 1))
pathlib.Path({count!r} + str(turn)).write_text(file.read_text())
for old, new in {turns!r}[turn]:
    text = file.read_text()
    assert old in text, old
    file.write_text(text.replace(old, new, 1))
"""


class EditorTerminal(Terminal):
    """A command on a terminal of its own, with an editor that plays its turns."""

    def __init__(self, folder: Path, turns: list[list[tuple[str, str]]], *arguments: str) -> None:
        self.folder = folder
        script = folder / "editor"
        script.write_text(EDITOR.format(python=sys.executable, count=str(folder / "seen"), turns=turns))
        script.chmod(0o700)
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("MATUI_", "HUAWEI", "VISUAL"))}
        places = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "STATE", "CACHE")}
        environment = kept | places | {"EDITOR": str(script), "HOME": str(folder), "TERM": "xterm-256color"}
        super().__init__(environment, *arguments, "--demo", size=(80, 24))

    def wait_until_quiet(self) -> None:
        """Wait until nothing has been written for a while: a dialog takes no key before it is painted."""
        while select.select([self.descriptor], [], [], 0.3)[0]:
            self.read(0)

    def type(self, text: str) -> None:
        self.mark()
        super().type(text)

    def read_shown(self, turn: int) -> str:
        return (self.folder / f"seen{turn}").read_text()


def test_the_editor_on_a_terminal_gets_what_was_wrong_back(tmp_path):
    turns = [[(f'{WORD}""', f'{WORD}"a<b"  # mine')], [("a<b", "a b")]]
    terminal = EditorTerminal(tmp_path, turns, "edit", "nb", NOTEBOOK)
    terminal.read_until("[y/N]")
    assert f'# ✗ none of & < > " \' /{WORD}"a<b"  # mine' in terminal.read_shown(1)
    terminal.type("y\n")
    assert terminal.wait_for_exit_code(60) == 0
    assert "changed" in terminal.seen.decode()


def test_an_editor_that_changes_nothing_sends_nothing(tmp_path):
    terminal = EditorTerminal(tmp_path, [[]], "edit", "nb", NOTEBOOK)
    assert terminal.wait_for_exit_code(60) == 0
    assert "Nothing was changed" in terminal.seen.decode()


def test_an_editor_that_repeats_a_mistake_ends(tmp_path):
    turns = [[(f'{WORD}""', f'{WORD}"<"')], []]
    terminal = EditorTerminal(tmp_path, turns, "edit", "nb", NOTEBOOK, "--yes")
    terminal.wait_for_exit_code(60)
    assert "Given up" in terminal.seen.decode()


@pytest.mark.slow
def test_the_console_lends_its_terminal_to_the_editor_and_takes_it_back(tmp_path):
    terminal = EditorTerminal(tmp_path, [[(f'{WORD}""', f'{WORD}"night shift"')]], "--screen", "notebooks")
    terminal.read_until("asr-playground")
    terminal.wait_until_quiet()
    terminal.type("i")
    terminal.read_until("edit again")
    terminal.wait_until_quiet()
    assert "night shift" in terminal.seen.decode()
    terminal.type("y")
    terminal.read_until("changed.")
    terminal.type("\x11")
    assert terminal.wait_for_exit_code(60) == 0


def test_no_form_command_loads_textual(tmp_path):
    spy = "import sys; from matui.cli.main import run; run(sys.argv[1:]); assert 'textual' not in sys.modules"
    done = subprocess.run(
        [sys.executable, "-c", spy, "edit", "nb", NOTEBOOK, "--template", "--demo"],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"XDG_STATE_HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr

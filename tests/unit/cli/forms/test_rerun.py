"""``matui rerun``."""

from __future__ import annotations

import pytest

from matui.cli.main import run


@pytest.fixture
def matui(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments, "--demo"])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_a_rerun_needs_no_change_and_names_its_version(matui):
    code, said, _ = matui("rerun", "gpt2-finetune-support", "--yes")
    assert (code, "started as version " in said) == (0, True)
    code, said, told = matui("rerun", "gpt2-finetune-support", "--set", "parameter.lr=1", "--dry-run")
    assert (code, "would be sent" in said) == (0, True)
    assert 'config.parameter.lr: – → "1"' in told

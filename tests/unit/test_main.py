"""The entry point of the process."""

from __future__ import annotations

import sys

import pytest

from matui.__main__ import main


class Interrupted:
    """Finds modules; ctrl+c comes while the one of the command line is looked for."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "matui.cli.main":
            raise KeyboardInterrupt


def test_ctrl_c_during_the_first_imports_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "matui.cli.main", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130

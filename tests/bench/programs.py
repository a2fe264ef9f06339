"""How each program that is measured is started."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = sys.executable


def build_python_command(code: str) -> list[str]:
    """Return the command line of a piece of Python."""
    return [PYTHON, "-c", code]


def build_script_command(name: str, *arguments: str) -> list[str]:
    """Return the command line of a script of this folder."""
    return [PYTHON, str(HERE / name), *arguments]


def build_matui_command(*arguments: str) -> list[str]:
    """Return the command line of matui, the one beside this Python."""
    beside = Path(PYTHON).parent / "matui"
    return [str(beside) if beside.exists() else "matui", *arguments]

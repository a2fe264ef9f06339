"""The syntax trees of matui's modules, parsed once in a process."""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path

import matui

ROOT = Path(matui.__file__).parent


@cache
def parse_modules() -> dict[Path, ast.Module]:
    """Return the tree of each module, by its path.

    They are kept out of later garbage collections, each of which would go through a million nodes.
    """
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(ROOT.rglob("*.py"))}
    gc.collect()
    gc.freeze()
    return trees

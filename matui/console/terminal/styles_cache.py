"""Keeps Textual from holding on to the paint of widgets that were removed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from textual._styles_cache import StylesCache

_KEPT = 8


def let_go_of_removed_widgets() -> None:
    """Shrink a cache on a method of Textual's: its keys keep 1,024 widgets' painted lines alive."""
    method: Any = StylesCache.get_inner_outer
    if method.cache_parameters()["maxsize"] != _KEPT:
        smaller: Any = lru_cache(_KEPT)(method.__wrapped__)
        StylesCache.get_inner_outer = smaller  # type: ignore[method-assign]

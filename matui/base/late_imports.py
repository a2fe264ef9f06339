"""Imports that only an answer needs: done once its request has been sent, or at their first use."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

_postponed: list[Callable[[], object]] = []


def postpone(work: Callable[[], object]) -> None:
    """Call ``work`` once the next request has been sent, before its answer is awaited.

    It must not matter whether it is called: a request that is answered in this process does not travel.
    """
    _postponed.append(work)


def do_postponed() -> None:
    """Do what was postponed; call it when a request has left."""
    while _postponed:
        _postponed.pop(0)()


class LazyModule:
    """A module that is imported when an attribute is first read; type checkers see the module itself."""

    def __init__(self, name: str) -> None:
        self._name = name

    def load(self) -> ModuleType:
        """Import the module and return it."""
        return import_module(self._name)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.load(), name)
        setattr(self, name, value)
        return value

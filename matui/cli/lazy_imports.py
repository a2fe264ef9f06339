"""Keeps libraries from importing at start-up what matui does not use, or not yet."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from types import ModuleType
from typing import Any

MAIN_OF_HTTPX = "httpx._main"
# Modules that wait until more is asked of them than these names, which are in annotations only: Textual's
# types drag in widgets that no screen of ours has.
POSTPONED = {"textual.types": ("IgnoreReturnCallbackType",)}


def spare_imports(modules: MutableMapping[str, Any] = sys.modules) -> None:
    """Let httpx leave out its own command line, and others wait until they are needed.

    httpx imports its command line, and with it pygments, wherever click is installed, and does without
    where that cannot be imported: None in its place says so.
    """
    modules.setdefault(MAIN_OF_HTTPX, None)
    for name, types in POSTPONED.items():
        if name.partition(".")[0] not in modules:
            modules.setdefault(name, _Postponed(name, types))


class _Postponed(ModuleType):
    """A module that is loaded when anything but the names given is asked of it."""

    def __init__(self, name: str, types: tuple[str, ...]) -> None:
        super().__init__(name)
        self.__dict__.update(dict.fromkeys(types, Any))

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        _load(self)
        return getattr(self, attribute)


def _load(module: ModuleType) -> None:
    from importlib.util import find_spec, module_from_spec

    name = module.__name__
    del sys.modules[name]
    try:
        spec = find_spec(name)
    finally:
        sys.modules[name] = module
    if spec is None or spec.loader is None:
        raise ImportError(f"{name} is missing")
    module.__class__ = ModuleType
    module.__dict__.update(module_from_spec(spec).__dict__)
    spec.loader.exec_module(module)

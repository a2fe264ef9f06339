"""Keeps libraries from importing at start-up what matui does not use."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from types import ModuleType
from typing import Any

MAIN_OF_HTTPX = "httpx._main"
HELPERS_OF_PYDANTIC = "pydantic_core.core_schema"
# What the package takes from its helpers when it is imported: names of types, for annotations only.
_TYPES = ("CoreConfig", "CoreSchema", "CoreSchemaType", "ErrorType")


def spare_imports(modules: MutableMapping[str, Any] = sys.modules) -> None:
    """Let httpx leave out its own command line, and pydantic's core its helpers for schemas until asked.

    httpx imports its command line, and with it pygments, wherever click is installed, and does without
    where that cannot be imported: None in its place says so. The helpers are most of the core's import.
    """
    modules.setdefault(MAIN_OF_HTTPX, None)
    if "pydantic_core" not in modules:
        modules.setdefault(HELPERS_OF_PYDANTIC, _Postponed(HELPERS_OF_PYDANTIC))


class _Postponed(ModuleType):
    """A module that is loaded when anything but the types is asked of it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__dict__.update(dict.fromkeys(_TYPES, Any))

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
    real = module_from_spec(spec)
    module.__dict__.update(real.__dict__)
    spec.loader.exec_module(module)

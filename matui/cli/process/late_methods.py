"""Dataclasses whose methods are compiled when they are first called.

``dataclass`` compiles text for each method of each class; most of these methods are never called.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

_Method: TypeAlias = Callable[..., Any]
_COMPILER = "_create_fn"  # of Python 3.11 and 3.12; later ones compile all methods of a class at once
_LATE = frozenset(
    ("__repr__", "__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__setattr__", "__delattr__")
)  # not __init__, whose signature is read


def compile_methods_late() -> None:
    """Let ``dataclass`` compile methods late from now on; does nothing where it has no such function."""
    compiler = getattr(dataclasses, _COMPILER, None)
    if compiler is not None:
        setattr(dataclasses, _COMPILER, partial(_create_method, compiler))


def _create_method(
    compiler: _Method, name: str, args: Sequence[str], body: Sequence[str], **rest: Any
) -> _Method:
    create = partial(compiler, name, args, body, **rest)
    return _build_late_method(name, create) if name in _LATE else create()


def _build_late_method(name: str, create: Callable[[], _Method]) -> _Method:
    """Return a method that creates the real one at its first call, and puts it into its class."""
    created: _Method | None = None

    def method(self: object, *args: object) -> object:
        nonlocal created
        if created is None:
            created = create()
            created.__qualname__ = method.__qualname__
            for cls in type(self).__mro__:
                if vars(cls).get(name) is method:
                    setattr(cls, name, created)
        return created(self, *args)

    method.__name__ = name
    return method

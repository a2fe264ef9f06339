"""All kinds, by any name a user may type.

A kind is added by its file alone: every ``Kind`` made by a module of ``matui.resources.kinds`` is known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from matui.base.errors import UsageError
from matui.resources import kinds
from matui.resources.kind import Kind

_MODULES = tuple(import_module(f"{kinds.__name__}.{module.name}") for module in iter_modules(kinds.__path__))


def _listed_kinds() -> Iterator[Kind]:
    """Yield each kind that some cloud may list, in the order of the keys; those without a key come last."""
    found = {
        kind.id: kind
        for module in _MODULES
        for kind in vars(module).values()
        if isinstance(kind, Kind) and kind.listed
    }
    yield from sorted(found.values(), key=lambda kind: (not kind.key, kind.key, kind.id))


# In the order of their digit keys.
KINDS: dict[str, Kind] = {kind.id: kind for kind in _listed_kinds() if not kind.within}

# Shown inside another kind's pane; listed by no command of their own.
INNER_KINDS: dict[str, Kind] = {kind.id: kind for kind in _listed_kinds() if kind.within}

# The default key of each kind by its id, ``""`` for one that is shown by name only: what settings may name.
KIND_KEYS: dict[str, str] = {kind.id: kind.key for kind in KINDS.values()}

_BY_ANY_NAME = {name: kind for kind in KINDS.values() for name in (kind.id, kind.singular, *kind.short)}


def find_kind(name: str) -> Kind:
    """Return the kind of a plural, singular or short name.

    Raises UsageError that lists the kinds when there is none.
    """
    kind = _BY_ANY_NAME.get(name.casefold())
    if kind is None:
        known = ", ".join(f"{kind.id} ({', '.join(kind.short)})" for kind in KINDS.values())
        raise UsageError(f"There is no kind {name!r}.", remedy=f"Kinds: {known}.")
    return kind


def kind_by_id(kind_id: str) -> Kind:
    """Return a kind by its own id, inner kinds included; KeyError for any other."""
    return KINDS.get(kind_id) or INNER_KINDS[kind_id]

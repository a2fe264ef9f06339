"""The registry of all kinds, by any name that a user may type.

To add a kind, add its module: every ``Kind`` defined in a module of ``matui.resources.kinds`` is registered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules

from matui.base.errors import UsageError
from matui.base.text.near_names import find_nearest_names, format_suggestion
from matui.resources import kinds
from matui.resources.kind import Kind
from matui.resources.kinds.configs import CATALOGS

_MODULES = tuple(import_module(f"{kinds.__name__}.{module.name}") for module in iter_modules(kinds.__path__))
# Kinds of rows that no command lists.
_UNLISTED: dict[str, Kind] = {
    kind.id: kind
    for module in _MODULES
    for kind in vars(module).values()
    if isinstance(kind, Kind) and not kind.listed
}
# What users look for as a kind of its own: in which kind it is.
_WITHIN = {
    name: hint
    for names, hint in (
        ("node nodes", " Nodes belong to pools: matui get pools, matui describe pools ID."),
        ("version versions", " Versions belong to a job: matui get jobs ID --versions."),
        ("instance instances pod pods", " Instances belong to a service: matui describe services ID."),
        ("log logs", " The log of a job: matui logs JOB."),
        ("event events", " Events belong to a resource: matui describe KIND ID."),
        ("alert alerts trouble troubles", " What needs a person: matui get triage."),
        ("triage", " Only get takes it: matui get triage."),
        ("all", " Only get takes it: matui get all."),
    )
    for name in names.split()
}


def _iterate_listed_kinds() -> Iterator[Kind]:
    """Yield each listed kind in the order of the keys, those without a key last."""
    found = {
        kind.id: kind
        for module in _MODULES
        for kind in vars(module).values()
        if isinstance(kind, Kind) and kind.listed
    }
    yield from sorted(found.values(), key=lambda kind: (not kind.key, kind.key, kind.id))


# In the order of their digit keys.
KINDS: dict[str, Kind] = {kind.id: kind for kind in _iterate_listed_kinds() if not kind.within}

# Shown in a pane of another kind; no command lists them.
INNER_KINDS: dict[str, Kind] = {kind.id: kind for kind in _iterate_listed_kinds() if kind.within}


# The default key by kind id, ``""`` for a kind without one; settings may name these.
KIND_KEYS: dict[str, str] = {kind.id: kind.key for kind in KINDS.values()}

# The id of each kind by any name of it.
KIND_NAMES = {name: kind.id for kind in KINDS.values() for name in (kind.id, kind.singular, *kind.short)}

_CATALOG_NAMES = {
    name: catalog.id for catalog in CATALOGS.values() for name in (catalog.id, catalog.singular)
}


def find_kind(name: str, more: Iterable[str] = ()) -> Kind:
    """Return the kind of a plural, singular or short name.

    Raises UsageError with the nearest name, also of ``more``, and the list of kinds when there is none.
    """
    kind_id = KIND_NAMES.get(name.casefold())
    if kind_id is None:
        known = ", ".join(f"{kind.id} ({', '.join(kind.short)})" for kind in KINDS.values())
        names = [*KIND_NAMES, *more]
        hint = _WITHIN.get(name.casefold()) or _name_catalog(name, names) or format_suggestion(name, names)
        raise UsageError(f"There is no kind {name!r}.{hint}", remedy=f"Kinds: {known}.")
    return KINDS[kind_id]


def _name_catalog(word: str, kind_names: Iterable[str]) -> str:
    """Return which catalog a word names, ``""`` where nothing or one of ``kind_names`` is nearer."""
    near = find_nearest_names(word, [*_CATALOG_NAMES, *kind_names])
    catalog = _CATALOG_NAMES.get(near[0]) if near else None
    return f" {catalog.capitalize()} are a catalog: matui catalog {catalog}." if catalog else ""


def get_kind(kind_id: str) -> Kind:
    """Return a kind by its id, inner and unlisted kinds included. Raises KeyError without one."""
    return KINDS.get(kind_id) or INNER_KINDS.get(kind_id) or _UNLISTED[kind_id]

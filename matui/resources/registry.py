"""All kinds, by any name a user may type."""

from __future__ import annotations

from matui.errors import UsageError
from matui.resources.configs import CONFIGS
from matui.resources.devservers import DEVSERVERS
from matui.resources.jobs import JOBS, VERSIONS
from matui.resources.kind import Kind
from matui.resources.models import MODELS
from matui.resources.nodes import NODES
from matui.resources.notebooks import NOTEBOOKS
from matui.resources.pools import POOLS
from matui.resources.services import SERVICES
from matui.resources.visualizations import VISUALIZATIONS
from matui.resources.workspaces import WORKSPACES

# In the order of their digit keys.
KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        NOTEBOOKS,
        JOBS,
        SERVICES,
        WORKSPACES,
        VISUALIZATIONS,
        MODELS,
        POOLS,
        CONFIGS,
        DEVSERVERS,
    )
}

# Shown inside another kind's pane; listed by no command of their own.
INNER_KINDS: dict[str, Kind] = {kind.id: kind for kind in (VERSIONS, NODES)}

_BY_ANY_NAME = {name: kind for kind in KINDS.values() for name in (kind.id, kind.singular, *kind.short)}


def kind_named(name: str) -> Kind:
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

"""The clients of one API generation, found by their place: a kind is added by its module alone."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeVar

from matui.base.errors import UsageError
from matui.clouds.modelarts.kind_client import KindClient
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.session import Transport
from matui.resources.registry import INNER_KINDS, KINDS

K = TypeVar("K", bound=KindClient)


@cache
def find_kinds(package: str) -> tuple[str, ...]:
    """Return the kinds that have a module in a generation's package, in the order of their keys."""
    modules = {module.name for module in iter_modules(import_module(package).__path__)}
    return tuple(kind for kind in KINDS if kind in modules)


def find_outer_kind(kind: str) -> str:
    """Return the kind in whose module an inner kind is kept; any other kind is its own."""
    return INNER_KINDS[kind].within if kind in INNER_KINDS else kind


@cache
def find_client(package: str, kind: str) -> type[KindClient] | None:
    """Import a kind's client class from ``package.KIND`` or ``package.KIND.client``; None for no kind.

    That of an inner kind is in ``package.OUTER.KIND``, or with that of the outer kind.
    """
    outer = find_outer_kind(kind)
    if outer not in find_kinds(package):
        return None
    module = import_module(f"{package}.{outer}")
    if hasattr(module, "__path__"):
        inner = kind in {found.name for found in iter_modules(module.__path__)}
        module = import_module(f"{package}.{outer}.{kind if inner else 'client'}")
    classes = (found for found in vars(module).values() if isinstance(found, type))
    return next((c for c in classes if issubclass(c, KindClient) and getattr(c, "kind", "") == kind), None)


class ClientRegistry:
    """The clients of one profile, each imported and made when it is first used.

    ``package`` is the generation's and ``title`` its name in messages.
    """

    def __init__(self, package: str, title: str, session: Transport, scope: Scope) -> None:
        self.package = package
        self.title = title
        self.session = session
        self.scope = scope
        self._made: dict[type[KindClient], KindClient] = {}

    def has_kind(self, kind: str) -> bool:
        """Whether the generation has the kind."""
        return find_client(self.package, kind) is not None

    def get_client(self, kind: str) -> KindClient:
        """Return the client of a kind. Raises UsageError for a kind that the generation lacks."""
        client = find_client(self.package, kind)
        if client is None:
            kinds = ", ".join(find_kinds(self.package))
            raise UsageError(f"{self.title} has no {kind}.", remedy=f"It has: {kinds}.")
        return self.get(client)

    def get(self, client: type[K]) -> K:
        """Return the client of a class."""
        made = self._made.get(client)
        if not isinstance(made, client):
            made = self._made[client] = client(self.session, self.scope)
        return made

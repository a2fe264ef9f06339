"""What the clients of all kinds share: scope, pages, and acting on one resource after another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from matui.clouds.modelarts.paging import Pager, Part, Style
from matui.clouds.modelarts.scope import Scope
from matui.clouds.port import Acted, Page, PageAsk
from matui.clouds.rows import newest_first, refuse_unreadable
from matui.errors import MatuiError, RefusedError
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.resources.detail import Detail


@dataclass(frozen=True, slots=True)
class Done:
    """What the cloud said to an action; of one that takes several with it also which, see ``Acted``."""

    request_id: str
    status: str = ""
    went: tuple[str, ...] = ()
    stayed: tuple[tuple[str, str], ...] = ()


Deed = Callable[[Resource], Awaitable[Done]]


class Source(ABC):
    """One kind of one profile. ``workspace`` is the profile's own, ``""`` when it has none."""

    kind: ClassVar[str]
    style: ClassVar[Style] = "item"
    most: ClassVar[int] = 1000
    by_creation: ClassVar[bool] = True
    batched: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._pagers: dict[str, Pager] = {}

    @abstractmethod
    async def fetch(self, position: int, size: int, scope: Scope) -> Part:
        """Fetch rows at a position that counts as ``style`` says."""

    @abstractmethod
    async def read(self, resource_id: str) -> Resource:
        """Return one resource as it is now."""

    @abstractmethod
    async def describe(self, resource: Resource) -> Detail:
        """Return one resource as it is now with every section known."""

    @abstractmethod
    def deeds(self) -> dict[str, Deed]:
        """Return what does each action to one resource."""

    def scope_of(self, resource: Resource) -> Scope:
        """Return the scope a resource was listed in, for answers that do not repeat its workspace."""
        return replace(self.scope, workspace=resource.workspace or self.scope.workspace)

    async def list_page(self, ask: PageAsk) -> Page:
        """Return one page."""
        scope = replace(self.scope, workspace=ask.workspace or self.scope.workspace)
        pager = self._pagers.get(scope.workspace)
        if pager is None:
            pager = Pager(lambda at, size: self.fetch(at, size, scope), style=self.style, most=self.most)
            self._pagers[scope.workspace] = pager
        part = await pager.page(ask.number, ask.size)
        return Page(part.rows, part.total, self.by_creation and newest_first(part.rows))

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[Acted, ...]:
        """Act on one resource after another; a failure of one does not keep the others from it."""
        deed = self.deeds().get(action)
        return tuple([await self._acted(deed, action, resource) for resource in resources])

    async def _acted(self, deed: Deed | None, action: str, resource: Resource) -> Acted:
        try:
            refuse_unreadable(resource)
            if deed is None:
                raise RefusedError(f"ModelArts cannot {action} {self.kind}.")
            done = await deed(resource)
        except MatuiError as error:
            return Acted(resource, getattr(error, "request_id", ""), error=error)
        return Acted(resource, done.request_id, done.status, went=done.went, stayed=done.stayed)

"""One request as the operations see it: path, query and body, already parsed but not yet believed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from matui.sim.params import CHAPTERS, Codes, Fields, Query
from matui.sim.refusal import Refusal

if TYPE_CHECKING:
    from matui.sim.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A request for one operation; ``chapter`` decides the error codes of its parameters."""

    chapter: str
    path: Mapping[str, str]
    query: Query
    payload: bytes = b""

    @property
    def codes(self) -> Codes:
        """Return the codes this chapter uses for parameters."""
        return CHAPTERS[self.chapter]

    def fields(self) -> Fields:
        """Return the JSON object of the body."""
        try:
            data = json.loads(self.payload or b"null")
        except ValueError:
            raise Refusal(self.codes.kind, "The request body is not valid JSON.") from None
        return Fields(data, self.codes)

    def number(self, name: str) -> str:
        """Return a path parameter that must be a number, as its canonical text."""
        text = self.path[name]
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise Refusal(self.codes.bad, f"The {name} must be a number.")
        return str(int(text))

    def workspace_asked(self, world: World) -> str:
        """Return the workspace a list is scoped to, 0 unless stated."""
        workspace = self.query.text("workspace_id", "0")
        if workspace not in world.workspaces.rows:
            raise Refusal("0104", "Invalid workspace ID.")
        return workspace

    def workspace_for_new(self, world: World, workspace: str) -> str:
        """Return the workspace a new resource goes to, which must be there and in order."""
        found = world.workspaces.get(workspace or "0")
        if found is None:
            raise Refusal("7005", "The workspace does not exist.")
        if found.life.at(world.now) != "NORMAL":
            raise Refusal("7004", "Resources cannot be created in an abnormal workspace.")
        return found.id


def page_of(rows: Sequence[T], offset: int, limit: int) -> Sequence[T]:
    """Return ``limit`` rows from the item ``offset`` on."""
    return rows[offset : offset + limit]

"""Helpers for the rows of an answer: ids, statuses, facts, unreadable rows, and actions one row at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypedDict, Unpack

from matui.base.errors import (
    BadAnswerError,
    CloudError,
    MatuiError,
    RateLimitedError,
    RefusedError,
    ServerFaultError,
)
from matui.base.text.sanitize import clean
from matui.clouds.protocols import ActionResult
from matui.resources.model import UNREADABLE, Fact, Phase, RawRecord, Resource, drop_empty, get_phase

_WHY_NOTHING = (
    "The cloud's record could not be read, so it cannot be asked for and nothing can be done to it."
)


def build_unreadable_row(kind: str, position: int, cloud: str, profile: str, raw: RawRecord) -> Resource:
    """Return a visible placeholder for a row that is no object or has no id; no action applies to it."""
    return Resource(
        kind=kind,
        id=f"?{position}",
        name="unreadable row",
        status="",
        phase=Phase.UNKNOWN,
        cloud=cloud,
        profile=profile,
        facts={UNREADABLE: True},
        raw=raw,
    )


def refuse_unreadable(resource: Resource) -> None:
    """Raise RefusedError for the placeholder of an unreadable row."""
    if resource.facts.get(UNREADABLE):
        raise RefusedError(_WHY_NOTHING, remedy="Look at it in the cloud's own console.")


def refuse_unreadable_id(resource_id: str) -> None:
    """Raise RefusedError for the id of such a placeholder."""
    if resource_id[:1] == "?" and resource_id[1:].isdecimal():
        raise RefusedError(_WHY_NOTHING, remedy="Look at it in the cloud's own console.")


def match_id(asked: str, reported: str | int) -> str:
    """Return the id in an answer: the requested one when both are the same number or text.

    An answer about another resource keeps its own id, so that no action reaches the wrong one.
    """
    text = str(reported)
    if text in ("", asked):
        return asked
    both_numbers = len(text) < 30 and len(asked) < 30 and text.isdecimal() and asked.isdecimal()
    return asked if both_numbers and int(text) == int(asked) else text


def map_status(status: str, words: Mapping[str, Phase]) -> tuple[str, Phase]:
    """Return a status word and its phase by a kind's table; an unknown word is kept as received."""
    return clean(status), get_phase(status, words)


def is_refusal(error: MatuiError) -> bool:
    """Whether the cloud refused a request for what it has not, such as the policy of a thing without one.

    A fault of the server, an answer that cannot be read, a limit and a missing permission are none.
    """
    unclear = (ServerFaultError, RateLimitedError, BadAnswerError)
    return isinstance(error, CloudError) and error.exit_code == 1 and not isinstance(error, unclear)


def build_facts(**given: Fact) -> dict[str, Fact]:
    """Return the facts that have a value, by their names."""
    return drop_empty(given)


class StatedFields(TypedDict, total=False):
    """What a record may state of a resource; units and defaults as in ``Resource``."""

    workspace: str
    owner: str
    created_at: int | None
    updated_at: int | None
    duration_ms: int | None
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a resource comes from: the profile's name and the cloud's."""

    profile: str
    cloud: str

    def build_resource(
        self,
        kind: str,
        resource_id: str,
        name: str,
        state: tuple[str, Phase],
        raw: RawRecord,
        **stated: Unpack[StatedFields],
    ) -> Resource:
        """Return a resource: of no name, it is named by its id; facts without a value go."""
        stated["facts"] = drop_empty(stated.get("facts", {}))
        shown = clean(name) or clean(resource_id)
        return Resource(kind, resource_id, shown, *state, self.cloud, self.profile, raw=raw, **stated)


def is_newest_first(resources: Sequence[Resource]) -> bool:
    """Whether the rows really are sorted by creation, newest first."""
    before: int | None = None
    for resource in resources:
        at = resource.created_at
        if at is None or (before is not None and at > before):
            return False
        before = at
    return True


ActOnResource = Callable[[Resource], Awaitable[str]]
"""Does one thing to one resource and returns the request id."""


async def act_each(handle: ActOnResource, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
    """Act on one resource after another; a failure does not stop the others."""
    return tuple([await _handle(handle, resource) for resource in resources])


async def _handle(handle: ActOnResource, resource: Resource) -> ActionResult:
    try:
        refuse_unreadable(resource)
        return ActionResult(resource, await handle(resource))
    except MatuiError as error:
        return ActionResult(resource, getattr(error, "request_id", ""), error=error)


Unsupported = Mapping[tuple[str, str], str]
"""(kind, action, form or pane) → why there is none; with ``""`` for the whole kind."""


class UnsupportedMixin:
    """Answers ``explain_unsupported`` from the table ``unsupported`` of a cloud."""

    title: ClassVar[str]
    kinds: tuple[str, ...]
    unsupported: ClassVar[Unsupported]

    def explain_unsupported(self, kind: str, action: str) -> str | None:
        """Return why the kind has no such action, form or pane, or None."""
        return self.unsupported.get((kind, action)) or self._explain_missing(kind)

    def _explain_missing(self, kind: str) -> str | None:
        from matui.resources.registry import INNER_KINDS, KINDS

        reported = self.unsupported.get((kind, ""))
        outer = INNER_KINDS[kind].within if kind in INNER_KINDS else kind
        if reported is not None or outer in self.kinds or outer not in KINDS:
            return reported
        return f"{self.title} has no {KINDS[outer].label}"

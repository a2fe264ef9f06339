"""From what a user types to resources: an id, or a name that only one resource has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matui.cli.context import Session
from matui.clouds.port import Lists, Reads, require
from matui.errors import CloudError, MatuiError, NotFoundError, RefusedError, UsageError
from matui.resources.kind import Kind
from matui.resources.model import Resource
from matui.resources.registry import INNER_KINDS
from matui.text import clean

_AT_ONCE = 4
# What a cloud answers to an id it does not know, or to a word that cannot be one.
_NO_SUCH_ID = (400, 404)


@dataclass(frozen=True, slots=True)
class Found:
    """The resources in the order they were asked for, and an error for each word that named none."""

    resources: tuple[Resource, ...]
    missing: tuple[MatuiError, ...]

    def complain(self) -> None:
        """Raise one error for all that is missing, if anything is."""
        if self.missing:
            first = self.missing[0]
            raise first if len(self.missing) == 1 else MatuiError(" ".join(str(one) for one in self.missing))


async def find(session: Session, kind: Kind, words: Sequence[str]) -> Found:
    """Look each word up as an id, then as an exact name. Raises UsageError for a name that several have."""
    from matui.base.concurrency import gather_limited

    once = tuple(dict.fromkeys(words))
    read = await gather_limited(lambda word: _by_id(session, kind, word), once, _AT_ONCE)
    by_word = {word: resource for word, resource in zip(once, read, strict=True) if resource is not None}
    unknown = [word for word in once if word not in by_word]
    if unknown:
        by_word |= await _by_name(session, kind, unknown)
    missing = tuple(_none(session, kind, word) for word in unknown if word not in by_word)
    resources = {by_word[word].key: by_word[word] for word in once if word in by_word}
    return Found(tuple(resources.values()), missing)


async def find_one(session: Session, kind: Kind, word: str) -> Resource:
    """Return the one resource of that id or name. Raises NotFoundError."""
    found = await find(session, kind, [word])
    found.complain()
    return found.resources[0]


def kind_for(kind: Kind, resource: Resource) -> Kind:
    """Return the resource's own kind: ``JOB/VERSION`` names a version among the jobs."""
    return INNER_KINDS.get(resource.kind, kind)


async def _by_id(session: Session, kind: Kind, word: str) -> Resource | None:
    if not isinstance(session.cloud, Reads):
        return None
    try:
        return await session.cloud.read(kind.id, word)
    except NotFoundError:
        return None
    except CloudError as error:
        if error.status in _NO_SUCH_ID and error.exit_code == 1:
            return None
        raise


async def _by_name(session: Session, kind: Kind, words: Sequence[str]) -> dict[str, Resource]:
    from matui.live.listing import list_all

    rows, _total = await list_all(lister(session, kind), kind.id, workspace=session.workspace)
    found = {}
    for word in words:
        same = [row for row in rows if row.id == word] or [row for row in rows if row.name == word]
        if len(same) > 1:
            ids = ", ".join(clean(row.id) for row in same)
            raise UsageError(f"{len(same)} {kind.id} are named {clean(word)}.", remedy=f"Use an id: {ids}.")
        if same:
            found[word] = same[0]
    return found


def lister(session: Session, kind: Kind) -> Lists:
    """Return the session's cloud as what lists. Raises RefusedError where it has no such kind."""
    from matui.live.panes import why_no_kind

    reason = why_no_kind(session.cloud, kind.id)
    if reason is not None:
        raise RefusedError(f"{reason[:1].upper()}{reason[1:]}.")
    return require(session.cloud, Lists)


def _none(session: Session, kind: Kind, word: str) -> NotFoundError:
    where = f" in profile {session.profile.name}"
    return NotFoundError(
        f"There is no {kind.singular} {clean(word)}{where}.",
        remedy=f"See them with: matui get {kind.id} -o wide",
    )

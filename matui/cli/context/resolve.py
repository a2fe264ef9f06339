"""Resolve the ids and names that commands take: ``ID``, ``NAME``, ``JOB/VERSION`` and ``KIND/ID``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matui.base.calls.gather import gather_limited
from matui.base.errors import (
    CloudError,
    IncompleteOutputError,
    MatuiError,
    NotFoundError,
    RefusedError,
    ServerFaultError,
    UsageError,
)
from matui.base.text.sanitize import clean, decode_argument
from matui.cli.context.session import Session, retry_unreadable
from matui.clouds.protocols import Lists, ListsVersions, Reads, require
from matui.resources.kind import Kind
from matui.resources.model import Resource
from matui.resources.registry import INNER_KINDS, KINDS, find_kind

_AT_ONCE = 4
# Statuses for an unknown id, and for a word that is no id.
_NO_SUCH_ID = (400, 404)


class Found(NamedTuple):
    """The resource of each word, in order, and an error for each word that names none."""

    by_word: dict[str, Resource]
    missing: tuple[MatuiError, ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """The resources without duplicates."""
        return tuple({resource.key: resource for resource in self.by_word.values()}.values())

    def raise_missing(self) -> None:
        """Raise one error for all missing words, if any."""
        if len(self.missing) == 1:
            raise self.missing[0]
        if self.missing:
            remedies = dict.fromkeys(error.remedy for error in self.missing if error.remedy)
            sentences = dict.fromkeys(error.sentence for error in self.missing)
            raise MatuiError(" ".join(sentences), remedy=" ".join(remedies))


async def find_resources(session: Session, kind: Kind, words: Sequence[str]) -> Found:
    """Look each word up as an id, an exact name, or a version of a job.

    Raises UsageError for a name that several resources have.
    """
    for word in words:
        if not word.strip(" /"):
            raise UsageError(
                "An ID is empty.", remedy=f"See those there are with: matui get {kind.id} -o wide"
            )
        if not all(part.strip() for part in word.split("/")):
            raise UsageError(
                f"{clean(word)} has an empty part beside a slash.", remedy="Name it as: ID or ID/PART"
            )
    finder = _Finder(session, kind)
    once = list(dict.fromkeys(words))
    found = await finder.find_versions_too({word: strip_kind(kind, word) for word in once})
    prefixed = [word for word in once if word not in found and strip_kind(kind, word) != word]
    if prefixed:
        found |= await finder.find_versions_too({word: word for word in prefixed})
    return Found(
        {word: found[word] for word in once if word in found},
        tuple(finder.build_error(word) for word in once if word not in found),
    )


async def find_one(session: Session, kind: Kind, word: str) -> Resource:
    """Return the one resource of that id or name. Raises NotFoundError."""
    found = await find_resources(session, kind, [word])
    found.raise_missing()
    return found.resources[0]


def strip_kind(kind: Kind, word: str) -> str:
    """Return ``ID`` of ``KIND/ID``, the form that ``get -o name`` prints; any other word unchanged."""
    return word.partition("/")[2] if _find_kind_of_prefix(word) is kind else word


def parse_targets(words: Sequence[str]) -> dict[str, list[str]]:
    """Return the ids by kind of ``KIND ID…``, or of ``KIND/ID…`` as ``get -o name`` prints them.

    Raises UsageError for an unknown kind.
    """
    first, *rest = words = [decode_argument(word) for word in words]
    if _find_kind_of_prefix(first) is None:
        return {find_kind(first).id: rest}
    targets: dict[str, list[str]] = {}
    for word in words:
        kind = _find_kind_of_prefix(word)
        if kind is None:
            raise UsageError(f"{clean(word)} has no kind before a /.", remedy=f"Example: {clean(first)}")
        targets.setdefault(kind.id, []).append(word)
    return targets


def parse_target(words: Sequence[str]) -> tuple[Kind, str]:
    """Return the kind and the id of ``KIND ID`` or ``KIND/ID``. Raises UsageError unless it is one."""
    targets = parse_targets(words)
    ids = [(KINDS[kind_id], word) for kind_id, listed in targets.items() for word in listed]
    if len(ids) != 1:
        raise UsageError("This takes one resource.", remedy="Name it as: KIND ID")
    return ids[0]


def parse_job(words: Sequence[str]) -> str:
    """Return the word for a job of ``JOB``, ``job JOB`` or ``job/JOB``, for commands that take jobs only.

    Raises UsageError for another kind, and unless it is one job.
    """
    words = [decode_argument(word) for word in words]
    if len(words) == 1:
        return words[0]
    kind, *rest = find_kind(words[0]), *words[1:]
    if kind.id != "jobs":
        raise UsageError(f"This is for jobs, not for {kind.id}.", remedy="Name one as: JOB or JOB/VERSION")
    if len(rest) > 1:
        raise UsageError("This takes one job.", remedy="Name it as: JOB or JOB/VERSION")
    return rest[0]


def _find_kind_of_prefix(word: str) -> Kind | None:
    """Return the listed kind that the part before the first slash names."""
    prefix, slash, rest = word.partition("/")
    if not (slash and rest):
        return None
    owner = next((kind.within for kind in INNER_KINDS.values() if kind.singular == prefix), None)
    if owner is not None:
        return KINDS[owner]
    try:
        return find_kind(prefix)
    except UsageError:
        return None


class _Finder:
    """Looks words up in one kind; reads its list at most once."""

    def __init__(self, session: Session, kind: Kind) -> None:
        self._session = session
        self._kind = kind
        self._rows: Sequence[Resource] | None = None
        self._incomplete: MatuiError | None = None
        self._errors: dict[str, MatuiError] = {}

    async def find_versions_too(self, words: dict[str, str]) -> dict[str, Resource]:
        """Return the resource of each key whose value is an id, a name or ``JOB/VERSION``."""
        found = await self._find(list(words.values()))
        heads = {word: word.rpartition("/")[0] for word in words.values() if word not in found}
        heads = {word: head for word, head in heads.items() if head}
        if heads and self._kind.id == "jobs" and isinstance(self._session.cloud, ListsVersions):
            jobs = await self._find(list(heads.values()))
            found |= await self._find_versions({w: jobs[head] for w, head in heads.items() if head in jobs})
        for typed, word in words.items():
            if word in self._errors:
                self._errors[typed] = self._errors[word]
        return {typed: found[word] for typed, word in words.items() if word in found}

    def build_error(self, word: str) -> MatuiError:
        """Return the error for a word that names nothing."""
        name = clean(strip_kind(self._kind, word))
        if word not in self._errors and self._incomplete is not None:
            return IncompleteOutputError(
                f"No {self._kind.singular} {name} is in what was read. {self._incomplete}"
            )
        return self._errors.get(word) or NotFoundError(
            f"There is no {self._kind.singular} {name} in profile {self._session.profile.name}.",
            remedy=f"See those there are with: matui get {self._kind.id} -o wide",
        )

    async def _find(self, words: Sequence[str]) -> dict[str, Resource]:
        once = tuple(dict.fromkeys(words))
        read = await gather_limited(self._find_by_id, once, _AT_ONCE)
        found = {word: resource for word, resource in zip(once, read, strict=True) if resource is not None}
        for word in once:
            if word not in found and (named := await self._find_by_name(word)) is not None:
                found[word] = named
        return found

    async def _find_by_id(self, word: str) -> Resource | None:
        cloud = self._session.cloud
        if not isinstance(cloud, Reads):
            return None
        try:
            return await retry_unreadable(self._session, lambda: cloud.read(self._kind.id, word))
        except NotFoundError:
            return None
        except ServerFaultError as error:  # some clouds fail on a word that cannot be an id
            self._errors[word] = error
            return None
        except CloudError as error:
            if error.status in _NO_SUCH_ID and error.exit_code == 1:
                return None
            raise

    async def _find_by_name(self, word: str) -> Resource | None:
        from matui.live.poll.list_all import find_incompleteness, list_all

        if self._rows is None:
            cloud = require_lister(self._session, self._kind)
            session, kind_id = self._session, self._kind.id
            rows, total = await retry_unreadable(
                session, lambda: list_all(cloud, kind_id, workspace=session.workspace)
            )
            self._rows, self._incomplete = rows, find_incompleteness(kind_id, rows, total)
        same = [row for row in self._rows if row.id == word] or [r for r in self._rows if r.name == word]
        if len(same) > 1:
            ids = ", ".join(clean(row.id) for row in same)
            raise UsageError(
                f"{len(same)} {self._kind.id} are named {clean(word)}.", remedy=f"Use an id: {ids}."
            )
        if same and same[0].id != word and word in self._errors and self._incomplete is not None:
            return None  # the id, which could not be read, may be in what is missing
        return same[0] if same else None

    async def _find_versions(self, jobs: dict[str, Resource]) -> dict[str, Resource]:
        cloud = require(self._session.cloud, ListsVersions)
        once = list({job.id: job for job in jobs.values()}.values())

        async def list_versions(job: Resource) -> tuple[Resource, ...]:
            return await retry_unreadable(self._session, lambda: cloud.fetch_versions(job))

        listed = await gather_limited(list_versions, once, _AT_ONCE)
        versions = {job.id: rows for job, rows in zip(once, listed, strict=True)}
        found = {}
        for word, job in jobs.items():
            name = word.rpartition("/")[2]
            same = [version for version in versions[job.id] if name in _list_version_names(version)]
            if len(same) == 1:
                found[word] = same[0]
            else:
                known = ", ".join(clean(version.id) for version in versions[job.id])
                self._errors[word] = NotFoundError(
                    f"The job {clean(job.name)} has no version {clean(name)}.", remedy=f"It has: {known}."
                )
        return found


def _list_version_names(version: Resource) -> tuple[str, ...]:
    return (version.id, version.id.rpartition("/")[2], version.name, version.get_text("version_name"))


def require_lister(session: Session, kind: Kind) -> Lists:
    """Return the session's cloud as a lister. Raises RefusedError where it does not have the kind."""
    from matui.live.capabilities import explain_missing_kind

    reason = explain_missing_kind(session.cloud, kind.id)
    if reason is not None:
        raise RefusedError(
            f"{reason[:1].upper()}{reason[1:]}.", remedy=f"It has: {', '.join(session.cloud.kinds)}."
        )
    return require(session.cloud, Lists)

"""Settles forms whose answer was lost: reads their result and writes it into the audit."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from math import inf
from typing import Any, Literal, NamedTuple, TypeAlias

from matui.base.clock import Clock
from matui.base.errors import MatuiError, NotFoundError
from matui.base.json import dumps
from matui.base.redaction.known import HIDDEN
from matui.clouds.protocols import (
    Cloud,
    Forms,
    ListRequest,
    Lists,
    ListsVersions,
    Reads,
    get_clock_offset_s,
    require,
)
from matui.live.actions.reconcile import GONE, MAX_AUDIT_BYTES, MAX_REREADS, UNCHANGED_S, is_of
from matui.live.audit.entry import AuditEntry
from matui.live.audit.trail import Audit, AuditError, read_audit
from matui.resources.forms.form import NEW_NAME, build_audit_state, format_path
from matui.resources.model import Resource
from matui.resources.registry import get_kind

FORM_MODES = ("edit", "create", "rerun")
_PAGE = 100
_MOST_PAGES = 10
_CLOCKS_AGREE_MS = 5_000.0
_CLOCKS_MAY_DIFFER_MS = 300_000.0
Verdict: TypeAlias = Literal["", "done", "changed", "gone", "missing"]


class ReconcileResult(NamedTuple):
    """The result of a form as read: ``changed`` in part, ``missing`` as if it never arrived, ``""`` unknown.

    ``found`` is the resource created or changed, None for none.
    """

    verdict: Verdict = ""
    found: Resource | None = None


class FormReconciler:
    """Settles the forms of one cloud that are unknown in the audit."""

    def __init__(self, cloud: Cloud, audit: Audit, *, clock: Clock) -> None:
        self._cloud = cloud
        self._audit = audit
        self._clock = clock

    async def reread(self) -> int:
        """Read the result of each; return how many are still unknown."""
        looked = [await self._settle(entry) for entry in self._list_unknown()]
        return sum(1 for finding in looked if finding is None)

    async def reread_one(self, action_id: str) -> ReconcileResult:
        """Read the result of one. Raises the errors of the read."""
        for entry in self._list_unknown():
            if entry.id == action_id:
                finding = await read_outcome(self._cloud, entry)
                self._write(entry, finding)
                return finding
        return ReconcileResult()

    async def find_made(self, action_id: str) -> Resource | None:
        """Return what was made although its answer states no id, and write the id. Raises as reads do."""
        entry = next((entry for entry in self._read_entries() if entry.id == action_id), None)
        finding = await read_outcome(self._cloud, entry) if entry is not None else ReconcileResult()
        if entry is None or finding.verdict != "done":
            return None
        self._write(entry, finding)
        return finding.found

    def _read_entries(self) -> tuple[AuditEntry, ...]:
        return tuple(read_audit(self._audit.lines, self._clock.now(), last_bytes=MAX_AUDIT_BYTES).entries)

    def _list_unknown(self) -> list[AuditEntry]:
        unknown = (
            entry
            for entry in self._read_entries()
            if entry.outcome == "unknown" and not entry.verdict and entry.get_text("action") in FORM_MODES
        )
        return [entry for entry in unknown if is_of(entry, self._cloud)][:MAX_REREADS]

    async def _settle(self, entry: AuditEntry) -> ReconcileResult | None:
        """Return the finding; None where it stays unknown."""
        try:
            finding = await read_outcome(self._cloud, entry)
        except MatuiError:
            return None
        return finding if self._write(entry, finding) else None

    def _write(self, entry: AuditEntry, finding: ReconcileResult) -> bool:
        verdict: str = finding.verdict
        if verdict == "missing":
            passed_s = self._clock.now() - (entry.at_ms or 0.0) / 1000
            verdict = "unchanged" if passed_s >= UNCHANGED_S else ""
        if not verdict:
            return False
        made = finding.found
        about = {**entry.about, **({"resource_id": made.id} if made is not None else {})}
        status = GONE if verdict == "gone" else made.status if made is not None else ""
        with suppress(AuditError):  # it stays unknown in the file, and the next read tries again
            self._audit.record_verdict(entry.id, about, verdict=verdict, found=status)
        return True


async def read_outcome(cloud: Cloud, entry: AuditEntry) -> ReconcileResult:
    """Read the result of a form. Raises the errors of :mod:`matui.base.errors`."""
    mode = entry.get_text("action")
    if mode == "edit":
        return await _find_edit(cloud, entry)
    return await (_find_rerun(cloud, entry) if mode == "rerun" else _find_created(cloud, entry))


async def _find_edit(cloud: Cloud, entry: AuditEntry) -> ReconcileResult:
    kind, resource_id = str(entry.about["kind"]), str(entry.about["resource_id"])
    try:
        now = await require(cloud, Reads).read(kind, resource_id)
        form = await require(cloud, Forms).edit_form(now)
    except NotFoundError:
        return ReconcileResult("gone")
    fixed = {format_path(path) for path, _ in form.fixed}
    known = build_audit_state(form)
    arrived = [
        _holds(known.get(place), value)
        for place, value in _select_sent_values(entry).items()
        if place not in fixed
    ]
    if not arrived:
        return ReconcileResult()
    return ReconcileResult("done" if all(arrived) else "changed" if any(arrived) else "missing", now)


def _select_sent_values(entry: AuditEntry) -> Mapping[str, Any]:
    """Return the values sent, without those that the audit hides: they cannot be compared."""
    parameters = entry.first.get("parameters")
    values = parameters if isinstance(parameters, Mapping) else {}
    return {place: value for place, value in values.items() if HIDDEN not in dumps(value)}


def _holds(now: Any, sent: Any) -> bool:
    """Return whether a value is as it was sent; the cloud may have added to its tables."""
    if isinstance(sent, Mapping):
        return isinstance(now, Mapping) and all(_holds(now.get(name), sent[name]) for name in sent)
    if isinstance(sent, list):
        same_length = isinstance(now, list) and len(now) == len(sent)
        return same_length and all(_holds(a, b) for a, b in zip(now, sent, strict=True))
    return now == sent or (now in (None, "") and sent in (None, ""))


async def _find_created(cloud: Cloud, entry: AuditEntry) -> ReconcileResult:
    """Search for a new resource of the name; one that only its owner lists is read by its id."""
    name = entry.first.get("name")
    if not (isinstance(name, str) and name):
        return ReconcileResult()
    kind = get_kind(str(entry.about["kind"]))
    if not kind.within:
        return await _find_named(cloud, entry, name)
    owner = _select_sent_values(entry).get(f"{get_kind(kind.within).singular}_id")
    try:
        made = await require(cloud, Reads).read(kind.id, f"{owner}/{name}")
    except NotFoundError:
        return ReconcileResult("missing")
    return _judge_newest([made], _get_sent_ms(cloud, entry))


async def _find_named(cloud: Cloud, entry: AuditEntry, name: str) -> ReconcileResult:
    """Search for a new resource of a name, newest first."""
    since_ms = _get_sent_ms(cloud, entry)
    seen = 0
    for number in range(_MOST_PAGES):
        ask = ListRequest(str(entry.about["kind"]), number, _PAGE, str(entry.about["workspace"] or ""))
        page = await require(cloud, Lists).list_page(ask)
        named = [row for row in page.resources if row.name == name]
        if named:
            return _judge_newest(named, since_ms)
        seen += len(page.resources)
        older = page.newest_first and min(map(_get_created_ms, page.resources), default=inf) < since_ms
        if older or len(page.resources) < _PAGE or seen == page.total:
            return ReconcileResult("missing")
    return ReconcileResult()


async def _find_rerun(cloud: Cloud, entry: AuditEntry) -> ReconcileResult:
    """Search for a version that is newer than the request, or for the new job by its name."""
    name = _select_sent_values(entry).get(format_path(NEW_NAME))
    if isinstance(name, str) and name:
        return await _find_named(cloud, entry, name)
    job_id = str(entry.about["resource_id"]).partition("/")[0]
    try:
        job = await require(cloud, Reads).read("jobs", job_id)
        versions = await require(cloud, ListsVersions).fetch_versions(job)
    except NotFoundError:
        return ReconcileResult("gone")
    rerun_id = str(entry.about["resource_id"])  # may be as new as the request, and is not what it made
    return _judge_newest([row for row in versions if row.id != rerun_id], _get_sent_ms(cloud, entry))


def _judge_newest(rows: Any, since_ms: float) -> ReconcileResult:
    """Decide by the row created last; without its time of creation the finding is unknown."""
    newest = max(rows, key=_get_created_ms, default=None)
    if newest is None or _get_created_ms(newest) < since_ms:
        return ReconcileResult("missing")
    return ReconcileResult("done", newest) if newest.created_at is not None else ReconcileResult()


def _get_created_ms(row: Resource) -> float:
    return inf if row.created_at is None else row.created_at


def _get_sent_ms(cloud: Cloud, entry: AuditEntry) -> float:
    """Return when it was sent, in ms by the cloud's clock where that is known."""
    offset_s = get_clock_offset_s(cloud)
    slack_ms = _CLOCKS_MAY_DIFFER_MS if offset_s is None else _CLOCKS_AGREE_MS
    return (entry.at_ms or 0.0) + (offset_s or 0.0) * 1000 - slack_ms

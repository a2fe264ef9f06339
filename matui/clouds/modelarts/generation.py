"""Finds out whether a project's training is v1 or v2, and remembers it between runs."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias

from matui.base.clock import Clock
from matui.base.errors import CloudError, MatuiError
from matui.base.regular_files import read_regular_bytes
from matui.clouds.http.decode import parse_reply
from matui.clouds.http.messages import Call
from matui.clouds.modelarts.auth.token import write_private
from matui.clouds.modelarts.session import ModelArtsSession
from matui.clouds.modelarts.v2.wire import JobSearch
from matui.clouds.wire_types import Whole, WireModel

Generation: TypeAlias = Literal["v1", "v2"]

_V1_JOBS = Call("GET", "/v1/{project_id}/training-jobs", (("per_page", "1"),))
_V2_JOBS = Call(
    "POST",
    "/v2/{project_id}/training-job-searches",
    body=JobSearch(offset=0, limit=1).encode_body(),
    repeatable=True,
)
_VALID_S = 7 * 86_400.0
_LARGEST_BYTES = 4096
_UNCLEAR = -1


class _Totals(WireModel):
    job_total_count: Whole = None
    total: Whole = None

    @property
    def jobs(self) -> int:
        return max(self.job_total_count or 0, self.total or 0)


async def find_generation(session: ModelArtsSession, *, clock: Clock, cache_dir: Path | None) -> Generation:
    """Return what the project uses: as remembered from the last seven days, else asked for now.

    v2 where neither answers; that is not remembered, so that the next start asks again.
    """
    memory = _build_cache_path(session, cache_dir) if cache_dir else None
    known = _load(memory, clock.now()) if memory else None
    if known is not None:
        return known
    found, certain = await _ask(session)
    if certain and memory:
        _save(memory, found, clock.now())
    return found


async def _ask(session: ModelArtsSession) -> tuple[Generation, bool]:
    """Return the generation that has jobs, v2 where both do or neither does, and whether that is certain."""
    today = await _count_jobs(session, _V2_JOBS)
    if today is not None and today > 0:
        return "v2", True
    before = await _count_jobs(session, _V1_JOBS)
    certain = (today is not None or before is not None) and _UNCLEAR not in (today, before)
    if before is not None and before != _UNCLEAR and (before > 0 or today is None):
        return "v1", certain
    return "v2", certain


async def _count_jobs(session: ModelArtsSession, call: Call) -> int | None:
    """Return how many jobs a generation has; None where there is no such API, -1 where that is unclear."""
    try:
        return parse_reply(_Totals, await session.send(call)).value.jobs
    except CloudError as error:
        no_such = error.status in (404, 405) or error.code.upper() in ("APIGW.0101", "APIG.0101")
        return None if no_such else _UNCLEAR
    except MatuiError:
        return _UNCLEAR


def _build_cache_path(session: ModelArtsSession, cache_dir: Path) -> Path:
    who = [session.endpoint, session.region, session.project_id or session.profile.name]
    return cache_dir / f"generation-{sha256(json.dumps(who).encode()).hexdigest()[:40]}.json"


def _load(file: Path, now: float) -> Generation | None:
    """Return what is remembered; whatever is wrong with the file, the answer is: nothing."""
    try:
        record = json.loads(read_regular_bytes(file, _LARGEST_BYTES))
        found, at = record["api"], float(record["asked_at"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    fresh = 0 <= now - at <= _VALID_S
    return found if fresh and found in ("v1", "v2") else None


def _save(file: Path, found: Generation, now: float) -> None:
    """Remember in one step; a disk that cannot take it is not an error."""
    try:
        write_private(file.parent, file.name, json.dumps({"api": found, "asked_at": now}))
    except OSError:
        return

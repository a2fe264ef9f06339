"""The rules of triage: each evaluates one resource. The first that holds decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from matui.base.text.formatting import format_age, format_duration, format_percent, format_share
from matui.live.triage.item import Evidence, LogSign, Trouble, TroubleKind, Why
from matui.live.triage.reasons import build_reason_from_flavor, find_reason_in_facts, names_lack_of_resources
from matui.resources.columns import shorten_status
from matui.resources.model import Phase, Resource
from matui.resources.times import SEEN_SINCE, get_state_since

Rule: TypeAlias = Callable[[Resource, Evidence], Trouble | None]

_MINUTE_MS = 60_000.0
_LEAST_STUCK_MS = 10 * _MINUTE_MS
_STUCK_WITHOUT_HISTORY_MS = 30 * _MINUTE_MS
_LEAST_LIKE_IT = 5
# Words of flavors that have cards; a pool of others has none that could be free.
_ACCELERATOR = re.compile(r"gpu|npu|ascend|kat\d|snt\d|d310|\d[vpat]\d{1,3}", re.IGNORECASE)
_QUIET = (Phase.DONE, Phase.STOPPED, Phase.UNKNOWN)
_NOT_STARTED = ("START_FAILED", "CREATE_FAILED", "SUBMIT_FAILED")
_WAITING_WORDS = ("wait", "queu", "pending", "init", "submit")
_ENDING_WORDS = ("stopping", "deleting")
# The facts with the time of an end (ms since the epoch), and how it comes about.
_ENDS = (("auto_stop_at", "auto-stop"), ("due_time", "stops"))


def evaluate(resource: Resource, evidence: Evidence) -> Trouble | None:
    """Return what is wrong with a resource by the first rule that holds, None where nothing is wrong."""
    if resource.phase in _QUIET:
        return None
    for rule in RULES:
        trouble = rule(resource, evidence)
        if trouble is not None:
            return trouble
    return None


def is_timed(resource: Resource) -> bool:
    """Return whether a rule may hold for the resource later, without a change of it."""
    return (
        resource.phase is Phase.PENDING
        or (resource.kind == "pools" and resource.phase is Phase.RUNNING)
        or (resource.kind == "jobs" and resource.phase is Phase.RUNNING)
        or any(resource.get_number(name) is not None for name, _words in _ENDS)
    )


def judge_failed(resource: Resource, evidence: Evidence) -> Trouble | None:
    """It has failed."""
    if resource.phase is not Phase.FAILED:
        return None
    if (sold_out := _find_sold_out(resource, evidence)) is not None:
        return sold_out
    since, at_least = find_since(resource)
    key = "logs" if resource.kind in ("jobs", "versions") else "why"
    return Trouble(TroubleKind.FAILED, since, at_least, find_reason_in_facts(resource), key)


def judge_degraded(resource: Resource, _evidence: Evidence) -> Trouble | None:
    """It works only partly."""
    if resource.phase is not Phase.DEGRADED:
        return None
    since, at_least = find_since(resource)
    key = "events" if resource.kind in ("services", "pools") else "why"
    return Trouble(TroubleKind.DEGRADED, since, at_least, find_reason_in_facts(resource), key)


def judge_open_fault(resource: Resource, _evidence: Evidence) -> Trouble | None:
    """It runs or waits, and the cloud has not recovered it from a fault."""
    words = resource.get_text("open_fault")
    if not words or resource.phase not in (Phase.RUNNING, Phase.PENDING):
        return None
    since = resource.get_number("open_fault_since")
    return Trouble(TroubleKind.DEGRADED, since, why=Why(words, "cloud"), key="events")


def evaluate_sold_out(resource: Resource, evidence: Evidence) -> Trouble | None:
    """It waits for a flavor that is sold out."""
    return _find_sold_out(resource, evidence) if resource.phase is Phase.PENDING else None


def may_lack_flavor(resource: Resource) -> bool:
    """Return whether a resource waits, or could not be started: its flavor may be sold out."""
    if resource.phase is Phase.PENDING:
        return True
    return resource.phase is Phase.FAILED and resource.status.endswith(_NOT_STARTED)


def _find_sold_out(resource: Resource, evidence: Evidence) -> Trouble | None:
    flavors = _list_flavors(resource, evidence)
    if not flavors or not may_lack_flavor(resource):
        return None
    sold_out = evidence.sold_out.get(resource.profile, frozenset())
    if not resource.facts.get("sold_out") and sold_out.isdisjoint(flavors):
        return None
    own = find_reason_in_facts(resource)
    if resource.phase is Phase.FAILED and own is not None and not names_lack_of_resources(own):
        return None
    since, at_least = find_since(resource)
    return Trouble(TroubleKind.SOLD_OUT, since, at_least, build_reason_from_flavor(flavors[0]), "flavors")


def _list_flavors(resource: Resource, evidence: Evidence) -> tuple[str, ...]:
    """Return the names of a resource's flavor: that of its row, else those of its details."""
    if flavor := resource.get_text("flavor"):
        return (flavor,)
    read = evidence.usages.get(resource.key)
    return read.flavors if read is not None else ()


def judge_stuck(resource: Resource, evidence: Evidence) -> Trouble | None:
    """It has been in transition for longer than comparable resources."""
    if resource.phase is not Phase.PENDING:
        return None
    since, at_least = find_since(resource)
    if since is None:
        return None
    lasted = evidence.get_cloud_now_ms(resource.profile) - since
    like_it = evidence.stays.get((resource.kind, resource.status), ())
    if len(like_it) < _LEAST_LIKE_IT:
        if lasted <= _STUCK_WITHOUT_HISTORY_MS:
            return None
        usual = ""
    else:
        from statistics import median

        typical = median(like_it)
        if lasted <= max(evidence.limits.stuck_factor * typical, _LEAST_STUCK_MS):
            return None
        usual = f", usually {format_duration(typical / 1000)}"
    parts = [
        f"{shorten_status(resource.status)} for {format_age(lasted / 1000)}{usual}",
        *_iterate_queue_words(resource),
    ]
    own = find_reason_in_facts(resource)
    words = " · ".join(parts)
    why = Why(f"{own.text} · {words}", own.source) if own else Why(words, "matui")
    return Trouble(TroubleKind.STUCK, since, at_least, why, "why")


def _iterate_queue_words(resource: Resource) -> Iterator[str]:
    """Yield the place in the queue and the stage, where the cloud states them."""
    rank = resource.get_number("queue_rank") or resource.get_number("pending_position")
    if rank:
        yield f"place {rank:g} in the queue"
    if stage := resource.get_text("stage"):
        yield f"stage {stage}"
    if not rank and (pool := resource.get_text("pool")) and _waits(resource):
        yield f"pool {pool}"


def _waits(resource: Resource) -> bool:
    word = resource.status.casefold()
    return any(part in word for part in _WAITING_WORDS)


def judge_silent(resource: Resource, evidence: Evidence) -> Trouble | None:
    """It runs, and writes no line to its log."""
    if resource.phase is not Phase.RUNNING or resource.kind not in ("jobs", "versions"):
        return None
    sign = read_log_sign(resource)
    if sign.verdict:
        why = Why(sign.verdict, "cloud")
        return Trouble(TroubleKind.SILENT, sign.last_line_at, why=why, key="logs")
    if sign.last_line_at is None:
        return None
    limit = evidence.limits.silent_minutes
    if sign.initializing:
        from matui.signals.findings import INITIALIZING_MINUTES

        limit = max(limit, INITIALIZING_MINUTES)
    read_at = sign.read_at if sign.read_at is not None else evidence.get_cloud_now_ms(resource.profile)
    lasted = read_at - sign.last_line_at
    if lasted <= limit * _MINUTE_MS:
        return None
    where = " after NCCL/HCCL initialization" if sign.initializing else ""
    ago = evidence.get_cloud_now_ms(resource.profile) - read_at
    read = f", read {format_age(ago / 1000)} ago" if ago >= _MINUTE_MS else ""  # SINCE goes on meanwhile
    why = Why(f"no line in the log for {format_age(lasted / 1000)}{where}{read}", "matui")
    return Trouble(TroubleKind.SILENT, sign.last_line_at, why=why, key="logs")


def judge_finding(resource: Resource, _evidence: Evidence) -> Trouble | None:
    """It runs, and the numbers of its log say that something is wrong."""
    finding, words = resource.get_text("finding"), resource.get_text("finding_words")
    if not finding or resource.phase is not Phase.RUNNING:
        return None
    line = resource.get_number("finding_line")
    where = f" (line {line:,.0f} of the log)" if line is not None else ""
    words = words.removesuffix(".") if where else words
    what = {"stalled": TroubleKind.STUCK, "silent": TroubleKind.SILENT}.get(finding, TroubleKind.DEGRADED)
    return Trouble(
        what, resource.get_number("finding_since"), why=Why(f"{words}{where}", "log"), key="metrics"
    )


def read_log_sign(job: Resource) -> LogSign:
    """Return what the row says of the end of its log, and the cloud of a job that hangs."""
    word = job.get_text("secondary_phase")
    return LogSign(
        job.get_number("last_line_at"),
        bool(job.facts.get("initializing")),
        f"the cloud reports {word}" if "hang" in word.casefold() else "",
        job.get_number("log_read_at"),
    )


def judge_ending(resource: Resource, evidence: Evidence) -> Trouble | None:
    """It runs, and is about to be stopped by the cloud."""
    if resource.phase not in (Phase.RUNNING, Phase.PENDING):
        return None
    if resource.status.casefold().startswith(_ENDING_WORDS):
        return None
    ends = [(time, words) for name, words in _ENDS if (time := resource.get_number(name)) is not None]
    if not ends:
        return None
    now = evidence.get_cloud_now_ms(resource.profile)
    left, words = min((time - now, words) for time, words in ends)
    if not 0 < left <= evidence.limits.ending_minutes * _MINUTE_MS:
        return None
    why = Why(f"{words} in {format_age(left / 1000)}", "cloud")
    return Trouble(TroubleKind.ENDING, why=why, key="edit")


def judge_full(resource: Resource, evidence: Evidence) -> Trouble | None:
    """It is a pool without a free card, or with few of those that its nodes or its row count."""
    if resource.kind != "pools" or resource.phase is not Phase.RUNNING:
        return None
    free, total = resource.get_number("gpu"), resource.get_number("cards")
    usage = evidence.usages.get(resource.key)
    if usage is not None and usage.cards is not None:
        used, total = usage.cards
        free = total - used
    if free is None or (not total and (free > 0 or not _ACCELERATOR.search(resource.get_text("flavor")))):
        return None
    percent = 100 * (total - free) / total if total else 100.0
    if percent < evidence.limits.full_percent:
        return None
    words = (
        f"{format_share(total - free, total, 'cards')} in use ({format_percent(percent)})"
        if total
        else "no card is free"
    )
    return Trouble(TroubleKind.FULL, why=Why(words, "cloud"), key="metrics")


def find_since(resource: Resource) -> tuple[float | None, bool]:
    """Return since when the state lasts, and whether it may have begun earlier."""
    since = get_state_since(resource)
    if since is not None:
        return float(since), False
    seen = resource.get_number(SEEN_SINCE)
    return (None, False) if seen is None else (seen, True)


RULES: tuple[Rule, ...] = (
    judge_failed,
    judge_degraded,
    judge_open_fault,
    evaluate_sold_out,
    judge_stuck,
    judge_silent,
    judge_finding,
    judge_ending,
    judge_full,
)

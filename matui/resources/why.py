"""Find why a resource is in trouble: its last bad event, its failure text, their codes explained. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from matui.base.codes.error_codes import Explanation, explain
from matui.base.codes.run_codes import explain_run_code
from matui.resources.detail import DetailRow, Event, Instant, Section
from matui.resources.kinds.triage import is_in_trouble
from matui.resources.model import Resource

_API_CODE = re.compile(r"\b(?:ModelArts|APIGW|APIG)[._ ]\d{4}\b", re.IGNORECASE)
_RUN_CODE = re.compile(
    r"""(?P<exit>(?:
        \b(?:exit|return|error)[ _-]?(?:code|status)?s?\s*(?::|=|\bis\b|\bwith\b)?
        | \b(?:exited|returned|terminated|failed)\ (?:with\ )?(?:code|status)\ *[:=]?
        | 退出(?:状态)?码\s*[:：=为]?
      )\s*\(?-?\d{1,3})\b
    | \b(?P<name>SIG(?:HUP|INT|QUIT|ILL|ABRT|BUS|FPE|KILL|SEGV|PIPE|TERM)
      | E[A-Z0-9]\d{4} | ERR\d{5} | Xid[ :]+\d{1,3})\b""",
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER = re.compile(r"-?\d+$")
_FAILURE_LABELS = {"error", "errors", "failure", "failed reason", "fail reason", "ended", "reason", "message"}
_MOST_CODES = 3
WHY_TITLE = "Why"
STATUS_WORDS = {
    "JOBSTAT_IMAGE_FAILED": "The image of the job could not be made; compare its engine and image.",
    "JOBSTAT_SUBMIT_FAILED": "The job could not be submitted; compare its parameters, flavor and pool.",
    "JOBSTAT_FAILED": "The training process ended with an error; the log has the first one.",
    "JOBSTAT_LOST": "The cloud has lost the job; its nodes may have failed.",
    "JOBSTAT_DELETE_FAILED": "The job could not be deleted.",
    "JOBSTAT_DEPLOY_SERVICE_FAILED": "The service of the job could not be deployed.",
}


def find_why(resource: Resource, sections: Sequence[Section], events: Sequence[Event]) -> Section | None:
    """Return a section with the last bad event, the failure text and the codes explained.

    None for a resource that is not in trouble.
    """
    if not is_in_trouble(resource):
        return None
    rows: list[DetailRow] = []
    event = next((event for event in reversed(events) if event.abnormal), None)
    texts = list(dict.fromkeys(find_failure_texts(resource, sections)))
    if event is not None:
        if event.at is not None:
            rows.append(("Last bad event", Instant(event.at)))
        rows.append(("Event" if event.at is not None else "Last bad event", event.text))
        texts = [event.text, *(text for text in texts if text != event.text)]
    rows += [("Failure", text) for text in texts if event is None or text != event.text]
    for entry in explain_codes("\n".join(texts)):
        rows += [("Code", f"{entry.code}: {entry.meaning}"), ("What to do", entry.remedy)]
    if words := explain_status(resource.kind, resource.status):
        rows.append(("Status", words))
    if resource.kind == "pools" and (missing := explain_nodes(resource)):
        rows.append(("Nodes", missing))
    return Section(WHY_TITLE, tuple(rows)) if rows else None


def explain_status(kind: str, status: str) -> str:
    """Return what the status of a failed job means, ``""`` for another kind or status."""
    return STATUS_WORDS.get(status, "") if kind in ("jobs", "versions") else ""


def explain_nodes(pool: Resource) -> str:
    """Return how many nodes of a pool are available, ``""`` where none is missing."""
    available, nodes = pool.get_number("nodes_available"), pool.get_number("nodes")
    if available is None or nodes is None or available >= nodes:
        return ""
    return f"{available:g} of {nodes:g} nodes are available"


def explain_codes(text: str) -> tuple[Explanation, ...]:
    """Return the explanations of at most three codes in a text, in their order."""
    found: dict[str, Explanation] = {}
    for code in _find_codes(text):
        entry = explain(code) if _API_CODE.fullmatch(code) else next(iter(explain_run_code(code)), None)
        if entry is not None:
            found.setdefault(entry.code, entry)
    return tuple(found.values())[:_MOST_CODES]


def _find_codes(text: str) -> Iterator[str]:
    matches = [*_API_CODE.finditer(text), *_RUN_CODE.finditer(text)]
    for match in sorted(matches, key=lambda match: match.start()):
        if match.re is _API_CODE:
            yield re.sub("[_ ]", ".", match[0])
        elif match["exit"]:
            number = _NUMBER.search(match["exit"])
            yield f"exit {number[0]}" if number else ""
        else:
            yield match["name"]


def find_failure_texts(resource: Resource, sections: Sequence[Section]) -> Iterator[str]:
    """Yield what a row and its details say of its failure."""
    if failure := resource.get_text("failure"):
        yield failure
    for section in sections:
        in_errors = section.title.casefold() in ("errors", "failures")
        for label, value in section.rows:
            if isinstance(value, str) and value and (in_errors or label.casefold() in _FAILURE_LABELS):
                yield value

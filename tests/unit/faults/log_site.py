"""A server of v1 logs written from the reference (5.1.10, 5.1.13): cursors are exclusive, opaque numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

JOB = {
    "job_id": 7,
    "job_name": "train",
    "version_id": 9,
    "version_name": "V0001",
    "status": 10,
    "create_time": 1600000000000,
    "duration": 60000,
    "version_count": 1,
}
_FIRST_CURSOR = 1609121886518240330


def build_log_site(files: Mapping[str, Sequence[str]], created_ms: int) -> Any:
    """Return what answers for one job that has completed, with these log files."""
    job = {**JOB, "create_time": created_ms}

    def answer(_method: str, path: str, query: dict[str, str]) -> Any:
        if path.endswith("/log/file-names"):
            return {"is_success": True, "log_file_list": list(files)}
        if path.endswith("/aom-log"):
            return _serialize_page(files[query["log_file"]], query)
        if path.endswith("/versions"):
            return {"is_success": True, "version_count": 1, "versions": [job]}
        if path.endswith("/versions/9"):
            return {"is_success": True, **job}
        return {"is_success": True, "job_total_count": 1, "jobs": [job]}

    return answer


def _serialize_page(lines: Sequence[str], query: Mapping[str, str]) -> dict[str, Any]:
    limit, older = int(query.get("lines", "50")), query.get("order") == "asc"
    base = query.get("base_line", "").strip()
    at = int(base) - _FIRST_CURSOR if base else None
    if at is None:
        first = 0 if older else max(0, len(lines) - limit)
        end = min(len(lines), limit) if older else len(lines)
    elif older:
        first, end = max(0, at - limit), at
    else:
        first, end = at + 1, min(len(lines), at + 1 + limit)
    texts = lines[first:end]
    if not texts:
        return {"content": "", "lines": "0", "start_line": base, "end_line": base, "is_success": True}
    return {
        "content": "\n\n".join(texts) + "\n",
        "lines": len(texts),
        "start_line": str(_FIRST_CURSOR + first),
        "end_line": str(_FIRST_CURSOR + end - 1),
        "is_success": True,
    }

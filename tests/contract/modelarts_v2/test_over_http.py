"""A small server on loopback, written from the references of v2 alone, read by the command line."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from matui.cli.main import run

NOW_MS = 1_760_000_000_000
LINES = [f"2025-10-09 08:53:20 line {number}" for number in range(1200)]
JOBS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(130)]


class Reference(BaseHTTPRequestHandler):
    """Answers what the reference says, and 400 where a request breaks a rule of it."""

    protocol_version = "HTTP/1.1"
    asked: list[str]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        self.server.asked.append(f"GET {url.path}?{url.query}")  # type: ignore[attr-defined]
        for shape, answer in ROUTES.items():
            if match := re.fullmatch(f"/v[12]/p/{shape}", url.path):
                self._send(*answer(query, *match.groups()))
                return
        self._send(404, {"error_code": "APIG.0101", "error_msg": "no such API"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(f"POST {self.path} {json.dumps(body)}")  # type: ignore[attr-defined]
        limit, start = body["limit"], body.get("offset", 0)
        if not 1 <= limit <= 50:
            self._send(400, {"error_code": "ModelArts.0010", "error_msg": "limit is 1 to 50"})
            return
        rows = [make_job(one, NOW_MS - turn * 1000) for turn, one in enumerate(JOBS)][start : start + limit]
        self._send(200, {"items": rows, "total": len(JOBS), "count": len(JOBS)})

    def _send(self, status: int, tree: Any) -> None:
        body = json.dumps(tree).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Write nothing."""


def make_job(job_id: str, created: int = NOW_MS) -> dict[str, Any]:
    status = {"phase": "Completed", "duration": 1000, "tasks": ["worker-0"]}
    return {"kind": "job", "metadata": {"id": job_id, "name": f"job-{job_id[:8]}", "create_time": created},
            "status": status}  # fmt: skip


def answer_log_lines(query: dict[str, str], _job: str, _task: str) -> tuple[int, Any]:
    """``asc`` is old to new after the base line, ``desc`` (the default) new to old before it."""
    size, base, older = int(query.get("lines", 50)), query.get("base_line"), query.get("order") != "asc"
    numbers = range(len(LINES))
    if base:
        at = int(base) - NOW_MS
        numbers = range(at) if older else range(at + 1, len(LINES))
    taken = list(reversed(numbers))[:size] if older else list(numbers)[:size]
    ends = [str(NOW_MS + number) for number in (taken[:1] + taken[-1:])] or ["", ""]
    content = "".join(LINES[number] + "\n" for number in taken)
    return 200, {"content": content, "start_line": ends[0], "end_line": ends[1], "lines": len(taken)}


def answer_pods(query: dict[str, str], _service: str, _deployment: str, instance: str) -> tuple[int, Any]:
    limit, offset = int(query.get("limit", 10)), int(query.get("offset", 0))
    if instance != "all" or offset % limit:
        return 400, {"error_code": "ModelArts.0010", "error_msg": "offset must be a multiple of limit"}
    size = min(limit, 20)
    found = [{"pod_name": f"pod-{n}", "status": "RUNNING"} for n in range(50)][offset : offset + size]
    return 200, {"data": found, "total": 50, "size": size}


def answer_monitor(query: dict[str, str], _pool: str) -> tuple[int, Any]:
    if query.get("time_range") != "-1.-1.60":
        return 400, {"error_code": "ModelArts.0010", "error_msg": "a span longer than between start and end"}
    points = [{"timestamp": NOW_MS + minute * 60_000, "statistics": [{"statistic": "average", "value": 5}]}
              for minute in range(60)]  # fmt: skip
    metric = {"namespace": "PAAS.NODE", "metricName": "gpuUtil", "dimensions": []}
    return 200, {"metrics": [{"metric": metric, "dataPoints": points}]}


def answer_list(*rows: dict[str, Any]) -> Any:
    return lambda _query, *_ids: (200, {"data": list(rows), "total": len(rows), "current": 0, "pages": 1,
                                        "size": len(rows)})  # fmt: skip


LEASE = {"create_at": NOW_MS - 7_200_000, "update_at": NOW_MS, "duration": 3_600_000, "enable": True,
         "type": "TIMING"}  # fmt: skip
SERVICE = {"id": "s1", "name": "serving", "status": "INIT", "type": "REAL_TIME", "create_at": NOW_MS}
POOL = {"metadata": {"name": "pool-1", "creationTimestamp": "2025-10-09T08:53:20Z"}, "spec": {},
        "status": {"phase": "Running"}}  # fmt: skip
ROUTES: dict[str, Any] = {
    "notebooks": answer_list({"id": "n1", "name": "book", "status": "RUNNING", "lease": LEASE}),
    "services": answer_list(SERVICE),
    "services/([^/]+)": lambda _query, _id: (200, SERVICE),
    "services/([^/]+)/deployments": answer_list({"id": "d1", "name": "d1", "status": "RUNNING"}),
    "services/([^/]+)/deployments/([^/]+)/instances": answer_list({"instance_name": "i1"}),
    "services/([^/]+)/deployments/([^/]+)/instances/([^/]+)/pods": answer_pods,
    "pools": lambda _query: (200, {"items": [POOL]}),
    "pools/([^/]+)": lambda _query, _id: (200, POOL),
    "pools/([^/]+)/nodes": lambda _query, _id: (200, {"items": [], "metadata": {}}),
    "pools/([^/]+)/monitor": answer_monitor,
    "training-jobs/([^/]+)": lambda _query, one: (200, make_job(one)),
    "training-jobs/([^/]+)/logs/([^/]+)": answer_log_lines,
}  # fmt: skip


class Site:
    """The command line on the server; ``asked`` are the requests so far."""

    def __init__(self, config: Path, asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        self.config, self.asked, self.capsys = config, asked, capsys

    def __call__(self, *words: str) -> str:
        code = run(["--config", str(self.config), *words])
        out, err = self.capsys.readouterr()
        assert code == 0, (code, out, err)
        return out


@pytest.fixture
def site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Site]:
    for name in ("STATE", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Reference)
    server.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    config = tmp_path / "config.toml"
    config.write_text(
        f'[profiles.r]\napi = "v2"\nregion = "cn-north-4"\nproject_id = "p"\nauth = "token"\ntoken = "t"\n'
        f'endpoint = "{url}"\niam_endpoint = "{url}"\n'
    )
    config.chmod(0o600)
    yield Site(config, server.asked, capsys)  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


def test_the_age_of_a_notebook_is_that_of_its_lease(site: Site) -> None:
    (row,) = json.loads(site("get", "notebooks", "-o", "json"))["items"]
    assert row["created_at"] == "2025-10-09T06:53:20Z"


def test_a_service_in_init_is_pending_and_shows_the_pods_of_all_instances(site: Site) -> None:
    (row,) = json.loads(site("get", "services", "-o", "json"))["items"]
    assert (row["status"], row["phase"]) == ("INIT", "pending")
    text = site("describe", "services", "s1")
    assert all(f"pod-{number}" in text for number in range(50))
    assert {path.split("?")[0] for path in site.asked if "/pods?" in path} == {
        "GET /v2/p/services/s1/deployments/d1/instances/all/pods"
    }


def test_the_metrics_of_a_pool_are_those_of_the_last_hour_of_the_server(site: Site) -> None:
    assert "gpuUtil" in site("why", "pools", "pool-1")
    assert any("time_range=-1.-1.60" in path for path in site.asked)


def test_a_log_whose_default_order_is_newest_first_is_printed_oldest_first(site: Site) -> None:
    assert site("logs", JOBS[0]).splitlines() == LINES
    assert site("logs", JOBS[0], "--tail", "700").splitlines() == LINES[-700:]


def test_all_pages_of_jobs_come_once_and_in_order(site: Site) -> None:
    assert site("get", "jobs", "-o", "name").split() == [f"job/{one}" for one in JOBS]
    assert sum("training-job-searches" in path for path in site.asked) == 3


def test_parts_that_need_the_same_answer_share_it(site: Site) -> None:
    site("why", "jobs", JOBS[0])
    (name, count), *_ = Counter(path for path in site.asked if "/logs/" not in path).most_common(1)
    # To find the job, for the parts that start together, and for the comparison after its search.
    assert count <= 3, name

"""How long ``matui get`` takes for 20,000 jobs of a server whose answers take 300 ms: ``measure_list.py``.

The time on a machine that does other work says little: the CPU time of the command and the time that its
requests need one after the other are measured apart.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

from tests.bench.figures import Figure

JOBS, DELAY_S = 20_000, 0.3


def make_v1_job(number: int) -> dict[str, Any]:
    """Return a row of 5.1.2."""
    return {
        "job_id": JOBS - number,
        "job_name": f"train-{JOBS - number}",
        "version_id": 10 * number,
        "status": 8 if number < 3 else 10,
        "create_time": 1_760_000_000_000 - number * 60_000,
        "duration": 3_600_000 + number,
        "job_desc": "resnet50 on the full set",
        "version_count": 1,
    }


def make_v2_job(number: int) -> dict[str, Any]:
    """Return an item of a v2 search."""
    created = 1_760_000_000_000 - number * 60_000
    return {
        "kind": "job",
        "metadata": {"id": f"job-{number}", "name": f"train-{number}", "create_time": created},
        "status": {"phase": "Completed", "duration": 3_600_000},
    }


class Counts:
    """What the server was asked since the counts were read."""

    connections = requests = at_once = most_at_once = 0
    lock = Lock()

    @classmethod
    def take(cls) -> dict[str, int]:
        """Return the counts and begin anew."""
        with cls.lock:
            counts = {name: getattr(cls, name) for name in ("connections", "requests", "most_at_once")}
            cls.connections = cls.requests = cls.most_at_once = 0
        return counts


class Handler(BaseHTTPRequestHandler):
    """Answers lists of jobs after the delay."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer 5.1.2, or the counts."""
        if self.path == "/counts":
            self._send(Counts.take())
            return
        query = parse_qs(urlsplit(self.path).query)
        page, size = int(query["page"][0]), int(query["per_page"][0])
        first = (page - 1) * size
        jobs = [make_v1_job(n) for n in range(first, min(first + size, JOBS))]
        self._answer({"is_success": True, "job_total_count": JOBS, "job_count": len(jobs), "jobs": jobs})

    def do_POST(self) -> None:
        """Answer a v2 search."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        first = asked["offset"]
        items = [make_v2_job(n) for n in range(first, min(first + asked["limit"], JOBS))]
        self._answer({"total": JOBS, "count": JOBS, "items": items})

    def setup(self) -> None:
        """Count the connection."""
        super().setup()
        with Counts.lock:
            Counts.connections += 1

    def _answer(self, tree: Any) -> None:
        with Counts.lock:
            Counts.requests += 1
            Counts.at_once += 1
            Counts.most_at_once = max(Counts.most_at_once, Counts.at_once)
        time.sleep(DELAY_S)
        with Counts.lock:
            Counts.at_once -= 1
        self._send(tree)

    def _send(self, tree: Any) -> None:
        body = json.dumps(tree).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Stay quiet."""


@contextmanager
def serve() -> Iterator[str]:
    """Serve on loopback in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.measure_list", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@dataclass(frozen=True, slots=True)
class Run:
    """A ``get``: its seconds in all and on the CPU, the jobs printed, and what the server counted."""

    seconds: float
    cpu_s: float
    jobs: int
    requests: int
    connections: int
    most_at_once: int

    @property
    def waiting_s(self) -> float:
        """The seconds that the requests take: the first page alone, then four pages at a time."""
        return DELAY_S * (1 + -(-(self.requests - 1) // max(self.most_at_once, 1)))


def run_get(url: str, api: str) -> Run:
    """Run ``get jobs``."""
    read_counts(url)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(
            f'[profiles.far]\napi = "{api}"\nregion = "cn-north-4"\nproject_id = "p"\nendpoint = "{url}"\n'
            'ak = "ak"\nsk = "sk"\nrequests_per_minute = 600\n'
        )
        config.chmod(0o600)
        command = [sys.executable, "-m", "matui", "--config", str(config), "get", "jobs", "-o", "name"]
        cpu_before, began = _read_cpu_of_children(), time.perf_counter()
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "HOME": folder}
        )
        took, cpu_s = time.perf_counter() - began, _read_cpu_of_children() - cpu_before
    assert done.returncode == 0, done.stderr
    return Run(took, cpu_s, len(done.stdout.split()), **read_counts(url))


def read_counts(url: str) -> dict[str, int]:
    """Return the server's counts since they were read."""
    with urlopen(f"{url}/counts") as answer:
        counts: dict[str, int] = json.load(answer)
    return {name: count - (name == "connections") for name, count in counts.items()}


def _read_cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(runs: int) -> Iterator[Figure]:
    """Measure each API generation ``runs`` times."""
    with serve() as url:
        for api, target in (("v1", 3.2), ("v2", None)):
            best = min((run_get(url, api) for _ in range(runs)), key=lambda run: run.seconds)
            assert best.jobs == JOBS
            name = f"get of {JOBS:,} jobs, {api}, 300 ms away"
            yield Figure(name, best.seconds, "s", target)
            yield Figure(f"{name}: requests one after the other", best.waiting_s, "s", None)
            yield Figure(f"{name}: CPU, part of it while requests travel", best.cpu_s, "s", None)
            yield Figure(f"{name}: requests", best.requests, "", None)
            yield Figure(f"{name}: most at once", best.most_at_once, "", 4)
            yield Figure(f"{name}: connections", best.connections, "", None)


def main() -> None:
    """Serve, or print the figures."""
    if sys.argv[1:] == ["serve"]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        Thread(target=server.serve_forever, daemon=True).run()
    for figure in measure(int(sys.argv[1]) if sys.argv[1:] else 1):
        print(figure.format_row())


if __name__ == "__main__":
    main()

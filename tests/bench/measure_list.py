"""How long ``matui get`` takes for 20,000 jobs of a server whose answers take 300 ms: ``measure_list.py``."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.bench.figures import Figure

JOBS, DELAY_S = 20_000, 0.3


def v1_job(number: int) -> dict[str, Any]:
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


def v2_job(number: int) -> dict[str, Any]:
    """Return an item of a v2 search."""
    created = 1_760_000_000_000 - number * 60_000
    return {
        "kind": "job",
        "metadata": {"id": f"job-{number}", "name": f"train-{number}", "create_time": created},
        "status": {"phase": "Completed", "duration": 3_600_000},
    }


class Handler(BaseHTTPRequestHandler):
    """Answers lists of jobs after the delay."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer 5.1.2."""
        query = parse_qs(urlsplit(self.path).query)
        page, size = int(query["page"][0]), int(query["per_page"][0])
        first = (page - 1) * size
        jobs = [v1_job(n) for n in range(first, min(first + size, JOBS))]
        self._answer({"is_success": True, "job_total_count": JOBS, "job_count": len(jobs), "jobs": jobs})

    def do_POST(self) -> None:
        """Answer a v2 search."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        first = asked["offset"]
        items = [v2_job(n) for n in range(first, min(first + asked["limit"], JOBS))]
        self._answer({"total": JOBS, "count": JOBS, "items": items})

    def _answer(self, tree: Any) -> None:
        body = json.dumps(tree).encode()
        time.sleep(DELAY_S)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Stay quiet."""


@contextmanager
def served() -> Iterator[str]:
    """Serve on loopback in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.measure_list", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def seconds(url: str, api: str) -> tuple[float, int, str]:
    """Return how long a ``get`` takes, how many jobs it prints, and its stderr."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(
            f'[profiles.far]\napi = "{api}"\nregion = "cn-north-4"\nproject_id = "p"\nendpoint = "{url}"\n'
            'ak = "ak"\nsk = "sk"\nrequests_per_minute = 600\n'
        )
        config.chmod(0o600)
        command = [sys.executable, "-m", "matui", "--config", str(config), "get", "jobs", "-o", "name"]
        began = time.perf_counter()
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "HOME": folder}
        )
        took = time.perf_counter() - began
    assert done.returncode == 0, done.stderr
    return took, len(re.findall(r"\S+", done.stdout)), done.stderr


def measure(runs: int) -> Iterator[Figure]:
    """Measure each API generation ``runs`` times."""
    with served() as url:
        for api, target in (("v1", 3.2), ("v2", None)):
            took = [seconds(url, api) for _ in range(runs)]
            assert {count for _, count, _ in took} == {JOBS}
            yield Figure(f"get of {JOBS:,} jobs, {api}, 300 ms away", min(s for s, _, _ in took), "s", target)


def main() -> None:
    """Serve, or print the figures."""
    if sys.argv[1:] == ["serve"]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        Thread(target=server.serve_forever, daemon=True).run()
    for figure in measure(int(sys.argv[1]) if sys.argv[1:] else 1):
        print(figure.row())


if __name__ == "__main__":
    main()

"""A simulator in a process of its own that counts the requests it is asked: ``site.py SCALE SPEED LATENCY``.

It prints a profile; every line it reads is answered with the number of requests so far, by path, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from typing import Self

HERE = Path(__file__).resolve()
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[2]))

from matui.clouds.modelarts.auth.signature import DATE_HEADER, format_sdk_date, sign_headers  # noqa: E402


class Site:
    """A running simulator; ``config`` is a file that reaches it. Each answer is ``latency_s`` late."""

    def __init__(self, scale: int, speed: float = 1.0, *, latency_s: float = 0.0) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, str(HERE), str(scale), str(speed), str(latency_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=HERE.parents[2],
        )
        lines = iter(self._read_line, "---\n")
        self.config = Path(self._folder.name) / "config.toml"
        self.config.write_text("".join(lines))
        self.config.chmod(0o600)

    def _read_line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the simulator ended"
        return line

    def count_requests(self) -> Counter[str]:
        """Return how often each path was asked for."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return Counter(json.loads(self._read_line()))

    def answer_ms(self) -> float:
        """Return how long the first page of jobs takes from connecting to its last byte, for any client."""
        profile = tomllib.loads(self.config.read_text())["profiles"]["sim"]
        host = profile["endpoint"].removeprefix("http://")
        headers = {"Host": host, DATE_HEADER: format_sdk_date(time.time())}
        target = (
            f"/v1/{profile['project_id']}/training-jobs?order=desc&page=1&per_page=1000&sortBy=create_time"
        )
        headers |= sign_headers("GET", target, headers, b"", ak=profile["ak"], sk=profile["sk"])
        began = time.perf_counter()
        connection = HTTPConnection(host)
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        answer.read()
        connection.close()
        return (time.perf_counter() - began) * 1000

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait(5)
        self._folder.cleanup()


def main() -> None:
    """Serve until ended."""
    from matui.base.clock import SystemClock
    from matui.cli.sim import REGION, format_profiles
    from matui.sim.app import build_app
    from matui.sim.server.auth import SimAuth
    from matui.sim.server.faults import Faults
    from matui.sim.server.serve import serve
    from tests.seeded_world import build_world

    auth = SimAuth.demo(1)
    world = build_world(
        seed=1, scale=int(sys.argv[1]), clock=SystemClock(), speed=float(sys.argv[2]), region=REGION
    )

    def answer() -> None:
        for _line in sys.stdin:
            counted = Counter(path for _method, path, _query in list(world.requests))
            print(json.dumps(counted), flush=True)

    def ready(url: str) -> None:
        print(format_profiles(url, auth.keys, world.project_id) + "---", flush=True)
        threading.Thread(target=answer, daemon=True).start()

    faults = Faults(latency_s=float(sys.argv[3]))
    asyncio.run(serve(build_app(world, auth=auth, faults=faults), port=0, on_ready=ready))


if __name__ == "__main__":
    main()

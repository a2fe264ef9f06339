"""How long a page of 1,000 jobs takes from bytes to resources."""

from __future__ import annotations

import json
import time
from statistics import median

from matui.clouds.http.decode import parse_raw_rows, parse_reply, read_rows
from matui.clouds.http.messages import Answer
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.v1.jobs.models import JobList, map_jobs


def make_jobs_page(count: int = 1000) -> bytes:
    """Return a page as the cloud would send it."""
    jobs = [
        {
            "job_id": 100_000 + number,
            "job_name": f"train-resnet50-{number:05}",
            "version_id": 200_000 + number,
            "status": (8, 10, 11, 7)[number % 4],
            "create_time": 1_524_189_990_635 - number * 1000,
            "duration": 532_003 + number,
            "job_desc": "nightly run on the full set",
            "version_count": 1 + number % 5,
        }
        for number in range(count)
    ]
    return json.dumps({"is_success": True, "jobs": jobs, "job_total_count": count, "quotas": 5}).encode()


def measure_ms() -> float:
    """Return the median of 50 rounds."""
    answer = Answer(200, make_jobs_page(), "", "")
    rounds = []
    for _ in range(50):
        started = time.perf_counter()
        reply = parse_reply(JobList, answer)
        rows = read_rows(reply, reply.value.jobs, "jobs")
        map_jobs(rows, Scope("bench", "0"), parse_raw_rows(answer, "jobs"), 0)
        rounds.append((time.perf_counter() - started) * 1000)
    return median(rounds)

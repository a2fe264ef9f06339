"""The configuration of a v2 job as the body of a new one, and the name that the new one gets."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from matui.clouds.modelarts.v2.jobs.requests import CreateJob
from matui.clouds.modelarts.v2.shape import shape_to

LONGEST_NAME = 64
_NUMBERED = re.compile(r"(.+)-(\d{1,4})")
_UNSENDABLE = re.compile(r"[^A-Za-z0-9_-]")


def configuration_of(raw: Any) -> dict[str, Any]:
    """Return the body that makes the same job again, of a job's record.

    An algorithm by its id or subscription comes without code, an engine by its id or its image alone, and an
    experiment by its id: a request takes one of them.
    """
    body = shape_to(CreateJob, raw)
    body.setdefault("kind", "job")
    algorithm = body.get("algorithm", {})
    if algorithm.get("id") or algorithm.get("subscription_id"):
        for name in ("code_dir", "boot_file"):
            algorithm.pop(name, None)
    if "engine" in algorithm:
        algorithm["engine"] = _engine(algorithm["engine"])
    experiment = body.get("metadata", {}).get("training_experiment_reference", {})
    if experiment.get("id"):
        body["metadata"]["training_experiment_reference"] = {"id": experiment["id"]}
    return body


def _engine(engine: dict[str, Any]) -> dict[str, Any]:
    if engine.get("image_url"):
        names = ("engine_name", "engine_version", "image_url", "install_sys_packages", "image_repo_id")
        return {name: engine[name] for name in names if name in engine}
    if engine.get("engine_id"):
        return {"engine_id": engine["engine_id"]}
    return engine


def next_name(name: str, taken: Collection[str]) -> str:
    """Return the name of a job that runs again: with ``-2``, or the next number that is not taken."""
    sendable = _UNSENDABLE.sub("_", name)
    match = _NUMBERED.fullmatch(sendable)
    numbered = match is not None and int(match[2]) > 1
    base, number = (match[1], int(match[2]) + 1) if match is not None and numbered else (sendable, 2)
    while (candidate := _fit(base, number)) in taken:
        number += 1
    return candidate


def base_name(name: str) -> str:
    """Return a name without its number, to search for the jobs that carry it, at most 59 characters."""
    sendable = _UNSENDABLE.sub("_", name)
    return (numbered_base(sendable) or sendable)[: LONGEST_NAME - len("-9999")]


def numbered_base(name: str) -> str:
    """Return what precedes the number of a name that ends with ``-2`` or more, ``""`` for another name."""
    match = _NUMBERED.fullmatch(name)
    return match[1] if match is not None and int(match[2]) > 1 else ""


def _fit(base: str, number: int) -> str:
    end = f"-{number}"
    return f"{base[: LONGEST_NAME - len(end)]}{end}"

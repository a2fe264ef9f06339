"""A simulated project to which tests add single resources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matui.base.clock import Clock
from matui.sim.world import job_seeds, seeds
from matui.sim.world.build import PROJECT_ID, fill_world
from matui.sim.world.entities import jobs
from matui.sim.world.entities.jobs import Config, SimJob, SimVisualization, Version
from matui.sim.world.entities.notebooks import SimNotebook
from matui.sim.world.entities.pools import SimPool
from matui.sim.world.entities.services import Model, SimService
from matui.sim.world.entities.workspaces import SimWorkspace, make_quotas
from matui.sim.world.logs import SEQUENCE, LogDialect, open_log
from matui.sim.world.random import derive_id
from matui.sim.world.timeline import Timeline
from matui.sim.world.world import World

_STATIC = (jobs.INIT, jobs.IMAGE_CREATING, jobs.SUBMIT_TRYING)


class SeededWorld(World):
    """A simulated project. Its methods add one resource each; durations are in seconds."""

    def add_job(
        self,
        name: str,
        *,
        status: int | str = jobs.RUNNING,
        log_lines: int | None = None,
        log_rate: float = 0.0,
        versions: int = 1,
        workers: int = 1,
        workspace: str = "0",
        description: str = "",
        began_s_ago: float = 600.0,
        runs_s: float | None = None,
        fault: str = "",
    ) -> SimJob:
        """Add a job whose newest version stays in ``status``, or completes ``runs_s`` from now.

        Its logs have ``log_lines`` lines now (and an epilogue after the end) and grow by ``log_rate`` lines a
        second while it runs; by default by a line each half second.
        """
        now, code = self.tick(), _find_status_code(status)
        began = now - round(began_s_ago * 1000)
        job = jobs.SimJob(self.take_job_id(), name, began, [], workspace, description)
        for turn in range(versions):
            timeline = job_seeds.build_timeline(began, jobs.COMPLETED, round(began_s_ago * 500), now)
            version = jobs.Version(self.take_version_id(), turn + 1, began, timeline, job.id * 31 + turn)
            version.workers, version.fault = workers, fault
            version.previous = job.versions[-1].id if job.versions else None
            job.versions.append(version)
        newest = job.versions[-1]
        newest.timeline = _plan_status(code, began, now, runs_s, fault)
        _set_log_size(newest, now, log_lines, log_rate)
        return self.jobs.add(str(job.id), job)

    def add_version(self, job: SimJob, *, status: int | str = jobs.RUNNING) -> Version:
        """Add a version that stays in ``status`` to ``job``."""
        now = self.tick()
        timeline = _plan_status(_find_status_code(status), now, now, None, "")
        version = jobs.Version(self.take_version_id(), job.count_next_version(), now, timeline, job.id * 31)
        version.previous = job.versions[-1].id if job.versions else None
        job.versions.append(version)
        self.jobs.revision += 1
        return version

    def add_notebook(
        self,
        name: str,
        *,
        status: str = "RUNNING",
        flavor: str = "modelarts.vm.cpu.2u",
        auto_stop_s: int = 0,
        workspace: str = "0",
        owner: str = "ops_dev_env",
        since_s_ago: float = 60.0,
    ) -> SimNotebook:
        """Add a notebook in ``status`` since ``since_s_ago``; ``auto_stop_s`` 0 disables auto-stop."""
        self.tick()
        ago = since_s_ago * 1000
        return seeds.add_notebook(self, name, flavor, status, ago, auto_stop_s, workspace, owner)

    def add_model(
        self, name: str, *, version: str = "1.0.0", kind: str = "PyTorch", status: str = "published"
    ) -> Model:
        """Add a model in ``status``."""
        self.tick()
        return seeds.add_model(self, name, version, kind, status, 86_400_000)

    def add_service(
        self,
        name: str,
        *,
        status: str = "running",
        infer_type: str = "real-time",
        model: Model | None = None,
        workspace: str = "0",
        published_s_ago: float = 3600.0,
        calls_per_s: float = 1.0,
    ) -> SimService:
        """Add a service in ``status``, with a new model if none is given."""
        self.tick()
        chosen = model or self.add_model(f"model-of-{len(self.services)}")
        ago = round(published_s_ago * 1000)
        service = seeds.add_service(self, name, infer_type, status, chosen, ago)
        service.rate, service.workspace = calls_per_s, workspace
        return service

    def add_workspace(
        self, name: str, *, status: str = "NORMAL", auth_type: str = "PUBLIC", description: str = ""
    ) -> SimWorkspace:
        """Add a workspace in ``status``."""
        now = self.tick()
        key = derive_id(self.seed, self.make_id("workspace"))
        workspace = SimWorkspace(
            key, name, Timeline([(now, status)]), now, now, self.user[1], description, auth_type
        )
        workspace.quotas = make_quotas(key, now)
        return self.workspaces.add(key, workspace)

    def add_visualization(
        self, name: str, *, status: int | str = jobs.RUNNING, hours: int = 1
    ) -> SimVisualization:
        """Add a visualization job in ``status``; a running one stops after ``hours``, 0 for never."""
        now, code = self.tick(), _find_status_code(status)
        job = SimVisualization(
            self.take_visualization_id(), name, Timeline([(now - 60_000, code)]), now - 60_000, "/obs/x/"
        )
        job.hours = hours
        if code == jobs.RUNNING and hours:
            job.timeline.steps += [
                (now + hours * 3_600_000, jobs.KILLING),
                (now + hours * 3_600_000 + 8000, jobs.KILLED),
            ]
        return self.visualizations.add(str(job.id), job)

    def add_pool(self, name: str, *, status: str = "running") -> SimPool:
        """Add a dedicated pool in ``status``."""
        key = derive_id(self.seed, self.make_id("pool"))
        pool = SimPool(key, name, status, self.tick(), "modelarts.vm.cpu.8ud", 2, 2, 5.5, 4096, 0.5)
        return self.pools.add(key, pool)

    def add_config(self, name: str, *, kind: str = "custom") -> Config:
        """Add a training job configuration of ``kind`` custom or sample."""
        settings = {"worker_server_num": 1, "spec_id": 4, "engine_id": 27, "data_url": "/usr/data/"}
        return self.configs.add(f"{kind}:{name}", Config(name, self.tick(), settings, kind))

    def set_status(self, resource: Any, status: int | str) -> None:
        """Set the status of a job, version, notebook, service or workspace."""
        now = self.tick()
        target: Any = resource.latest if isinstance(resource, jobs.SimJob) else resource
        code = _find_status_code(status) if isinstance(target, jobs.Version) else status
        target.timeline.replan(now, (0, code))

    def append_log(self, job: SimJob | int, version: int | None, file: str, lines: Iterable[str]) -> None:
        """Append ``lines`` to a log file of a job's version and stop its generated lines.

        ``version`` None is the newest version, an empty ``file`` the first file. Raises KeyError.
        """
        found = job if isinstance(job, SimJob) else self.jobs.rows[str(job)]
        run = found.versions[-1] if version is None else found.find_version(version)
        if run is None:
            raise KeyError(version)
        _append(found, run, file or run.list_log_names(found.name)[0], list(lines), self.tick())


def build_world(
    *,
    seed: int = 1,
    scale: int = 1,
    clock: Clock,
    speed: float = 1.0,
    region: str = "cn-north-4",
    incident: bool = False,
    dialect: LogDialect | None = None,
) -> SeededWorld:
    """Return a world as :func:`matui.sim.world.build.build_world` does, whose logs have a ``dialect``."""
    world = SeededWorld(
        seed=seed, scale=scale, clock=clock, speed=speed, project_id=PROJECT_ID, region=region,
        submit_arrival=job_seeds.submit_arrival,
    )  # fmt: skip
    world.dialect = dialect or world.dialect
    fill_world(world, incident=incident)
    return world


def _find_status_code(status: int | str) -> int:
    """Return the number of a status given by number or name, with or without ``JOBSTAT_``."""
    return status if isinstance(status, int) else jobs.NAMES.index(status.removeprefix("JOBSTAT_"))


def _plan_status(code: int, began: int, now: int, runs_s: float | None, fault: str) -> Timeline[int]:
    if code in _STATIC or code not in range(len(jobs.NAMES)) or code == jobs.WAITING:
        return Timeline([(began, code)])
    timeline = job_seeds.build_timeline(began, code, max(1000, now - began), now, fault)
    if code == jobs.RUNNING:
        timeline.steps = [step for step in timeline.steps if step[0] <= now]
        if runs_s is not None:
            timeline.steps.append((now + round(runs_s * 1000), jobs.FAILED if fault else jobs.COMPLETED))
    elif timeline.find_state_at(now) != code:
        timeline.replan(now, (0, code))
    return timeline


def _set_log_size(version: Version, now: int, lines: int | None, rate: float) -> None:
    started, ended = version.started, version.ended
    if lines is None or started is None:
        if rate:
            version.gap_us = max(1, round(1e6 / rate))
        return
    if rate and version.timeline.find_state_at(now) == jobs.RUNNING:
        version.gap_us = max(1, round(1e6 / rate))
        begins = now - (lines * version.gap_us) // 1000
        version.timeline.steps = [
            (at, state) for at, state in version.timeline.steps if at < min(begins, started)
        ]
        version.timeline.steps.append((begins + 1, jobs.RUNNING))
        if ended is not None:
            version.timeline.steps.append((ended, jobs.FAILED if version.fault else jobs.COMPLETED))
        return
    until = now if ended is None else min(ended, now)
    version.gap_us = max(1, (until - started) * 1000 // max(1, lines))
    version.cap = lines


def _append(job: SimJob, version: Version, name: str, lines: list[str], now: int) -> None:
    """Append ``lines`` to a file and stop the generated lines."""
    log = open_log(job, version, name, now)
    if name not in version.frozen:
        version.frozen[name] = log.generated
        version.extra[name] = log.tail
    kept = version.extra[name]
    last = kept[-1][0] if kept else log.build_cursor(log.generated - 1) if log.generated else 0
    cursor = max(now * SEQUENCE, last)
    kept.extend((cursor + number, line) for number, line in enumerate(lines, 1))

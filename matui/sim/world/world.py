"""The simulated project, with methods that add one resource."""

from __future__ import annotations

from typing import Any

from matui.sim.world import job_seeds as job_seed
from matui.sim.world import seeds as scene_seed
from matui.sim.world.entities import jobs
from matui.sim.world.entities.configs import Config
from matui.sim.world.entities.jobs import Job, Version
from matui.sim.world.entities.models import Model
from matui.sim.world.entities.notebooks import Notebook
from matui.sim.world.entities.pools import Pool
from matui.sim.world.entities.services import Service
from matui.sim.world.entities.visualizations import Visualization
from matui.sim.world.entities.workspaces import Workspace, fresh_quotas
from matui.sim.world.random import hex_id
from matui.sim.world.state import WorldState
from matui.sim.world.timeline import Life

_STILL = (jobs.INIT, jobs.IMAGE_CREATING, jobs.SUBMIT_TRYING)


class World(WorldState):
    """Ways to put one particular resource into a self. Spans are in seconds."""

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
    ) -> Job:
        """Add a job whose newest version is in ``status`` and stays there, or completes ``runs_s`` from now.

        Its logs hold ``log_lines`` lines now (an ended run adds its closing lines) and grow by ``log_rate``
        lines a second while it runs; with neither they are filled at a line each half second.
        """
        now, code = self.tick(), jobs.status_code(status)
        began = now - round(began_s_ago * 1000)
        job = jobs.Job(self.next_job_id(), name, began, [], workspace, description)
        for turn in range(versions):
            life = job_seed.past_life(began, jobs.COMPLETED, round(began_s_ago * 500), now)
            version = jobs.Version(self.next_version_id(), turn + 1, began, life, job.id * 31 + turn)
            version.workers, version.fault = workers, fault
            version.previous = job.versions[-1].id if job.versions else None
            job.versions.append(version)
        newest = job.versions[-1]
        newest.life = _held(code, began, now, runs_s, fault)
        _pace(newest, now, log_lines, log_rate)
        return self.jobs.add(str(job.id), job)

    def add_version(self, job: Job, *, status: int | str = jobs.RUNNING) -> Version:
        """Add a version to ``job`` that is in ``status`` and stays there."""
        now = self.tick()
        life = _held(jobs.status_code(status), now, now, None, "")
        version = jobs.Version(self.next_version_id(), job.next_number(), now, life, job.id * 31)
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
    ) -> Notebook:
        """Add a notebook in ``status`` for ``since_s_ago``; with ``auto_stop_s`` it stops by itself."""
        self.tick()
        ago = since_s_ago * 1000
        return scene_seed.add_notebook(self, name, flavor, status, ago, auto_stop_s, workspace, owner)

    def add_model(
        self, name: str, *, version: str = "1.0.0", kind: str = "PyTorch", status: str = "published"
    ) -> Model:
        """Add a model in ``status``."""
        self.tick()
        return scene_seed.add_model(self, name, version, kind, status, 86_400_000)

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
    ) -> Service:
        """Add a service in ``status``; without a model it gets one of its own."""
        self.tick()
        chosen = model or self.add_model(f"model-of-{len(self.services)}")
        ago = round(published_s_ago * 1000)
        service = scene_seed.add_service(self, name, infer_type, status, chosen, ago)
        service.rate, service.workspace = calls_per_s, workspace
        return service

    def add_workspace(
        self, name: str, *, status: str = "NORMAL", auth_type: str = "PUBLIC", description: str = ""
    ) -> Workspace:
        """Add a workspace in ``status``."""
        now = self.tick()
        key = hex_id(self.seed, self.new_id("workspace"))
        workspace = Workspace(
            key, name, Life([(now, status)]), now, now, self.user[1], description, auth_type
        )
        workspace.quotas = fresh_quotas(key, now)
        return self.workspaces.add(key, workspace)

    def add_visualization(
        self, name: str, *, status: int | str = jobs.RUNNING, hours: int = 1
    ) -> Visualization:
        """Add a visualization job in ``status``; a running one stops by itself after ``hours``, unless 0."""
        now, code = self.tick(), jobs.status_code(status)
        job = Visualization(
            self.next_visualization_id(), name, Life([(now - 60_000, code)]), now - 60_000, "/obs/x/"
        )
        job.hours = hours
        if code == jobs.RUNNING and hours:
            job.life.steps += [
                (now + hours * 3_600_000, jobs.KILLING),
                (now + hours * 3_600_000 + 8000, jobs.KILLED),
            ]
        return self.visualizations.add(str(job.id), job)

    def add_pool(self, name: str, *, status: str = "running") -> Pool:
        """Add a dedicated pool in ``status``."""
        key = hex_id(self.seed, self.new_id("pool"))
        pool = Pool(key, name, status, self.tick(), "modelarts.vm.cpu.8ud", 2, 2, 5.5, 4096, 0.5)
        return self.pools.add(key, pool)

    def add_config(self, name: str, *, kind: str = "custom") -> Config:
        """Add a training job configuration of ``kind`` custom or sample."""
        settings = {"worker_server_num": 1, "spec_id": 4, "engine_id": 27, "data_url": "/usr/data/"}
        return self.configs.add(f"{kind}:{name}", Config(name, self.tick(), settings, kind))

    def set_status(self, resource: Any, status: int | str) -> None:
        """Put a job, version, notebook, service or workspace into ``status`` from now on."""
        now = self.tick()
        target: Any = resource.latest if isinstance(resource, jobs.Job) else resource
        code = jobs.status_code(status) if isinstance(target, jobs.Version) else status
        target.life.turn(now, (0, code))


def _held(code: int, began: int, now: int, runs_s: float | None, fault: str) -> Life[int]:
    if code in _STILL or code not in range(len(jobs.NAMES)) or code == jobs.WAITING:
        return Life([(began, code)])
    life = job_seed.past_life(began, code, max(1000, now - began), now, fault)
    if code == jobs.RUNNING:
        life.steps = [step for step in life.steps if step[0] <= now]
        if runs_s is not None:
            life.steps.append((now + round(runs_s * 1000), jobs.FAILED if fault else jobs.COMPLETED))
    elif life.at(now) != code:
        life.turn(now, (0, code))
    return life


def _pace(version: Version, now: int, lines: int | None, rate: float) -> None:
    started, ended = version.started, version.ended
    if lines is None or started is None:
        if rate:
            version.gap_us = max(1, round(1e6 / rate))
        return
    if rate and version.life.at(now) == jobs.RUNNING:
        version.gap_us = max(1, round(1e6 / rate))
        begins = now - (lines * version.gap_us) // 1000
        version.life.steps = [(at, state) for at, state in version.life.steps if at < min(begins, started)]
        version.life.steps.append((begins + 1, jobs.RUNNING))
        if ended is not None:
            version.life.steps.append((ended, jobs.FAILED if version.fault else jobs.COMPLETED))
        return
    until = now if ended is None else min(ended, now)
    version.gap_us = max(1, (until - started) * 1000 // max(1, lines))
    version.cap = lines

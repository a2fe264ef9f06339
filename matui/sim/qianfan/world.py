"""The simulated Qianfan account: fine-tuning jobs with their tasks, and runs of the V1 interface."""

from __future__ import annotations

from dataclasses import dataclass, field

from matui.sim.world.random import derive_id, make_random
from matui.sim.world.timeline import Timeline

WAITING, RUNNING, DONE, STOPPED, FAILED = "Waiting", "Running", "Done", "Stopped", "Failed"
_ENDED = (DONE, STOPPED, FAILED)
_HOUR_MS = 3_600_000
_TEMPLATES = (
    # name, model, mode, states of its tasks (oldest first)
    ("intent-router-sft", "ERNIE-Lite-8K-0922", "SFT", (DONE, RUNNING)),
    ("客服质检-lora", "ERNIE-Speed-8K", "SFT", (DONE,)),
    ("contract-qa", "ERNIE-Speed-8K", "SFT", (FAILED,)),
    ("answer-ranking-dpo", "ERNIE-Lite-8K-0922", "DPO", (DONE, STOPPED, WAITING)),
    ("title-rewriter", "ERNIE-Tiny-8K", "SFT", (STOPPED,)),
    ("draft-without-a-task", "ERNIE-Tiny-8K", "PostPretrain", ()),
)


@dataclass(slots=True)
class Task:
    """A training; its ``timeline`` is in ms since the epoch, ``score`` in per cent."""

    id: str
    created: int
    timeline: Timeline[str]
    score: float

    def find_end(self, now: int) -> int | None:
        """Return the end in ms since the epoch, None before it."""
        return self.timeline.find_entry_time(now) if self.timeline.find_state_at(now) in _ENDED else None

    def compute_progress(self, now: int) -> int | None:
        """Return the progress in per cent, None unless the task is running."""
        if self.timeline.find_state_at(now) != RUNNING:
            return None
        began = self.timeline.find_entry_time(now)
        ends = next((at for at, _state in self.timeline.steps if at > now), began + _HOUR_MS)
        return min(99, 100 * (now - began) // max(1, ends - began))


@dataclass(slots=True)
class SimQianfanJob:
    """A job of V2 with its tasks, oldest first."""

    id: str
    name: str
    model: str
    mode: str
    created: int
    tasks: list[Task] = field(default_factory=list)


@dataclass(slots=True)
class V1Run:
    """A run of V1."""

    task_id: int
    job_id: int
    name: str
    timeline: Timeline[str]


class QianfanWorld:
    """The account. ``temporary`` maps an access key to its secret and security token.

    ``bare`` omits the object ``result`` around a response, ``newest_last`` reverses the lists,
    ``nameless`` makes every status ``""``; ``failing`` holds V1 error codes of the next requests.
    """

    def __init__(self, seed: int, scale: int, now: int) -> None:
        self.seed = seed
        self.keys = {f"ALTAK{derive_id(seed, 'qf-ak', digits=20)}": derive_id(seed, "qf-sk")}
        self.temporary: dict[str, tuple[str, str]] = {}
        self.bare = self.newest_last = self.nameless = False
        self.failing: list[int] = []
        self.jobs: dict[str, SimQianfanJob] = {}
        self.v1_runs: dict[tuple[int, int], V1Run] = {}
        self._made = 0
        for turn in range(scale):
            for position, (name, model, mode, states) in enumerate(_TEMPLATES):
                label = name if turn == 0 else f"{name}-{turn + 1}"
                began = now - (4 + 26 * position + 160 * turn) * _HOUR_MS
                self.add_job(label, *states, model=model, mode=mode, began=began, now=now)
        if scale:
            self.add_v1_run(7263, 4612, RUNNING, now)
            self.add_v1_run(7263, 4498, DONE, now)

    def add_job(
        self,
        name: str,
        *states: str,
        model: str = "ERNIE-Lite-8K-0922",
        mode: str = "SFT",
        began: int | None = None,
        now: int,
    ) -> SimQianfanJob:
        """Add a job with one task for each of ``states``, oldest first; a running task ends in 20 minutes."""
        created = now - 2 * _HOUR_MS if began is None else began
        job = SimQianfanJob(self._make_id("job"), name, model, mode, created)
        step = max(1, (now - created) // (len(states) + 1))
        for turn, state in enumerate(states):
            at = created + step * turn
            timeline = _build_timeline(state, at, at + step if state in _ENDED else now)
            score = make_random(self.seed, name, turn).uniform(30, 60)
            job.tasks.append(Task(self._make_id("task"), at, timeline, score))
        self.jobs[job.id] = job
        return job

    def add_v1_run(self, task_id: int, job_id: int, state: str, now: int) -> V1Run:
        timeline = _build_timeline(state, now - 3 * _HOUR_MS, now - _HOUR_MS if state in _ENDED else now)
        run = V1Run(task_id, job_id, f"old-tuning-{job_id}", timeline)
        self.v1_runs[task_id, job_id] = run
        return run

    def issue_temporary(self) -> tuple[str, str, str]:
        """Return new temporary keys: access key, secret, security token."""
        turn = self._take_serial()
        access = f"ALTAK{derive_id(self.seed, 'qf-sts', turn, digits=20)}"
        self.temporary[access] = (
            derive_id(self.seed, "qf-sts-sk", turn),
            derive_id(self.seed, "qf-token", turn),
        )
        return access, *self.temporary[access]

    def find_task(self, task_id: str) -> tuple[SimQianfanJob, Task] | None:
        """Return a task with its job, or None."""
        pairs = ((job, task) for job in self.jobs.values() for task in job.tasks)
        return next((pair for pair in pairs if pair[1].id == task_id), None)

    def _take_serial(self) -> int:
        self._made += 1
        return self._made

    def _make_id(self, kind: str) -> str:
        return f"{kind}-{derive_id(self.seed, kind, self._take_serial(), digits=12)}"


def _build_timeline(state: str, began: int, now: int) -> Timeline[str]:
    """Return a timeline that is in ``state`` at ``now`` and goes on to DONE unless it has ended."""
    if state == WAITING:
        return Timeline([(began, WAITING), (now + 90_000, RUNNING), (now + 1_290_000, DONE)])
    if state == RUNNING:
        return Timeline([(began, WAITING), (began + 60_000, RUNNING), (now + 1_200_000, DONE)])
    return Timeline([(began, WAITING), (began + 60_000, RUNNING), (now, state)])

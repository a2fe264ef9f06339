"""The simulated OpenSearch app group: instances of functions and their trainings."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from matui.sim.world.random import derive_id, make_random
from matui.sim.world.timeline import Timeline

APP = "my_app"
RUNNING, SUCCESS, FAILED = "running", "success", "failed"
_HOUR_MS = 3_600_000
_TRAINS_S = 900
_TEMPLATES = (
    # function, instance, model type, states of its trainings (oldest first)
    ("ctr", "ctr_home_feed", "tf_checkpoint", (SUCCESS, SUCCESS, RUNNING)),
    ("ctr", "ctr_search", "tf_checkpoint", (SUCCESS, FAILED)),
    ("ctr", "ctr_new", "tf_checkpoint", ()),
    ("pop", "pop_daily", "pop", (SUCCESS, SUCCESS, SUCCESS)),
    ("pop", "pop_hourly", "pop", (SUCCESS,)),
)


@dataclass(slots=True)
class SimTraining:
    """One training; ``generation`` is its number within the instance, from 1 on."""

    generation: int
    run_id: str
    timeline: Timeline[str]
    recall: float

    def find_end(self, now: int) -> int:
        """Return the end in ms since the epoch, 0 while the training runs."""
        return self.timeline.find_entry_time(now) if self.timeline.find_state_at(now) != RUNNING else 0

    def compute_progress(self, now: int) -> int:
        """Return the progress in per cent."""
        if self.timeline.find_state_at(now) != RUNNING:
            return 100 if self.timeline.find_state_at(now) == SUCCESS else 40
        began, ends = self.timeline.steps[0][0], self.timeline.steps[-1][0]
        return max(0, min(99, 100 * (now - began) // max(1, ends - began)))

    def extend_info(self, now: int) -> str:
        """Return the result as JSON in a string."""
        state = self.timeline.find_state_at(now)
        if state == FAILED:
            return json.dumps({"errors": ["no behaviour data for the last 7 days"]})
        return json.dumps({"recall": self.recall, "errors": []}) if state == SUCCESS else "{}"


@dataclass(slots=True)
class ModelInstance:
    """A model of a function with its trainings, oldest first."""

    function: str
    name: str
    model_type: str
    created: int
    trainings: list[SimTraining] = field(default_factory=list)


class OpenSearchWorld:
    """One app group. ``temporary`` maps an access key to its secret and security token.

    ``camel`` writes bodies in camel case, ``double_escaped`` escapes ExtendInfo once more, ``in_seconds``
    gives times in seconds, ``errors_in_200`` answers errors with status 200. ``throttle_ms`` holds the waits
    (ms) that the next requests are throttled with.
    """

    def __init__(self, seed: int, scale: int, now: int) -> None:
        self.seed = seed
        self.app = APP
        self.keys = {f"LTAI{derive_id(seed, 'os-ak', digits=20)}": derive_id(seed, "os-sk", digits=30)}
        self.temporary: dict[str, tuple[str, str]] = {}
        self.nonces: set[str] = set()
        self.camel = self.double_escaped = self.in_seconds = self.errors_in_200 = False
        self.throttle_ms: list[int] = []
        self.functions = ("ctr", "pop")
        self.instances: dict[tuple[str, str], ModelInstance] = {}
        self._issued = 0
        for turn in range(scale):
            for position, (function, name, model_type, states) in enumerate(_TEMPLATES):
                label = name if turn == 0 else f"{name}_{turn + 1}"
                began = now - (30 + 50 * position + 300 * turn) * _HOUR_MS
                self.add_instance(function, label, *states, model_type=model_type, began=began, now=now)

    def add_instance(
        self,
        function: str,
        name: str,
        *states: str,
        model_type: str = "tf_checkpoint",
        began: int | None = None,
        now: int,
    ) -> ModelInstance:
        """Add an instance with one training for each of ``states``, oldest first."""
        created = now - 24 * _HOUR_MS if began is None else began
        instance = ModelInstance(function, name, model_type, created)
        step = max(1, (now - created) // (len(states) + 1))
        for turn, state in enumerate(states):
            at = now - 300_000 if state == RUNNING else created + step * turn
            steps = [(at, RUNNING), (at + _TRAINS_S * 1000, SUCCESS if state == RUNNING else state)]
            self._train(instance, Timeline(steps), at)
        self.instances[function, name] = instance
        return instance

    def train(self, instance: ModelInstance, now: int) -> SimTraining:
        """Start a training; it succeeds after 15 minutes."""
        return self._train(instance, Timeline([(now, RUNNING), (now + _TRAINS_S * 1000, SUCCESS)]), now)

    def _train(self, instance: ModelInstance, timeline: Timeline[str], at: int) -> SimTraining:
        generation = max((run.generation for run in instance.trainings), default=0) + 1
        recall = round(make_random(self.seed, instance.name, generation).uniform(70, 96), 1)
        training = SimTraining(generation, f"trigger__{at}", timeline, recall)
        instance.trainings.append(training)
        return training

    def issue_temporary(self) -> tuple[str, str, str]:
        """Return new temporary keys: access key, secret, security token."""
        self._issued += 1
        access = f"STS.{derive_id(self.seed, 'os-sts', self._issued, digits=20)}"
        self.temporary[access] = (
            derive_id(self.seed, "os-sts-sk", self._issued),
            derive_id(self.seed, "os-token", self._issued) + "/+==",
        )
        return access, *self.temporary[access]

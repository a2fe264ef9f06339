"""The demo: a project that lives in this process, with no port, no credentials and no network."""

from __future__ import annotations

from typing import Any

from matui.clock import Clock
from matui.config.secret import SecretSource
from matui.config.settings import Profile

SEED = 1


def demo_profile() -> Profile:
    """Return the profile of the simulated project; its token opens nothing else."""
    from matui.sim.world import PROJECT_ID

    return Profile(
        name="demo",
        region="cn-north-4",
        project_id=PROJECT_ID,
        auth="token",
        token=SecretSource.literal("demo"),
    )


def demo_app(clock: Clock) -> Any:
    """Return the simulator as an ASGI application, the same for every run but for the time it starts at."""
    from matui.sim.app import build_app
    from matui.sim.world import build_world

    return build_app(build_world(seed=SEED, clock=clock))

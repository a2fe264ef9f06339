"""Compose a world: its resources, its arrivals and its fixtures."""

from __future__ import annotations

from matui.base.clock import Clock
from matui.sim.world import seeds
from matui.sim.world.fixtures import add_hostile
from matui.sim.world.incident import add_incident
from matui.sim.world.job_seeds import seed_jobs, submit_arrival
from matui.sim.world.logs import LogDialect
from matui.sim.world.v2_seeds import seed_v2
from matui.sim.world.world import World

PROJECT_ID = "0123456789abcdef0123456789abcdef"
_SEEDERS = (
    seeds.seed_pools, seeds.seed_notebooks, seeds.seed_models, seeds.seed_services, seed_jobs,
    seeds.seed_visualizations, seeds.seed_configs, seeds.seed_devservers, seed_v2,
)  # fmt: skip


def build_world(
    *,
    seed: int = 1,
    scale: int = 1,
    clock: Clock,
    speed: float = 1.0,
    project_id: str = PROJECT_ID,
    region: str = "cn-north-4",
    hostile: bool = False,
    incident: bool = False,
    dialect: LogDialect | None = None,
) -> World:
    """Return a world that is the same for the same ``seed`` and start of ``clock``.

    ``scale`` multiplies the number of resources, 0 leaves only the default workspace; ``speed`` multiplies
    the clock's rate; ``hostile`` adds resources with malformed names and fields;
    ``incident`` adds the story of the demo, which begins before the start and ends two minutes after it.
    """
    world = World(
        seed=seed, scale=scale, clock=clock, speed=speed, project_id=project_id, region=region,
        submit_arrival=submit_arrival,
    )  # fmt: skip
    world.dialect = dialect or LogDialect()
    seeds.seed_workspaces(world, only_default=scale == 0)
    if scale:
        for add_resources in _SEEDERS:
            add_resources(world)
    if scale and incident:
        add_incident(world)
    if hostile:
        add_hostile(world)
    world.advance_to(world.now)
    return world

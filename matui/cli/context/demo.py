"""The demo: simulated accounts in this process, without a port, credentials or network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matui.base.clock import Clock, SystemClock
from matui.base.errors import UsageError
from matui.config.secrets import SecretSource
from matui.config.values import DEMO_PROFILES, DEMO_V2, NAMED_DEMO_PROFILES

if TYPE_CHECKING:
    from matui.config.settings import Profile

SEED = 1


def parse_demo_profiles(typed: str | None, *, every: bool = False) -> tuple[str, ...]:
    """Return the requested demo profiles, by default ``demo``. Raises UsageError for an unknown name."""
    if every:
        return DEMO_PROFILES
    names = tuple(
        dict.fromkeys(name.strip() for name in (typed or DEMO_PROFILES[0]).split(",") if name.strip())
    )
    for name in names:
        if name not in NAMED_DEMO_PROFILES:
            raise UsageError(
                f"The demo has no profile {name!r}.", remedy=f"It has: {', '.join(NAMED_DEMO_PROFILES)}."
            )
    return names


class Demo:
    """One simulated world with an account in each of the three clouds, on this machine's clock."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.app = build_demo_app(self.clock)

    def build_profile(self, name: str) -> Profile:
        """Return a profile of the demo by name."""
        if name in (DEMO_PROFILES[0], DEMO_V2):
            return build_demo_profile(name)
        return build_peer_profile(self.app, name)


def build_demo_profile(name: str = DEMO_PROFILES[0]) -> Profile:
    """Return the profile of the simulated project, over v1 or v2; its token is valid there only.

    It is not validated, and the validator of profiles not built for it.
    """
    from matui.config.settings import Profile
    from matui.sim.world.build import PROJECT_ID

    return Profile.model_construct(
        name=name,
        api="v2" if name == DEMO_V2 else "v1",
        region="cn-north-4",
        project_id=PROJECT_ID,
        auth="token",
        token=SecretSource.literal("demo"),
    )


def build_peer_profile(app: Any, name: str) -> Profile:
    """Return the profile of the simulated Qianfan or OpenSearch account that ``app`` serves."""
    from matui.config.settings import Profile

    qianfan, opensearch = app.peers.qianfan, app.peers.opensearch
    is_qianfan = name == DEMO_PROFILES[1]
    ak, sk = next(iter((qianfan if is_qianfan else opensearch).keys.items()))
    keys: dict[str, Any] = {"ak": SecretSource.literal(ak), "sk": SecretSource.literal(sk)}
    if is_qianfan:
        return Profile(name=name, cloud="qianfan", v1_jobs=[list(pair) for pair in qianfan.v1_runs], **keys)
    functions = list(opensearch.functions)
    return Profile(
        name=name, cloud="opensearch", region="cn-hangzhou", app=opensearch.app, functions=functions, **keys
    )


def build_demo_app(clock: Clock) -> Any:
    """Return the simulator as an ASGI application, the same in every run but for its start time.

    Its world has an incident that begins before the start and ends two minutes after it.
    """
    from matui.sim.app import build_app
    from matui.sim.world.build import build_world

    return build_app(build_world(seed=SEED, clock=clock, incident=True))

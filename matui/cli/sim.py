"""``matui sim``: the simulator over HTTP on 127.0.0.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matui.base.errors import UsageError
from matui.cli.context.demo import SEED
from matui.cli.output.streams import print_line
from matui.cli.process import startup

if TYPE_CHECKING:
    from matui.sim.peers import Peers

REGION = "cn-north-4"


@click.command("sim")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="The port; any free one when absent.",
)
@click.option("--seed", type=int, default=SEED, show_default=True, help="The same seed makes the same world.")
@click.option(
    "--scale", type=click.IntRange(0, 10_000), default=1, show_default=True, help="How many times more."
)
@click.option("--speed", type=float, default=1.0, show_default=True, help="How many times faster time runs.")
@click.option("--faults", default="", metavar="SPEC", help="Such as 429:0.1,500:0.05@training-jobs.")
def command(port: int, seed: int, scale: int, speed: float, faults: str) -> None:
    """Serve the simulator on 127.0.0.1 until ctrl+c, and print a profile for it.

    Signatures and tokens are checked; the profile's keys are invented and open nothing else. The default
    seed is that of the demo and has its incident.
    """
    if not 0 < speed <= 1_000_000:
        raise UsageError("--speed is a number above 0.", remedy="Such as 60: a minute passes in a second.")
    from matui.base.clock import CloudClock, SystemClock
    from matui.cli.context.session import run_async
    from matui.sim.app import build_app
    from matui.sim.peers import Peers
    from matui.sim.server.auth import SimAuth
    from matui.sim.server.faults import parse_faults
    from matui.sim.server.serve import serve
    from matui.sim.world.build import build_world

    rules = parse_faults(faults, seed=seed)
    auth = SimAuth.demo(seed)
    ahead_s, rules.skew_s = rules.skew_s, 0.0  # a cloud whose clock is wrong states wrong times, too
    clock = CloudClock(SystemClock(), lambda: ahead_s)
    world = build_world(
        seed=seed, scale=scale, clock=clock, speed=speed, region=REGION, incident=seed == SEED
    )
    peers = Peers.build_beside(world)
    app = build_app(world, auth=auth, faults=rules, peers=peers)

    def ready(url: str) -> None:
        startup.finish_start()
        print_line(format_profiles(url, auth.keys, world.project_id, format_peer_profiles(url, peers)))

    run_async(serve(app, port=port, on_ready=ready))


def format_profiles(url: str, keys: dict[str, str], project_id: str, peers: str = "") -> str:
    """Return a whole config file that reaches the simulator at ``url``; ``peers`` are further profiles."""
    ak, sk = next(iter(keys.items()))
    return f"""# The simulator serves at {url} until ctrl+c.
# Save this to a file of mode 0600 and use it with: matui --config FILE
default_profile = "sim"

{peers}[profiles.sim]
region = "{REGION}"
project_id = "{project_id}"
auth = "aksk"
ak = "{ak}"
sk = "{sk}"
endpoint = "{url}"
iam_endpoint = "{url}"

[profiles.sim-v2]
api = "v2"
region = "{REGION}"
project_id = "{project_id}"
ak = "{ak}"
sk = "{sk}"
endpoint = "{url}"
iam_endpoint = "{url}"
"""


def format_peer_profiles(url: str, peers: Peers) -> str:
    """Return a profile for each of the other clouds at ``url``."""
    qianfan, opensearch = peers.qianfan, peers.opensearch
    qf_ak, qf_sk = next(iter(qianfan.keys.items()))
    os_ak, os_sk = next(iter(opensearch.keys.items()))
    runs = [list(pair) for pair in qianfan.v1_runs]
    functions = ", ".join(f'"{name}"' for name in opensearch.functions)
    return f"""[profiles.qf]
cloud = "qianfan"
ak = "{qf_ak}"
sk = "{qf_sk}"
v1_jobs = {runs}
endpoint = "{url}"

[profiles.os]
cloud = "opensearch"
region = "cn-hangzhou"
app = "{opensearch.app}"
functions = [{functions}]
ak = "{os_ak}"
sk = "{os_sk}"
endpoint = "{url}"

"""

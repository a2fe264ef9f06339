"""``matui capacity``: the cards of resource pools, who holds them, and what waits and why."""

from __future__ import annotations

import click

from matui.cli.context.session import open_session, run_async
from matui.cli.options import Options, output_option


@click.command("capacity")
@output_option("table", "json")
@click.pass_obj
def command(options: Options, output: str) -> None:
    """Show how the cards (GPUs and NPUs) of the resource pools are used.

    A card-hour is a card held for an hour by a workload that still runs. Costs need the table [prices] in the
    configuration. The exit code is 6 where a pool could not be read completely.
    """
    run_async(_print_capacity(options, output))


async def _print_capacity(options: Options, output: str) -> None:
    from matui.base.errors import IncompleteOutputError, RefusedError
    from matui.cli.output.streams import measure_terminal_width, print_line, to_json
    from matui.live.capacity.gather import NO_USAGE, read_capacity
    from matui.live.capacity.summary import PriceList
    from matui.live.capacity.views import format_capacity, serialize_capacity

    async with open_session(options) as session:
        if "pools" not in session.cloud.kinds:
            raise RefusedError(
                f"Profile {session.profile.name} has no resource pools.",
                remedy="Resource pools are of ModelArts: name such a profile with -p.",
            )
        prices = session.settings.prices
        pools = await read_capacity(
            [session.cloud],
            session.cloud_clock,
            PriceList(prices.currency, prices.by_flavor),
            workspace=session.workspace,
        )
        if output == "json":
            print_line(to_json(serialize_capacity(pools), indent=2))
        else:
            for line in format_capacity(pools, measure_terminal_width()):
                print_line(line)
            if not pools:
                print_line("There is no resource pool.")
    missing = [pool.name for pool in pools if pool.problem]
    if missing and all(pool.problem == NO_USAGE for pool in pools if pool.problem):
        raise IncompleteOutputError(
            "This API does not list the nodes and workloads of the pools.",
            remedy='api = "v2" in the profile has them.',
        )
    if missing:
        raise IncompleteOutputError(
            f"Not everything is known of {', '.join(missing)}.",
            remedy="What it shows says why; try again, or check the profile with: matui doctor",
        )

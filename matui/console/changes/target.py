"""Goes from a change to its resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.browse_view import BrowseView
    from matui.resources.model import Resource


async def go_to_change(view: BrowseView, row: Resource) -> None:
    """Show the resource of a change in the table of its kind; say why where it cannot be shown."""
    fleet, resource_id, kind_id = view.fleet, row.text_fact("resource_id"), row.kind
    if fleet is None:
        return
    if kind_id == "versions":
        kind_id, resource_id = "jobs", resource_id.partition("/")[0]
    member = fleet.by_name(row.profile)
    if member is None:
        view.say(f"Profile {row.profile} is not open; open it first: :profile {row.profile}", wrong=True)
        return
    if kind_id not in member.cloud.kinds:
        view.say(f"{row.profile} has no {kind_id} here.", wrong=True)
        return
    snapshot = member.pollers.poller(kind_id).snapshot
    if snapshot.complete and resource_id not in snapshot.rows:
        view.say(f"{row.name} is not listed any more.", wrong=True)
        return
    await view.shown.follow((row.profile, kind_id, resource_id))

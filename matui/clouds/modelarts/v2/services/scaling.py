"""Scales a deployment of a service: the number of its instances, without a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matui.base.errors import UsageError
from matui.base.sanitize import clean
from matui.clouds.modelarts.kind_client import ActionReply
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.v2.services.requests import ScaleDeployment
from matui.clouds.modelarts.v2.services.wire import Deployment, ShownDeployment
from matui.clouds.protocols import Briefing, Effect
from matui.resources.model import Resource


class ScalingApi(OperationTable):
    """Show and scale a deployment."""

    show = Operation("Show.", "GET", "services/{}/deployments/{}", ShownDeployment, api="v2", shows=True)
    scale = Operation(
        "Scale.", "PUT", "services/{}/deployments/{}/scale", ShownDeployment, ScaleDeployment, api="v2"
    )


class Scaling:
    """Scales the deployments of services."""

    def __init__(self, session: Transport) -> None:
        self._api = ScalingApi(session)

    async def brief(
        self, service: Resource, deployments: Sequence[Deployment], options: Mapping[str, str]
    ) -> Briefing:
        """Return the deployment that is scaled, from and to how many. Raises UsageError unless it is one."""
        chosen = choose_deployment(service, deployments, options.get("deployment", ""))
        shown = (await self._api.show(service.id, str(chosen.id))).value
        before = shown.count if shown.count is not None else "an unknown number of"
        note = f"{chosen.name}: from {before} to {options['count']} instances"
        touched = clean(f"{before} instances of {chosen.name}")
        return Briefing((clean(note),), {"deployment": chosen.name}, (touched,))

    async def effect_of(
        self, service: Resource, deployments: Sequence[Deployment], options: Mapping[str, str]
    ) -> Effect:
        """Return whether the deployment has the number of instances that was asked for."""
        chosen = choose_deployment(service, deployments, options["deployment"])
        shown = (await self._api.show(service.id, str(chosen.id))).value
        if shown.count is None:
            return "not stated"
        return "done" if shown.count == int(options["count"]) else "not yet"

    async def scale(self, service: Resource, options: Mapping[str, str]) -> ActionReply:
        """Scale the deployment of the options."""
        body = validate_request(ScaleDeployment, {"count": int(options["count"])})
        reply = await self._api.scale(service.id, options["deployment"], body)
        return ActionReply(reply.answer.request_id)


def choose_deployment(service: Resource, deployments: Sequence[Deployment], wanted: str) -> Deployment:
    """Return the deployment of that name, or the only one. Raises UsageError.

    The API addresses a deployment by its name: one without a name is never returned.
    """
    names = ", ".join(clean(one.name) for one in deployments if one.name)
    if wanted:
        found = next((one for one in deployments if one.name == wanted), None)
        if found is None:
            fault = f"{service.name} has no deployment {wanted!r}."
            raise UsageError(fault, remedy=f"It has: {names}." if names else "")
        return found
    nameless = sum(not one.name for one in deployments)
    if len(deployments) != 1:
        some = f", {nameless} without a name" if nameless else ""
        fault = f"{service.name} has {len(deployments)} deployments{some}."
        raise UsageError(fault, remedy=f"Name one: {names}." if names else "")
    if nameless:
        raise UsageError(f"The only deployment of {service.name} has no name and cannot be scaled.")
    return deployments[0]

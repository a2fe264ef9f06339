"""A profile's session with ModelArts: every call gets the project it is for.

What the operations need of a session.

Where ModelArts and IAM of a region are.

Finds the project of a region.
"""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import urlsplit

from matui.base.clock import Clock
from matui.base.errors import BadAnswerError, ConfigError
from matui.clouds.http.api_errors import parse_json
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Answer, Call
from matui.clouds.modelarts.auth.renewal import Lease, Renewing
from matui.clouds.protocols import BudgetState
from matui.config.settings import Profile
from matui.config.values import is_loopback

_PLACE = "{project_id}"


class ModelArtsSession:
    """Fills ``{project_id}`` in, looking the project up once when the profile does not say it."""

    def __init__(
        self,
        http: HttpClient,
        profile: Profile,
        *,
        clock: Clock,
        find_project: Callable[[], Awaitable[str]],
    ) -> None:
        self.profile = profile
        self._http = http
        self._clock = clock
        self._find_project = find_project
        self._project_id = profile.project_id or ""
        self._looked_up = Renewing(self._look_up, clock, rest_s=0.0)
        self._closing = AsyncExitStack()

    @property
    def project_id(self) -> str:
        """The project's id, ``""`` until it is known."""
        return self._project_id

    @property
    def region(self) -> str:
        """The region, ``""`` when the profile has none."""
        return self.profile.region or ""

    @property
    def endpoint(self) -> str:
        """The address of ModelArts."""
        return self._http.base_url

    @property
    def clock_offset_s(self) -> float | None:
        """The cloud's clock minus this machine's in seconds; None before the first answer."""
        return self._http.clock_offset_s

    def budget(self) -> BudgetState:
        """Return the request budget as it stands."""
        return self._http.budget()

    async def known_project_id(self) -> str:
        """Return the project's id, looking it up when it is not known yet. Raises ConfigError."""
        return self._project_id or await self._looked_up.get()

    async def send(self, call: Call) -> Answer:
        """Send ``call`` for this project. Raises the errors of :mod:`matui.base.errors`."""
        if _PLACE not in call.path:
            return await self._http.send(call)
        project = await self.known_project_id()
        headers = (*call.headers, ("X-Project-Id", project))
        return await self._http.send(replace(call, path=call.path.replace(_PLACE, project), headers=headers))

    def closes(self, resources: AsyncExitStack) -> None:
        """Take over what :meth:`aclose` has to close."""
        self._closing = resources

    async def aclose(self) -> None:
        """Close every connection."""
        await self._closing.aclose()

    async def _look_up(self) -> Lease[str]:
        self._project_id = await self._find_project()
        return Lease(self._project_id, self._clock.now(), math.inf)


class Transport(Protocol):
    """Transport one call."""

    async def send(self, call: Call) -> Answer:
        """Return a 2xx answer; raises the errors of :mod:`matui.base.errors`."""
        ...


class ApiSession(Transport, Protocol):
    """A profile's session with one ModelArts endpoint."""

    @property
    def project_id(self) -> str:
        """The project's id, ``""`` until it is known."""
        ...

    @property
    def clock_offset_s(self) -> float | None:
        """The cloud's clock minus this machine's in seconds; None before the first answer."""
        ...

    def budget(self) -> BudgetState:
        """Return the request budget as it stands."""
        ...

    async def aclose(self) -> None:
        """Close every connection."""
        ...


REGIONS = (
    "cn-north-1",
    "cn-north-2",
    "cn-north-4",
    "cn-north-9",
    "cn-north-11",
    "cn-north-12",
    "cn-east-3",
    "cn-east-4",
    "cn-south-1",
    "cn-southwest-2",
    "cn-southwest-3",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "la-south-2",
    "la-north-2",
    "sa-brazil-1",
    "af-south-1",
    "af-north-1",
    "tr-west-1",
    "me-east-1",
)


def modelarts_endpoint(profile: Profile) -> str:
    """Return the endpoint of ModelArts: the profile's own, or its region's; any region name is taken."""
    if profile.endpoint:
        return profile.endpoint
    if profile.region:
        return f"https://modelarts.{profile.region}.myhuaweicloud.com"
    raise ConfigError(f"Profile {profile.name!r} has neither region nor endpoint.", remedy="Add a region.")


def iam_endpoint(profile: Profile) -> str:
    """Return the endpoint of IAM: the profile's own, its region's, or that of a simulator on this machine."""
    if profile.iam_endpoint:
        return profile.iam_endpoint.removesuffix("/v3")
    if profile.region:
        return f"https://iam.{profile.region}.myhuaweicloud.com"
    if profile.endpoint and is_loopback(urlsplit(profile.endpoint).hostname or ""):
        return profile.endpoint
    return "https://iam.myhuaweicloud.com"


_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


async def find_project(iam: HttpClient, region: str) -> str:
    """Return the id of the one project named ``region``; an empty region takes the account's only project.

    Raises ConfigError when there is none, or more than one.
    """
    query = (("name", region),) if region else ()
    answer = await iam.send(Call("GET", "/v3/projects", query))
    tree = parse_json(answer.body, answer.request_id)
    listed = tree.get("projects") if isinstance(tree, dict) else None
    if not isinstance(listed, list):
        raise BadAnswerError("IAM answered without a list of projects.", request_id=answer.request_id)
    ids = [
        found for project in listed if isinstance(project, dict) and (found := usable_id(project.get("id")))
    ]
    if len(ids) != 1:
        raise _not_one(ids, region)
    return ids[0]


def usable_id(found: Any) -> str:
    """Return a project id that fits into a path and a header, ``""`` for anything else."""
    return found if isinstance(found, str) and _ID.fullmatch(found) else ""


def _not_one(ids: list[str], region: str) -> ConfigError:
    where = f"for region {region}" if region else "for these credentials"
    if not ids:
        return ConfigError(
            f"IAM knows no project {where}.",
            key="project_id",
            remedy="Check the region, or set project_id in the profile.",
        )
    return ConfigError(
        f"IAM knows {len(ids)} projects {where}.",
        key="project_id",
        remedy=f"Set project_id to one of: {', '.join(ids[:5])}{' …' if len(ids) > 5 else ''}",
    )

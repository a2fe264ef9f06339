"""The endpoints of ModelArts and IAM of a region, and the lookup of its project by IAM."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from matui.base.errors import BadAnswerError, ConfigError
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Call
from matui.config.settings import Profile
from matui.config.values import is_loopback

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


async def find_project(iam: HttpClient, region: str) -> str:
    """Return the id of the one project named ``region``; an empty region takes the account's only project.

    Raises ConfigError when there is none, or more than one.
    """
    from matui.clouds.http.api_errors import parse_json

    query = (("name", region),) if region else ()
    answer = await iam.send(Call("GET", "/v3/projects", query))
    tree = parse_json(answer.body, answer.request_id)
    listed = tree.get("projects") if isinstance(tree, dict) else None
    if not isinstance(listed, list):
        raise BadAnswerError(
            "IAM answered without a list of projects.",
            request_id=answer.request_id,
            remedy="Check iam_endpoint, or set project_id in the profile.",
        )
    ids = [
        found
        for project in listed
        if isinstance(project, dict) and (found := parse_project_id(project.get("id")))
    ]
    if len(ids) != 1:
        raise _build_not_one_error(ids, region)
    return ids[0]


def parse_project_id(found: Any) -> str:
    """Return a project id that fits into a path and a header, ``""`` for anything else."""
    return found if isinstance(found, str) and _ID.fullmatch(found) else ""


def _build_not_one_error(ids: list[str], region: str) -> ConfigError:
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


def get_modelarts_endpoint(profile: Profile) -> str:
    """Return the endpoint of ModelArts: the profile's own, or its region's; any region name is taken."""
    if profile.endpoint:
        return profile.endpoint
    if profile.region:
        return f"https://modelarts.{profile.region}.myhuaweicloud.com"
    raise ConfigError(f"Profile {profile.name!r} has neither region nor endpoint.", remedy="Add a region.")


def get_iam_endpoint(profile: Profile) -> str:
    """Return the endpoint of IAM: the profile's own, its region's, or that of a simulator on this machine."""
    if profile.iam_endpoint:
        return profile.iam_endpoint.removesuffix("/v3")
    if profile.region:
        return f"https://iam.{profile.region}.myhuaweicloud.com"
    if profile.endpoint and is_loopback(urlsplit(profile.endpoint).hostname or ""):
        return profile.endpoint
    return "https://iam.myhuaweicloud.com"

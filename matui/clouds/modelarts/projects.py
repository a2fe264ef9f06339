"""The lookup of a region's project by IAM."""

from __future__ import annotations

import re
from typing import Any

from matui.base.errors import BadAnswerError, ConfigError
from matui.clouds.http.api_errors import parse_json
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Call

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

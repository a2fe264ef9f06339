"""ModelArts v2 (today's API) as a cloud, and the reasons for what it lacks."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from matui.clouds.modelarts.base_cloud import BaseModelArtsCloud
from matui.clouds.modelarts.client_registry import find_kinds
from matui.clouds.rows import Unsupported

if TYPE_CHECKING:
    from matui.clouds.modelarts.v2.jobs.logs import JobLogs

PACKAGE = "matui.clouds.modelarts.v2"

_NO_VERSIONS = "jobs of ModelArts v2 have no versions: each run is a job of its own"
_NO_NODES = "ModelArts v2 tells of no edge nodes; the detail of a service has its pods"
_NOT_MADE = "are configured in its console, not by matui"
_ONLY_V1 = 'are shown over v1 only: api = "v1" in the profile'

UNSUPPORTED: Unsupported = {
    ("visualizations", ""): f"the visualization jobs of ModelArts {_ONLY_V1}",
    ("models", ""): f"the models of ModelArts {_ONLY_V1}",
    (
        "configs",
        "",
    ): "ModelArts v2 keeps algorithms instead of job configurations; matui shows none of them",
    ("versions", ""): _NO_VERSIONS,
    ("nodes", ""): _NO_NODES,
    ("notebooks", "restart"): "ModelArts v2 has no restart for notebooks: stop it, then start it",
    ("jobs", "start"): "ModelArts v2 trains again only as a new job, which matui does not configure",
    ("jobs", "versions"): _NO_VERSIONS,
    ("services", "metrics"): "ModelArts v2 tells nothing of what a service consumes",
    ("services", "updates"): "ModelArts v2 keeps no update history of services",
    ("services", "nodes"): _NO_NODES,
    ("notebooks", "create"): f"notebooks of ModelArts v2 {_NOT_MADE}",
    ("jobs", "create"): f"jobs of ModelArts v2 {_NOT_MADE}",
    ("jobs", "rerun"): f"jobs of ModelArts v2 {_NOT_MADE}",
    **{("services", mode): f"services of ModelArts v2 {_NOT_MADE}" for mode in ("edit", "create")},
}


class ModelArtsV2Cloud(BaseModelArtsCloud):
    """One profile's ModelArts v2. ``workspace`` is the profile's own, ``""`` when it has none.

    With ``everyone`` notebooks of all users are listed, which takes a permission of its own.
    """

    package = PACKAGE
    kinds = find_kinds(PACKAGE)
    title = "ModelArts v2"
    unsupported = UNSUPPORTED

    @cached_property
    def _logs(self) -> JobLogs:
        from matui.clouds.modelarts.v2.jobs.client import Jobs
        from matui.clouds.modelarts.v2.jobs.logs import JobLogs

        return JobLogs(self._clients.get(Jobs))

"""What ModelArts v2 lacks that v1 or another cloud has, and why."""

from __future__ import annotations

from matui.clouds.lacks import Unsupported

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
    **{("services", deed): f"services of ModelArts v2 {_NOT_MADE}" for deed in ("edit", "create")},
}

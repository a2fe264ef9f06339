"""The 55 operations of chapters 4 to 8: section, method, path and handler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from matui.sim.modelarts_v1 import catalog, configs, jobs, models, notebooks, services, workspaces
from matui.sim.modelarts_v1 import visualizations as vis
from matui.sim.server.requests import ApiRequest
from matui.sim.world.world import World

V1Handler = Callable[["World", ApiRequest], dict[str, Any]]


class V1Operation(NamedTuple):
    """One operation; ``path`` follows ``/v1/{project_id}``."""

    section: str
    method: str
    path: str
    handler: V1Handler


_NB, _JOB = "/demanager/instances", "/training-jobs/{job_id}"
_VER = _JOB + "/versions/{version_id}"
_CONF, _VIS, _VIS1 = "/training-job-configs", "/visualization-jobs", "/visualization-jobs/{job_id}"
_SVC, _WS = "/services/{service_id}", "/workspaces/{workspace_id}"

OPERATIONS = (
    V1Operation("4.1", "POST", _NB, notebooks.create),
    V1Operation("4.2", "GET", _NB, notebooks.list_page),
    V1Operation("4.3", "GET", _NB + "/{instance_id}", notebooks.show),
    V1Operation("4.4", "PUT", _NB + "/{instance_id}", notebooks.update),
    V1Operation("4.5", "DELETE", _NB + "/{instance_id}", notebooks.delete),
    V1Operation("4.6", "POST", _NB + "/{instance_id}/action", notebooks.run_action),
    V1Operation("5.1.1", "POST", "/training-jobs", jobs.create),
    V1Operation("5.1.2", "GET", "/training-jobs", jobs.list_page),
    V1Operation("5.1.3", "GET", _VER, jobs.show),
    V1Operation("5.1.4", "DELETE", _VER, jobs.delete_version),
    V1Operation("5.1.5", "GET", _JOB + "/versions", jobs.list_versions),
    V1Operation("5.1.6", "POST", _JOB + "/versions", jobs.create_version),
    V1Operation("5.1.7", "POST", _VER + "/stop", jobs.stop),
    V1Operation("5.1.8", "PUT", _JOB, jobs.update_description),
    V1Operation("5.1.9", "DELETE", _JOB, jobs.delete),
    V1Operation("5.1.10", "GET", _VER + "/log/file-names", jobs.list_files),
    V1Operation("5.1.11", "GET", _VER + "/log", jobs.read_bytes),
    V1Operation("5.1.12", "GET", "/built-in-algorithms", catalog.list_algorithms),
    V1Operation("5.1.13", "GET", _VER + "/aom-log", jobs.read_lines),
    V1Operation("5.2.1", "POST", _CONF, configs.create),
    V1Operation("5.2.2", "GET", _CONF, configs.list_page),
    V1Operation("5.2.3", "PUT", _CONF + "/{config_name}", configs.update),
    V1Operation("5.2.4", "DELETE", _CONF + "/{config_name}", configs.delete),
    V1Operation("5.2.5", "GET", _CONF + "/{config_name}", configs.show),
    V1Operation("5.3.1", "POST", _VIS, vis.create),
    V1Operation("5.3.2", "GET", _VIS, vis.list_page),
    V1Operation("5.3.3", "GET", _VIS1, vis.show),
    V1Operation("5.3.4", "PUT", _VIS1, vis.update_description),
    V1Operation("5.3.5", "DELETE", _VIS1, vis.delete),
    V1Operation("5.3.6", "POST", _VIS1 + "/stop", vis.stop),
    V1Operation("5.3.7", "POST", _VIS1 + "/restart", vis.restart),
    V1Operation("5.4.1", "GET", "/job/resource-specs", catalog.list_specs),
    V1Operation("5.4.2", "GET", "/job/ai-engines", catalog.list_engines),
    V1Operation("6.1.1", "POST", "/models", models.create),
    V1Operation("6.1.2", "GET", "/models", models.list_page),
    V1Operation("6.1.3", "GET", "/models/{model_id}", models.show),
    V1Operation("6.1.4", "DELETE", "/models/{model_id}", models.delete),
    V1Operation("7.1", "POST", "/services", services.create),
    V1Operation("7.2", "GET", "/services", services.list_page),
    V1Operation("7.10", "GET", "/services/specifications", services.list_specifications),
    V1Operation("7.3", "GET", _SVC, services.show),
    V1Operation("7.4", "PUT", _SVC + "/nodes/{node_id}/status", services.set_node_status),
    V1Operation("7.5", "PUT", _SVC, services.update),
    V1Operation("7.6", "GET", _SVC + "/monitor", services.show_monitor),
    V1Operation("7.7", "GET", _SVC + "/logs", services.list_update_logs),
    V1Operation("7.8", "GET", _SVC + "/events", services.list_events),
    V1Operation("7.9", "DELETE", _SVC, services.delete),
    V1Operation("7.11", "GET", "/clusters", catalog.list_pools),
    V1Operation("8.1", "POST", "/workspaces", workspaces.create),
    V1Operation("8.2", "GET", "/workspaces", workspaces.list_page),
    V1Operation("8.3", "DELETE", _WS, workspaces.delete),
    V1Operation("8.4", "GET", _WS, workspaces.show),
    V1Operation("8.5", "PUT", _WS, workspaces.update),
    V1Operation("8.6", "GET", _WS + "/quotas", workspaces.list_quotas),
    V1Operation("8.7", "PUT", _WS + "/quotas", workspaces.set_quotas),
)

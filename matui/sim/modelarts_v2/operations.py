"""The operations and routes of the current API."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from matui.sim.modelarts_v2 import (
    creation,
    deployments,
    job_reports,
    jobs,
    nodes,
    notebooks,
    pools,
    services,
)
from matui.sim.modelarts_v2.requests import CHAPTER, StatusResponse, V2Operation, require_documented
from matui.sim.server.application import SimApplication, read_body
from matui.sim.server.requests import (
    CHAPTERS,
    ApiError,
    ApiRequest,
    Query,
    build_error_response,
    build_json_response,
)

_JOBS, _JOB = "/v2/{project_id}/training-jobs", "/v2/{project_id}/training-jobs/{job_id}"
_NBS, _NB = "/v1/{project_id}/notebooks", "/v1/{project_id}/notebooks/{id}"
_SVCS, _SVC = "/v2/{project_id}/services", "/v2/{project_id}/services/{service_id}"
_DEPLOYMENT = _SVC + "/deployments/{deployment_id}"

_POOL, _DEVS = "/v2/{project_id}/pools/{pool}", "/v1/{project_id}/dev-servers"

_NB_QUERY = (
    "feature", "limit", "name", "pool_id", "offset", "owner", "sort_dir", "sort_key", "status",
    "workspace_id", "flavor", "image_id", "id", "billing", "tags", "swr_path", "pool_name", "description",
    "ip", "username",
)  # fmt: skip
OPERATIONS = (
    V2Operation("POST", _JOBS.removesuffix("s") + "-searches", jobs.search, (),
              ("offset", "limit", "sort_by", "order", "group_by", "workspace_id", "train_type", "tags",
               "host_ips", "filters")),
    V2Operation("POST", _JOBS, creation.create_job, (),
              ("kind", "metadata", "algorithm", "tasks", "spec", "endpoints", "train_type", "ftjob_config")),
    V2Operation("GET", "/v2/{project_id}/training-job-flavors", creation.list_flavors, ("flavor_type",)),
    V2Operation("GET", "/v2/{project_id}/training-job-engines", creation.list_engines),
    V2Operation("GET", "/v2/{project_id}/algorithms", creation.list_algorithms,
              ("offset", "limit", "sort_by", "order", "group_by", "searches", "workspace_id")),
    V2Operation("GET", "/v2/{project_id}/training-experiments", creation.list_experiments,
              ("workspace_id", "limit", "offset", "sort_by", "order")),
    V2Operation("GET", "/v1/{project_id}/images", creation.list_images,
              ("limit", "name", "name_fuzzy_match", "namespace", "offset", "service_type", "sort_dir",
               "sort_key", "type", "workspace_id", "show_name", "show_tag")),
    V2Operation("GET", _JOB, jobs.show),
    V2Operation("DELETE", _JOB, jobs.delete),
    V2Operation("PUT", _JOB, jobs.update, (), ("description", "spec", "endpoints", "metadata")),
    V2Operation("GET", _JOB + "/tasks", jobs.list_tasks, ("schedule_count",)),
    V2Operation("GET", _JOB + "/events", job_reports.list_events,
              ("offset", "limit", "order", "start_time", "end_time", "level", "pattern")),
    V2Operation("GET", _JOB + "/metrics/{task}", jobs.show_metrics),
    V2Operation("GET", _JOB + "/stages", job_reports.list_stages),
    V2Operation("GET", _JOB + "/ft-metrics", job_reports.show_ft_metrics),
    V2Operation("GET", "/v2/{project_id}/training-event-categories", job_reports.list_event_categories,
              ("flavor_type",)),
    V2Operation("GET", "/v2/{project_id}/training-quotas", job_reports.show_quotas, ("user_id", "resource")),
    V2Operation("POST", _JOB + "/actions", jobs.terminate, (), ("action_type",)),
    V2Operation("GET", _JOB + "/logs/{task}", job_reports.read_lines, ("base_line", "lines", "order")),
    V2Operation("GET", _JOB + "/tasks/{task}/logs/preview", job_reports.read_preview),
    V2Operation("GET", _NBS, notebooks.list_page, _NB_QUERY),
    V2Operation("GET", _NBS + "/all", notebooks.list_page, _NB_QUERY),
    V2Operation("GET", _NBS + "/flavors", creation.list_notebook_flavors,
              ("category", "limit", "offset", "type", "sort_dir", "sort_key", "flavor_type", "feature")),
    V2Operation("POST", _NBS, creation.create_notebook, (),
              ("description", "endpoints", "feature", "flavor", "custom_spec", "image_id", "name", "pool_id",
               "volume", "workspace_id", "hooks", "lease", "affinity", "run_user", "data_volumes", "user_vpc",
               "duration", "public_network_config")),
    V2Operation("GET", _NB, notebooks.show),
    V2Operation("DELETE", _NB, notebooks.delete),
    V2Operation("PUT", _NB, notebooks.update, (), ("name", "description")),
    V2Operation("PATCH", _NB + "/lease", notebooks.renew_lease, ("duration",), ("duration", "type")),
    V2Operation("POST", _NB + "/start", notebooks.start, ("duration", "type")),
    V2Operation("POST", _NB + "/stop", notebooks.stop),
    V2Operation("GET", "/v2/{project_id}/pools", pools.list_page, ("workspaceId", "labelSelector", "status")),
    V2Operation("GET", _POOL, pools.show),
    V2Operation("GET", _POOL + "/nodes", pools.list_nodes, ("continue", "limit")),
    V2Operation("GET", _POOL + "/nodes/{node}", nodes.show),
    V2Operation("POST", _POOL + "/nodes/batch-lock", partial(nodes.lock, locked=True), (),
              ("nodeNames", "actions")),
    V2Operation("POST", _POOL + "/nodes/batch-unlock", partial(nodes.lock, locked=False), (),
              ("nodeNames", "actions")),
    V2Operation("POST", _POOL + "/nodes/batch-drain", nodes.drain, (), ("nodeNames",)),
    V2Operation("POST", _POOL + "/nodes/batch-reboot", nodes.reboot, (), ("nodeNames",)),
    V2Operation("POST", _POOL + "/nodes/batch-reset", nodes.reset, (),
              ("nodeNames", "rollingConfig", "nodeConfig")),
    V2Operation("GET", "/v2/{project_id}/jobs", nodes.list_tasks,
              ("type", "limit", "offset", "since", "until", "resource", "name")),
    V2Operation("GET", "/v1/{project_id}/scheduled-events", nodes.list_events,
              ("workspaceId", "state", "type", "id", "nodeName", "poolName", "publishStartTime",
               "publishEndTime", "offset", "limit")),
    V2Operation("POST", "/v1/{project_id}/scheduled-events/{event_id}/accept", nodes.accept_event,
              ("workspaceId",), ("notBefore", "redeployConfig")),
    V2Operation("POST", _JOB + "/tasks/{task}/save-image-job", nodes.save_task_image, (),
              ("name", "namespace", "tag", "description")),
    V2Operation("GET", _JOB + "/tasks/{task}/save-image-job", nodes.show_task_image),
    V2Operation("POST", _NB + "/create-image", nodes.save_notebook_image, (),
              ("description", "name", "namespace", "tag", "workspace_id", "swr_instance_id",
               "swr_instance_domain")),
    V2Operation("GET", _POOL + "/workloads", pools.list_workloads,
              ("hostip", "type", "status", "sort", "ascend", "offset", "limit")),
    V2Operation("GET", _POOL + "/monitor", pools.show_monitor, ("time_range", "statistics", "period")),
    V2Operation("GET", "/v1/{project_id}/events", pools.list_events,
              ("resource", "name", "limit", "continue", "since", "until", "type")),
    V2Operation("GET", _DEVS, notebooks.list_devservers,
              ("owner", "sort_dir", "sort_key", "limit", "offset")),
    V2Operation("GET", _DEVS + "/{id}", notebooks.show_devserver),
    V2Operation("PUT", _DEVS + "/{id}/start", partial(notebooks.change_devserver, action="start")),
    V2Operation("PUT", _DEVS + "/{id}/stop", partial(notebooks.change_devserver, action="stop")),
    V2Operation("PUT", _DEVS + "/{id}/reboot", partial(notebooks.change_devserver, action="reboot")),
    V2Operation("GET", _SVCS, services.list_page,
              ("id", "pool_id", "pool_name", "sort_key", "status", "name", "auth_type", "type", "description",
               "workspace_id", "user_name", "tags", "asset_id", "node_ip", "sort_dir", "limit", "offset")),
    V2Operation("POST", _SVCS, deployments.create_service, (),
              ("name", "version", "description", "type", "deploy_type", "group_configs", "runtime_config",
               "upgrade_config", "lts_strategy", "log_configs", "tags", "workspace_id", "schedule",
               "custom_metrics_path", "deploy_timeout_minutes", "task_type", "workload_type")),
    V2Operation("GET", _SVCS + "/flavors", deployments.list_service_flavors,
              ("flavor_type", "limit", "offset")),
    V2Operation("POST", _SVCS + "/delete", services.delete, (), ("service_ids",)),
    V2Operation("GET", _SVC, services.show),
    V2Operation("GET", "/v1/{project_id}/services/{service_id}/monitor", deployments.show_monitor,
              ("node_id",)),
    V2Operation("POST", _SVC + "/start", partial(services.switch, wanted="running")),
    V2Operation("POST", _SVC + "/stop", partial(services.switch, wanted="stopped")),
    V2Operation("GET", _SVC + "/events", services.list_events,
              ("event_type", "start_time", "end_time", "event_info_key", "limit", "offset", "sort_key",
               "sort_dir")),
    V2Operation("GET", _SVC + "/deployments", deployments.list_deployments,
              ("sort_key", "status", "sort_dir", "limit", "offset", "delete_after")),
    V2Operation("GET", _SVC + "/deployments/{name}/instances", deployments.list_instances,
              ("status", "limit", "offset", "instance_name")),
    V2Operation("GET", _SVC + "/deployments/{name}/instances/{instance}/pods", deployments.list_pods,
              ("status", "limit", "offset", "pod_name", "pod_id", "pod_node_ip", "pod_node_name",
               "pod_role_name")),
    V2Operation("GET", _SVC + "/deployments/{name}/instances/{instance}/pods/{pod}/events",
              deployments.list_pod_events, ("start_time", "end_time")),
    V2Operation("POST", _SVC + "/deployments", deployments.create, (),
              ("id", "name", "pool_id", "count", "system_log_dump_enable", "unit_configs", "weight",
               "secret_type", "secret_name", "priority", "high_avail_switch", "schedule_strategy", "version",
               "version_id", "description", "framework", "running_count", "deploy_type",
               "mirror_traffic_enable", "mirror_traffic_weight", "version_count", "workload_type",
               "update_at", "model", "advanced_config")),
    V2Operation("GET", _DEPLOYMENT, deployments.show),
    V2Operation("GET", _DEPLOYMENT + "/versions", deployments.list_versions, ("sort_key", "limit", "offset")),
    V2Operation("GET", _DEPLOYMENT + "/versions/{version}", deployments.show_version),
    V2Operation("POST", _DEPLOYMENT + "/versions/{version}/switch", deployments.switch, (),
              ("service_id", "target_deployment_version", "infer_name")),
    V2Operation("PUT", _SVC + "/deployments/{name}/scale", deployments.scale, (), ("count",)),
    V2Operation("GET", _DEPLOYMENT + "/hpa", deployments.show_hpa),
    V2Operation("GET", _DEPLOYMENT + "/hpa/events", deployments.list_hpa_events,
              ("limit", "offset", "sort_key", "sort_dir")),
)  # fmt: skip


def build_v2_routes() -> list[Route]:
    """Return the routes of ``/v2/…`` and the new ones under ``/v1/…``."""
    return [_route(operation) for operation in OPERATIONS]


def _route(operation: V2Operation) -> Route:
    async def endpoint(request: Request) -> Response:
        return await _serve(request, operation)

    return Route(operation.path, endpoint, methods=[operation.method])


async def _serve(request: Request, operation: V2Operation) -> Response:
    app: SimApplication = request.app
    try:
        payload = await read_body(request)
        query = Query(dict(request.query_params), CHAPTERS[CHAPTER])
        language = request.headers.get("x-language", "en-us")
        parsed = ApiRequest(CHAPTER, request.path_params, query, payload, language)
        require_documented(operation, parsed)
        result: Any = operation.handler(app.world, parsed)
    except ApiError as error:
        return build_error_response(request, error, CHAPTER)
    if not isinstance(result, StatusResponse):
        return build_json_response(request, result)
    if result.body is not None:
        return build_json_response(request, result.body, result.status)
    return Response(status_code=result.status, headers={"X-Request-Id": request.scope["sim.request_id"]})

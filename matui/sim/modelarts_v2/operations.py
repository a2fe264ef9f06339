"""The routes of the current API over the same world."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from matui.sim.modelarts_v2 import devservers as devs
from matui.sim.modelarts_v2 import job_logs as logs
from matui.sim.modelarts_v2 import jobs, notebooks, pools, services
from matui.sim.modelarts_v2.requests import CHAPTER, Accepted, Operation, check_names
from matui.sim.server.application import Application, read_body
from matui.sim.server.errors import Refusal
from matui.sim.server.requests import CHAPTERS, Call, Query
from matui.sim.server.responses import error_response, json_response

_JOBS, _JOB = "/v2/{project_id}/training-jobs", "/v2/{project_id}/training-jobs/{job_id}"
_NBS, _NB = "/v1/{project_id}/notebooks", "/v1/{project_id}/notebooks/{id}"
_SVCS, _SVC = "/v2/{project_id}/services", "/v2/{project_id}/services/{service_id}"

_POOL, _DEVS = "/v2/{project_id}/pools/{pool}", "/v1/{project_id}/dev-servers"

_NB_QUERY = (
    "feature", "limit", "name", "pool_id", "offset", "owner", "sort_dir", "sort_key", "status",
    "workspace_id", "flavor", "image_id", "id", "billing", "tags", "swr_path", "pool_name", "description",
    "ip", "username",
)  # fmt: skip
OPERATIONS = (
    Operation("POST", _JOBS.removesuffix("s") + "-searches", jobs.searches, (),
              ("offset", "limit", "sort_by", "order", "group_by", "workspace_id", "train_type", "tags",
               "host_ips", "filters")),
    Operation("GET", _JOB, jobs.detail),
    Operation("DELETE", _JOB, jobs.delete),
    Operation("PUT", _JOB, jobs.change, (), ("description", "spec", "endpoints", "metadata")),
    Operation("GET", _JOB + "/tasks", jobs.tasks, ("schedule_count",)),
    Operation("GET", _JOB + "/events", logs.events,
              ("offset", "limit", "order", "start_time", "end_time", "level", "pattern")),
    Operation("GET", _JOB + "/metrics/{task}", jobs.metrics),
    Operation("POST", _JOB + "/actions", jobs.act, (), ("action_type",)),
    Operation("GET", _JOB + "/logs/{task}", logs.lines, ("base_line", "lines", "order")),
    Operation("GET", _JOB + "/tasks/{task}/logs/preview", logs.preview),
    Operation("GET", _NBS, notebooks.listing, _NB_QUERY),
    Operation("GET", _NBS + "/all", notebooks.listing, _NB_QUERY),
    Operation("GET", _NB, notebooks.detail),
    Operation("DELETE", _NB, notebooks.delete),
    Operation("PUT", _NB, notebooks.change, (), ("name", "description")),
    Operation("PATCH", _NB + "/lease", notebooks.renew, ("duration",), ("duration", "type")),
    Operation("POST", _NB + "/start", notebooks.start, ("duration", "type")),
    Operation("POST", _NB + "/stop", notebooks.stop),
    Operation("GET", "/v2/{project_id}/pools", pools.listing, ("workspaceId", "labelSelector", "status")),
    Operation("GET", _POOL, pools.detail),
    Operation("GET", _POOL + "/nodes", pools.nodes, ("continue", "limit")),
    Operation("GET", _POOL + "/workloads", pools.workloads,
              ("hostip", "type", "status", "sort", "ascend", "offset", "limit")),
    Operation("GET", _POOL + "/monitor", pools.monitor, ("time_range", "statistics", "period")),
    Operation("GET", "/v1/{project_id}/events", pools.events,
              ("resource", "name", "limit", "continue", "since", "until", "type")),
    Operation("GET", _DEVS, devs.listing, ("owner", "sort_dir", "sort_key", "limit", "offset")),
    Operation("GET", _DEVS + "/{id}", devs.detail),
    Operation("PUT", _DEVS + "/{id}/start", devs.start),
    Operation("PUT", _DEVS + "/{id}/stop", devs.stop),
    Operation("PUT", _DEVS + "/{id}/reboot", devs.reboot),
    Operation("GET", _SVCS, services.listing,
              ("id", "pool_id", "pool_name", "sort_key", "status", "name", "auth_type", "type", "description",
               "workspace_id", "user_name", "tags", "asset_id", "node_ip", "sort_dir", "limit", "offset")),
    Operation("POST", _SVCS + "/delete", services.delete, (), ("service_ids",)),
    Operation("GET", _SVC, services.detail),
    Operation("POST", _SVC + "/start", services.start),
    Operation("POST", _SVC + "/stop", services.stop),
    Operation("GET", _SVC + "/events", services.events,
              ("event_type", "start_time", "end_time", "event_info_key", "limit", "offset", "sort_key",
               "sort_dir")),
    Operation("GET", _SVC + "/deployments", services.deployments,
              ("sort_key", "status", "sort_dir", "limit", "offset", "delete_after")),
    Operation("GET", _SVC + "/deployments/{name}/instances", services.instances,
              ("status", "limit", "offset", "instance_name")),
    Operation("GET", _SVC + "/deployments/{name}/instances/{instance}/pods", services.pods,
              ("status", "limit", "offset", "pod_name", "pod_id", "pod_node_ip", "pod_node_name",
               "pod_role_name")),
)  # fmt: skip


def v2_routes() -> list[Route]:
    """Return the routes of ``/v2/…`` and of what is new under ``/v1/…``."""
    return [_route(operation) for operation in OPERATIONS]


def _route(operation: Operation) -> Route:
    async def endpoint(request: Request) -> Response:
        return await _serve(request, operation)

    return Route(operation.path, endpoint, methods=[operation.method])


async def _serve(request: Request, operation: Operation) -> Response:
    app: Application = request.app
    try:
        payload = await read_body(request)
        query = Query(dict(request.query_params), CHAPTERS[CHAPTER])
        call = Call(CHAPTER, request.path_params, query, payload)
        check_names(operation, call)
        answer: Any = operation.answer(app.world, call)
    except Refusal as refusal:
        return error_response(request, refusal, CHAPTER)
    if not isinstance(answer, Accepted):
        return json_response(request, answer)
    if answer.body is not None:
        return json_response(request, answer.body, answer.status)
    return Response(status_code=answer.status, headers={"X-Request-Id": request.scope["sim.request_id"]})

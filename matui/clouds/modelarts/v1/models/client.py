"""Models: list, read, describe, delete one or every version (chapter 6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from matui.base.errors import ConflictError
from matui.base.late_imports import LazyModule
from matui.base.text.sanitize import clean
from matui.clouds.http.decode import Reply
from matui.clouds.modelarts.kind_client import ActionHandler, ActionReply
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation
from matui.clouds.modelarts.spec_client import KindOperations, KindSpec, SpecClient, build_query
from matui.clouds.modelarts.v1.models import wire
from matui.clouds.modelarts.v1.models.wire import ModelRow
from matui.clouds.rows import map_status
from matui.clouds.sections import (
    build_instant,
    build_section,
    build_settings,
    format_number,
    format_size,
    format_yes_no,
    join_text,
    mask_value,
)
from matui.clouds.wire_types import to_text
from matui.resources.detail import DetailRow, Section
from matui.resources.kinds.models import STATUSES
from matui.resources.model import Fact, RawRecord, Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts.v1.models import record
    from matui.clouds.modelarts.v1.models.record import ModelRecord
else:
    record = LazyModule("matui.clouds.modelarts.v1.models.record")

_TOLD_ELSEWHERE = ("apis", "dependencies", "metrics")
_RESTRAINTS = {"EXACT": "==", "ATLEAST": ">=", "ATMOST": "<="}


def map_model(row: ModelRow, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    facts: dict[str, Fact] = {
        "version": clean(row.model_version),
        "type": clean(row.model_type),
        "size": row.model_size,
        "source": clean(row.model_source or row.source_type),
        "description": clean(row.description),
    }
    return scope.build_resource(
        "models",
        str(row.model_id) or wire_id,
        row.model_name,
        map_status(row.model_status, STATUSES),
        raw,
        workspace=clean(row.workspace_id) or scope.workspace,
        owner=clean(row.owner),
        created_at=row.create_at,
        facts=facts,
    )


def build_model_sections(row: ModelRecord, resource: Resource) -> tuple[Section, ...]:
    """Return everything 6.1.3 says about a model."""
    return (
        *build_section("Overview", _build_overview(row, resource)),
        *build_section("Source", _build_source(row)),
        *build_section("Metrics", ((clean(n), _format_number(v)) for n, v in _read_metrics(row).items())),
        *build_section("Dependencies", _build_dependencies(row.dependencies)),
        *(part for api in row.apis if api is not None for part in _build_interface(api)),
        *build_section("Input parameters", _build_parameters(row.input_params)),
        *build_section("Output parameters", _build_parameters(row.output_params)),
        *build_section("Least resources", _build_least_rows(row)),
        *build_section("Documents", ((clean(d.doc_name), clean(d.doc_url)) for d in row.model_docs if d)),
        *build_settings("Configuration", {n: v for n, v in row.config.items() if n not in _TOLD_ELSEWHERE}),
    )


def _build_overview(row: ModelRecord, resource: Resource) -> list[DetailRow]:
    return [
        ("Name", resource.name),
        ("ID", clean(resource.id)),
        ("Version", clean(row.model_version)),
        ("Status", resource.status),
        ("Type", clean(row.model_type)),
        ("Runtime", clean(row.runtime)),
        ("Algorithm", clean(row.model_algorithm)),
        ("Size", format_size(row.model_size)),
        ("Description", clean(row.description)),
        ("Deploys as", clean(", ".join(row.install_type))),
        ("Labels", clean(", ".join(row.model_labels))),
        ("Owner", resource.owner),
        ("Workspace", resource.workspace),
        ("Created", build_instant(row.create_at)),
        ("Tunable", format_yes_no(row.tunable)),
        ("From the marketplace", format_yes_no(row.market_flag)),
        ("Publishable", format_yes_no(row.publishable_flag)),
    ]


def _build_source(row: ModelRecord) -> list[DetailRow]:
    job = f"{row.source_job_id} {row.source_job_version}".strip()
    return [
        ("Made by", clean(row.model_source or row.source_type)),
        ("Location", clean(row.source_location)),
        ("Training job", clean(job)),
        ("Code", clean(row.execution_code)),
        ("Image", clean(row.image_address)),
        ("Schema", clean(row.schema_doc)),
        ("Health check", join_text(row.health.protocol, row.health.url)),
    ]


def _read_metrics(row: ModelRecord) -> dict[str, object]:
    inner = row.config.get("metrics")
    return row.model_metrics or (inner if isinstance(inner, dict) else {})


def _format_number(value: object) -> str:
    return format_number(value) if isinstance(value, int | float) else clean(to_text(value))


def _build_dependencies(dependencies: Iterable[record.Dependency | None]) -> list[DetailRow]:
    return [
        (
            join_text(dependency.installer) or "package",
            _format_package(p.package_name, p.restraint, p.package_version),
        )
        for dependency in dependencies
        if dependency is not None
        for p in dependency.packages
        if p is not None
    ]


def _format_package(name: str, restraint: str, version: str) -> str:
    sign = _RESTRAINTS.get(restraint.upper(), restraint)
    return join_text(name, sign, version) if version else clean(name)


def _build_interface(api: record.ModelInterface) -> tuple[Section, ...]:
    title = join_text(api.protocol, api.method.upper(), api.url)
    request = api.input_params if api.input_params is not None else api.request
    response = api.output_params if api.output_params is not None else api.response
    return build_section(
        f"Interface {title}", (("Request", clean(to_text(request))), ("Response", clean(to_text(response))))
    )


def _build_parameters(parameters: Iterable[record.ModelParameter | None]) -> list[DetailRow]:
    return [(clean(p.param_name) or "–", _format_parameter(p)) for p in parameters if p is not None]


def _format_parameter(parameter: record.ModelParameter) -> str:
    bounds = ""
    if parameter.min is not None or parameter.max is not None:
        bounds = f"({format_number(parameter.min) or '…'} to {format_number(parameter.max) or '…'})"
    description = mask_value(parameter.param_name, parameter.param_desc)
    return join_text(parameter.param_type, bounds, description) or "–"


def _build_least_rows(row: ModelRow) -> list[DetailRow]:
    least = row.specification
    return [
        ("CPU", clean(least.min_cpu)),
        ("Memory", clean(least.min_mem)),
        ("GPU", clean(least.min_gpu)),
        ("Ascend", clean(least.min_ascend)),
    ]


class ModelsApi(KindOperations):
    """The four operations of chapter 6."""

    create = Operation(
        "6.1.1: import a model.", "POST", "models", lambda: record.ModelImported, lambda: record.ImportModel
    )
    list = Operation("6.1.2.", "GET", "models", wire.ModelList, wire.ModelsQuery)
    show = Operation("6.1.3.", "GET", "models/{}", lambda: record.ModelRecord, shows=True)
    delete = Operation(
        "6.1.4.", "DELETE", "models/{}", lambda: record.ModelsDeleted, lambda: record.DeleteModel
    )


_NEWEST_FIRST = build_query(wire.ModelsQuery, sort_by="create_at", order="desc")


class Models(SpecClient[ModelsApi, "ModelRecord"]):
    """The models of one project or workspace."""

    kind = "models"
    forms = ("create",)
    operations = ModelsApi
    style = "unsure"
    spec = KindSpec(_NEWEST_FIRST, "models", map_model, build_model_sections)

    def get_handlers(self) -> dict[str, ActionHandler]:
        """Delete one version, or every version of the name (6.1.4)."""
        return {"delete": self._delete, "delete-versions": self._delete_versions}

    async def _delete(self, model: Resource) -> ActionReply:
        return _build_reply(await self.api.delete(model.id, record.DeleteModel()))

    async def _delete_versions(self, model: Resource) -> ActionReply:
        return _build_reply(await self.api.delete(model.id, record.DeleteModel(cascade=True)))


def _build_reply(reply: Reply[record.ModelsDeleted]) -> ActionReply:
    """Return what went and what did not. Raises ConflictError where nothing went."""
    failed = [failure for failure in reply.value.delete_failed_list if failure is not None]
    deleted = tuple(clean(ident) for ident in reply.value.delete_success_list)
    kept = tuple((clean(f.model_id), join_text(f.error_code, f.error_msg)) for f in failed)
    if deleted or not kept:
        return ActionReply(reply.answer.request_id, deleted=deleted, kept=kept)
    reasons = "; ".join(join_text(*one) for one in kept)
    raise ConflictError(
        f"No model was deleted. Not deleted: {reasons}",
        code=join_text(failed[0].error_code),
        message=join_text(failed[0].error_msg),
        request_id=reply.answer.request_id,
        status=reply.answer.status,
        remedy="Put right what the reasons name, such as a service that uses the model, and delete it again.",
    )

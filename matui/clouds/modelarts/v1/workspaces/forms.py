"""Forms of workspaces: name, description, access (8.5) and quotas (8.7), a new one (8.1)."""

from __future__ import annotations

from typing import Any

from matui.base.errors import CloudError
from matui.clouds.modelarts.form_base import (
    KindForms,
    Request,
    build_request,
    drop_blanks,
    make_field,
    select_changed_values,
)
from matui.clouds.modelarts.requests import InvalidRequestError, validate_request
from matui.clouds.modelarts.v1.workspaces.client import Workspaces, format_quota
from matui.clouds.modelarts.v1.workspaces.requests import CreateWorkspace, UpdateQuotas, UpdateWorkspace
from matui.clouds.modelarts.v1.workspaces.wire import Grant, Quota
from matui.resources.forms.form import Field, Form, Problem, Values, get_value, is_same
from matui.resources.kinds.workspaces import DEFAULT_WORKSPACE
from matui.resources.model import Resource

_NAME = "4 to 64 letters, Chinese characters, digits, hyphens and underscores; not default."
_GRANTS = "Each has a user_id or a user_name. Needed with INTERNAL, and only then."
_AUTH = (
    "PUBLIC: everybody of the account",
    "PRIVATE: its creator and the account",
    "INTERNAL: those of grants too",
)


def _make_access_fields(auth_type: str, grants: list[dict[str, str]] | None) -> tuple[Field, ...]:
    return (
        make_field("auth_type", "Who may enter.", auth_type, choices=_AUTH),
        make_field("grants", "IAM users who may enter.", grants, limits=_GRANTS, example=[{"user_name": ""}]),
    )


def _grant(grant: Grant) -> dict[str, str]:
    values = {"user_id": grant.user_id, "user_name": grant.user_name}
    return {name: value for name, value in values.items() if value}


def _make_quota_field(quota: Quota) -> Field:
    least, most = quota.min_quota, quota.max_quota
    low = max(1, int(least or 1))
    reach = f"From {low} to {most:g}" if most is not None else f"From {low}"
    return Field(
        ("quotas", quota.resource),
        f"{quota.name_en or quota.name_cn or quota.resource}: {format_quota(quota)}.",
        int(quota.quota) if quota.quota is not None else None,
        limits=f"{reach}, or -1 for no limit.",
        example=-1,
        bounds=(least, most),
    )


class WorkspaceForms(KindForms[Workspaces]):
    """Workspaces with their quotas: two requests, sent one after the other."""

    kind = "workspaces"

    async def edit_form(self, resource: Resource) -> Form:
        """The fields of 8.5 and 8.7; the default workspace keeps its name."""
        now, row = await self.client.reread(resource)
        name = () if now.id == DEFAULT_WORKSPACE else (make_field("name", "Name.", row.name, limits=_NAME),)
        grants = [_grant(grant) for grant in row.grants if grant is not None]
        fields = (
            *name,
            make_field("description", "Description.", row.description, limits="At most 256 characters."),
            *_make_access_fields(row.auth_type.upper() or "PUBLIC", grants),
        )
        quotas, note = await self._fetch_quotas(resource.id)
        return Form("edit", now, (*fields, *quotas), (("status", now.status), ("owner", row.owner)), note)

    async def _fetch_quotas(self, workspace_id: str) -> tuple[tuple[Field, ...], tuple[str, ...]]:
        try:
            found = (await self.client.api.quotas(workspace_id)).value.quotas
        except CloudError as error:
            return (), (f"The quotas are not known: {error}",)
        by_name = {quota.resource: quota for quota in found if quota is not None and quota.resource}
        return tuple(map(_make_quota_field, by_name.values())), ()

    async def create_form(self, workspace: str) -> Form:  # noqa: ARG002 - a workspace is in none
        fields = (
            make_field("name", "Name.", "", limits=_NAME),
            make_field("description", "Description.", limits="At most 256 characters."),
            make_field(
                "enterprise_project_id", "Enterprise project; the default one unless said.", example="0"
            ),
            *_make_access_fields("PUBLIC", None),
        )
        return Form("create", self.build_stand_in(), fields, whole=True)

    def build_requests(self, form: Form, values: Values) -> list[Request]:
        """8.1, or 8.5 and 8.7 with what changed."""
        if form.mode == "create":
            body = validate_request(CreateWorkspace, drop_blanks(values))
            return [
                build_request(self.client.api.create, body, result=lambda made: (str(made.id), made.status))
            ]
        api, workspace_id = self.client.api, form.subject.id
        found: list[Request] = []
        parts = self._build_access_parts(form, values)

        def return_unchanged(_: Any) -> tuple[str, str]:
            return workspace_id, ""

        if parts:
            change = validate_request(UpdateWorkspace, parts)
            found.append(
                build_request(
                    api.update, workspace_id, change, result=return_unchanged, about=", ".join(parts)
                )
            )
        wanted = _select_changed_quotas(form, values)
        if wanted:
            quotas = validate_request(UpdateQuotas, {"quotas": wanted})
            quotas.check(_read_known_quotas(form))
            found.append(
                build_request(
                    api.update_quotas, workspace_id, quotas, result=return_unchanged, about="quotas"
                )
            )
        return found

    @staticmethod
    def _build_access_parts(form: Form, values: Values) -> Values:
        """Access is sent as a whole: the type with its grants, and no grants where none are taken."""
        parts = select_changed_values(form, values, ("name", "description", "auth_type", "grants"))
        if parts.keys() & {"auth_type", "grants"}:
            access = {name: values[name] for name in ("auth_type", "grants") if name in values}
            parts |= {name: value for name, value in access.items() if value != []}
            if parts.get("grants") == []:
                del parts["grants"]
        return parts

    def find_problems(self, form: Form, values: Values) -> tuple[Problem, ...]:
        """As for every kind, with the problems of quotas at their names."""
        wanted = _select_changed_quotas(form, values)
        others = {name: value for name, value in values.items() if name != "quotas" or form.mode == "create"}
        found = list(super().find_problems(form, others))
        try:
            if wanted:
                validate_request(UpdateQuotas, {"quotas": wanted}).check(_read_known_quotas(form))
        except InvalidRequestError as error:
            found += [_locate_problem(wanted, problem.path, problem.sentence) for problem in error.problems]
        return tuple(found)


def _select_changed_quotas(form: Form, values: Values) -> list[dict[str, Any]]:
    """Return only what differs: 8.7 wants nothing else."""
    before, after = form.values.get("quotas", {}), get_value(values, ("quotas",))
    if not isinstance(after, dict):
        return []
    return [
        {"resource": name, "quota": quota}
        for name, quota in after.items()
        if not is_same(before.get(name), quota)
    ]


def _read_known_quotas(form: Form) -> list[Quota]:
    return [
        Quota(resource=field.path[1], min_quota=field.bounds[0], max_quota=field.bounds[1])
        for field in form.fields
        if field.path[0] == "quotas"
    ]


def _locate_problem(wanted: list[dict[str, Any]], dotted: str, sentence: str) -> Problem:
    steps = dotted.split(".")
    if len(steps) > 1 and steps[1].isdecimal():
        return Problem(("quotas", wanted[int(steps[1])]["resource"]), sentence)
    return Problem(("quotas",), sentence)

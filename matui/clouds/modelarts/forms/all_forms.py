"""The forms of every kind behind matui's port, each kind's imported when it is first used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from matui.clouds.form_port import Made
from matui.errors import MatuiError, RefusedError
from matui.resources.form import Deed, Form, Problem, Values
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts.api import ModelArtsApi
    from matui.clouds.modelarts.catalog import Catalog
    from matui.clouds.modelarts.forms.kind_forms import KindForms
    from matui.clouds.modelarts.scope import Scope
    from matui.clouds.modelarts.sources import Sources

_DEEDS: dict[str, tuple[Deed, ...]] = {
    "notebooks": ("edit", "create"),
    "jobs": ("edit", "create", "rerun"),
    "services": ("edit", "create"),
    "workspaces": ("edit", "create"),
    "visualizations": ("edit", "create"),
    "models": ("create",),
    "configs": ("edit", "create"),
}


def _own(kind: str) -> str:
    return "jobs" if kind == "versions" else kind


def has_form(kind: str, deed: Deed) -> bool:
    """Whether ModelArts can do the deed to the kind; a version's description is its job's."""
    if kind == "versions" and deed == "create":
        return False
    return deed in _DEEDS.get(_own(kind), ())


class ModelArtsForms:
    """Finds the forms of a kind; versions share those of jobs."""

    def __init__(self, api: ModelArtsApi, catalog: Catalog, sources: Sources, scope: Scope) -> None:
        self._api = api
        self._catalog = catalog
        self._sources = sources
        self._scope = scope

    async def edit_form(self, resource: Resource) -> Form:
        """Return what can be edited of a resource as it is now."""
        return await self._need(resource.kind, "edit").edit_form(resource)

    async def create_form(self, kind: str, workspace: str) -> Form:
        """Return what a new resource needs."""
        return await self._need(kind, "create").create_form(workspace)

    async def rerun_form(self, job: Resource) -> Form:
        """Return the configuration of a version for a new one."""
        return await self._need(job.kind, "rerun").rerun_form(job)

    def problems_of(self, form: Form, values: Values) -> tuple[Problem, ...]:
        """Return what the reference's limits forbid."""
        return self._need(form.subject.kind, form.deed).problems_of(form, values)

    async def send_form(self, form: Form, values: Values) -> Made:
        """Send the requests of a form; an error of a later one says what was changed before it."""
        made = Made(form.subject.id)
        done: list[str] = []
        for request in self._need(form.subject.kind, form.deed).requests(form, values):
            try:
                made = await request.send()
            except MatuiError as error:
                if done:
                    error.remedy = f"{error.remedy} Changed already: {', '.join(done)}.".strip()
                raise
            done.append(request.about)
        return made

    def _need(self, kind: str, deed: Deed) -> KindForms:
        if not has_form(kind, deed):
            raise RefusedError(f"ModelArts cannot {deed} {kind}.")
        found: KindForms = getattr(self, f"_{_own(kind)}")
        return found

    @cached_property
    def _notebooks(self) -> KindForms:
        from matui.clouds.modelarts.forms.notebook_forms import NotebookForms

        return NotebookForms(self._api.notebooks, self._sources.notebooks)

    @cached_property
    def _jobs(self) -> KindForms:
        from matui.clouds.modelarts.forms.job_forms import JobForms

        return JobForms(self._api.jobs, self._sources.jobs, self._sources.versions, self._catalog)

    @cached_property
    def _services(self) -> KindForms:
        from matui.clouds.modelarts.forms.service_forms import ServiceForms

        return ServiceForms(self._api.services, self._sources.services, self._catalog)

    @cached_property
    def _workspaces(self) -> KindForms:
        from matui.clouds.modelarts.forms.workspace_forms import WorkspaceForms

        return WorkspaceForms(self._api.workspaces, self._sources.workspaces)

    @cached_property
    def _visualizations(self) -> KindForms:
        from matui.clouds.modelarts.forms.visualization_forms import VisualizationForms

        return VisualizationForms(self._api.visualizations, self._sources.visualizations)

    @cached_property
    def _models(self) -> KindForms:
        from matui.clouds.modelarts.forms.model_forms import ModelForms

        return ModelForms(self._api.models, self._scope)

    @cached_property
    def _configs(self) -> KindForms:
        from matui.clouds.modelarts.forms.config_forms import ConfigForms

        return ConfigForms(self._api.configs, self._sources.configs, self._catalog)

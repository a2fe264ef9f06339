"""The forms of every kind behind matui's port, each kind's imported when it is first used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from matui.clouds.modelarts.form_base import FormSet
from matui.clouds.modelarts.v1.form_kinds import FORM_KINDS

if TYPE_CHECKING:
    from matui.clouds.modelarts.form_base import KindForms
    from matui.clouds.modelarts.v1.api import ModelArtsApi
    from matui.clouds.modelarts.v1.catalog import Catalog
    from matui.clouds.modelarts.v1.kind_clients import KindClients


class ModelArtsForms(FormSet):
    """The forms of v1."""

    title = "ModelArts"
    form_kinds = FORM_KINDS

    def __init__(self, api: ModelArtsApi, catalog: Catalog, sources: KindClients) -> None:
        self._api = api
        self._catalog = catalog
        self._sources = sources

    def of_kind(self, kind: str) -> KindForms:
        """Return the forms of a kind."""
        found: KindForms = getattr(self, f"_{kind}")
        return found

    @cached_property
    def _notebooks(self) -> KindForms:
        from matui.clouds.modelarts.v1.notebooks.forms import NotebookForms

        return NotebookForms(self._sources.notebooks)

    @cached_property
    def _jobs(self) -> KindForms:
        from matui.clouds.modelarts.v1.jobs.forms import JobForms

        return JobForms(self._api.jobs, self._sources.jobs, self._sources.versions, self._catalog)

    @cached_property
    def _services(self) -> KindForms:
        from matui.clouds.modelarts.v1.services.forms import ServiceForms

        return ServiceForms(self._sources.services, self._catalog)

    @cached_property
    def _workspaces(self) -> KindForms:
        from matui.clouds.modelarts.v1.workspaces.forms import WorkspaceForms

        return WorkspaceForms(self._sources.workspaces)

    @cached_property
    def _visualizations(self) -> KindForms:
        from matui.clouds.modelarts.v1.visualizations.forms import VisualizationForms

        return VisualizationForms(self._sources.visualizations)

    @cached_property
    def _models(self) -> KindForms:
        from matui.clouds.modelarts.v1.models.forms import ModelForms

        return ModelForms(self._sources.models)

    @cached_property
    def _configs(self) -> KindForms:
        from matui.clouds.modelarts.v1.configs.forms import ConfigForms

        return ConfigForms(self._sources.configs, self._catalog)

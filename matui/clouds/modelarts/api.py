"""Every operation of the ModelArts v1 reference, typed, by chapter.

A chapter is imported when it is first used: together their models take a tenth of a second to build.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.clouds.modelarts.catalog_api import CatalogApi
    from matui.clouds.modelarts.configs_api import ConfigsApi
    from matui.clouds.modelarts.jobs_api import JobsApi
    from matui.clouds.modelarts.model_api import ModelsApi
    from matui.clouds.modelarts.notebooks_api import NotebooksApi
    from matui.clouds.modelarts.sending import Transport
    from matui.clouds.modelarts.services_api import ServicesApi
    from matui.clouds.modelarts.visualizations_api import VisualizationsApi
    from matui.clouds.modelarts.workspaces_api import WorkspacesApi


class ModelArtsApi:
    """The operations of chapters 4 to 8 over one session."""

    def __init__(self, session: Transport) -> None:
        self._session = session

    @cached_property
    def notebooks(self) -> NotebooksApi:
        """Chapter 4."""
        from matui.clouds.modelarts.notebooks_api import NotebooksApi

        return NotebooksApi(self._session)

    @cached_property
    def jobs(self) -> JobsApi:
        """5.1."""
        from matui.clouds.modelarts.jobs_api import JobsApi

        return JobsApi(self._session)

    @cached_property
    def configs(self) -> ConfigsApi:
        """5.2."""
        from matui.clouds.modelarts.configs_api import ConfigsApi

        return ConfigsApi(self._session)

    @cached_property
    def visualizations(self) -> VisualizationsApi:
        """5.3."""
        from matui.clouds.modelarts.visualizations_api import VisualizationsApi

        return VisualizationsApi(self._session)

    @cached_property
    def catalog(self) -> CatalogApi:
        """5.4."""
        from matui.clouds.modelarts.catalog_api import CatalogApi

        return CatalogApi(self._session)

    @cached_property
    def models(self) -> ModelsApi:
        """Chapter 6."""
        from matui.clouds.modelarts.model_api import ModelsApi

        return ModelsApi(self._session)

    @cached_property
    def services(self) -> ServicesApi:
        """Chapter 7."""
        from matui.clouds.modelarts.services_api import ServicesApi

        return ServicesApi(self._session)

    @cached_property
    def workspaces(self) -> WorkspacesApi:
        """Chapter 8."""
        from matui.clouds.modelarts.workspaces_api import WorkspacesApi

        return WorkspacesApi(self._session)

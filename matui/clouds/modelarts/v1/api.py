"""Every operation of the ModelArts v1 reference, typed, by chapter.

A chapter is imported when it is first used: together their models take a tenth of a second to build."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.clouds.modelarts.session import Transport
    from matui.clouds.modelarts.v1.configs.client import ConfigsApi
    from matui.clouds.modelarts.v1.jobs.client import JobsApi
    from matui.clouds.modelarts.v1.models.client import ModelsApi
    from matui.clouds.modelarts.v1.notebooks.client import NotebooksApi
    from matui.clouds.modelarts.v1.services.client import ServicesApi
    from matui.clouds.modelarts.v1.specifications import SpecificationsApi
    from matui.clouds.modelarts.v1.visualizations.client import VisualizationsApi
    from matui.clouds.modelarts.v1.workspaces.client import WorkspacesApi


class ModelArtsApi:
    """The operations of chapters 4 to 8 over one session."""

    def __init__(self, session: Transport) -> None:
        self._session = session

    @cached_property
    def notebooks(self) -> NotebooksApi:
        """Chapter 4."""
        from matui.clouds.modelarts.v1.notebooks.client import NotebooksApi

        return NotebooksApi(self._session)

    @cached_property
    def jobs(self) -> JobsApi:
        """5.1."""
        from matui.clouds.modelarts.v1.jobs.client import JobsApi

        return JobsApi(self._session)

    @cached_property
    def configs(self) -> ConfigsApi:
        """5.2."""
        from matui.clouds.modelarts.v1.configs.client import ConfigsApi

        return ConfigsApi(self._session)

    @cached_property
    def visualizations(self) -> VisualizationsApi:
        """5.3."""
        from matui.clouds.modelarts.v1.visualizations.client import VisualizationsApi

        return VisualizationsApi(self._session)

    @cached_property
    def specifications(self) -> SpecificationsApi:
        """5.4."""
        from matui.clouds.modelarts.v1.specifications import SpecificationsApi

        return SpecificationsApi(self._session)

    @cached_property
    def models(self) -> ModelsApi:
        """Chapter 6."""
        from matui.clouds.modelarts.v1.models.client import ModelsApi

        return ModelsApi(self._session)

    @cached_property
    def services(self) -> ServicesApi:
        """Chapter 7."""
        from matui.clouds.modelarts.v1.services.client import ServicesApi

        return ServicesApi(self._session)

    @cached_property
    def workspaces(self) -> WorkspacesApi:
        """Chapter 8."""
        from matui.clouds.modelarts.v1.workspaces.client import WorkspacesApi

        return WorkspacesApi(self._session)

"""Every operation of the ModelArts v1 reference, typed, by chapter."""

from __future__ import annotations

from matui.clouds.modelarts.catalog_api import CatalogApi
from matui.clouds.modelarts.configs_api import ConfigsApi
from matui.clouds.modelarts.jobs_api import JobsApi
from matui.clouds.modelarts.model_api import ModelsApi
from matui.clouds.modelarts.notebooks_api import NotebooksApi
from matui.clouds.modelarts.sending import Sends
from matui.clouds.modelarts.services_api import ServicesApi
from matui.clouds.modelarts.visualizations_api import VisualizationsApi
from matui.clouds.modelarts.workspaces_api import WorkspacesApi


class ModelArtsApi:
    """The operations of chapters 4 to 8 over one session."""

    def __init__(self, session: Sends) -> None:
        self.notebooks = NotebooksApi(session)
        self.jobs = JobsApi(session)
        self.configs = ConfigsApi(session)
        self.visualizations = VisualizationsApi(session)
        self.catalog = CatalogApi(session)
        self.models = ModelsApi(session)
        self.services = ServicesApi(session)
        self.workspaces = WorkspacesApi(session)

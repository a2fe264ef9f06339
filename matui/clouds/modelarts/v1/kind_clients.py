"""The clients of all kinds of one profile, each imported and made when it is first used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from matui.base.errors import UsageError

if TYPE_CHECKING:
    from matui.clouds.modelarts.base import KindSource, Scope
    from matui.clouds.modelarts.v1.api import ModelArtsApi
    from matui.clouds.modelarts.v1.configs.client import Configs
    from matui.clouds.modelarts.v1.jobs.client import JobLogs, Jobs, Versions
    from matui.clouds.modelarts.v1.models.client import Models
    from matui.clouds.modelarts.v1.notebooks.client import Notebooks
    from matui.clouds.modelarts.v1.pools.client import Pools
    from matui.clouds.modelarts.v1.services.client import Nodes, Services
    from matui.clouds.modelarts.v1.visualizations.client import Visualizations
    from matui.clouds.modelarts.v1.workspaces.client import Workspaces

LISTED = ("notebooks", "jobs", "services", "workspaces", "visualizations", "models", "pools", "configs")
_INNER = ("versions", "nodes")


class KindClients:
    """Every kind by its id, and a job's logs."""

    def __init__(self, api: ModelArtsApi, scope: Scope) -> None:
        self._api = api
        self._scope = scope

    def known(self, kind: str) -> bool:
        """Whether ModelArts has the kind."""
        return kind in LISTED or kind in _INNER

    def of(self, kind: str) -> KindSource:
        """Return the client of a kind. Raises UsageError."""
        if not self.known(kind):
            raise UsageError(f"ModelArts has no {kind}.")
        source: KindSource = getattr(self, kind)
        return source

    @cached_property
    def notebooks(self) -> Notebooks:
        from matui.clouds.modelarts.v1.notebooks.client import Notebooks

        return Notebooks(self._api.notebooks, self._scope)

    @cached_property
    def jobs(self) -> Jobs:
        from matui.clouds.modelarts.v1.jobs.client import Jobs

        return Jobs(self._api.jobs, self._scope)

    @cached_property
    def versions(self) -> Versions:
        from matui.clouds.modelarts.v1.jobs.client import Versions

        return Versions(self._api.jobs, self._scope)

    @cached_property
    def logs(self) -> JobLogs:
        from matui.clouds.modelarts.v1.jobs.client import JobLogs

        return JobLogs(self._api.jobs, self.jobs)

    @cached_property
    def services(self) -> Services:
        from matui.clouds.modelarts.v1.services.client import Services

        return Services(self._api.services, self._scope)

    @cached_property
    def nodes(self) -> Nodes:
        from matui.clouds.modelarts.v1.services.client import Nodes

        return Nodes(self._api.services, self._scope)

    @cached_property
    def workspaces(self) -> Workspaces:
        from matui.clouds.modelarts.v1.workspaces.client import Workspaces

        return Workspaces(self._api.workspaces, self._scope)

    @cached_property
    def visualizations(self) -> Visualizations:
        from matui.clouds.modelarts.v1.visualizations.client import Visualizations

        return Visualizations(self._api.visualizations, self._scope)

    @cached_property
    def models(self) -> Models:
        from matui.clouds.modelarts.v1.models.client import Models

        return Models(self._api.models, self._scope)

    @cached_property
    def pools(self) -> Pools:
        from matui.clouds.modelarts.v1.pools.client import Pools

        return Pools(self._api.services, self._api.catalog, self._scope)

    @cached_property
    def configs(self) -> Configs:
        from matui.clouds.modelarts.v1.configs.client import Configs

        return Configs(self._api.configs, self._scope)

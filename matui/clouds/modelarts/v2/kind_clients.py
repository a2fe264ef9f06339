"""The clients of all v2 kinds of one profile, each imported and made when it is first used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from matui.base.errors import UsageError

if TYPE_CHECKING:
    from matui.clouds.modelarts.base import KindSource, Scope
    from matui.clouds.modelarts.session import Transport
    from matui.clouds.modelarts.v1.workspaces.client import Workspaces
    from matui.clouds.modelarts.v2.devservers import DevServers
    from matui.clouds.modelarts.v2.jobs.client import Jobs, JobsApi
    from matui.clouds.modelarts.v2.jobs.logs import JobLogs
    from matui.clouds.modelarts.v2.notebooks.client import Notebooks
    from matui.clouds.modelarts.v2.pools.client import Pools
    from matui.clouds.modelarts.v2.services.client import Services

LISTED = ("notebooks", "jobs", "services", "workspaces", "pools", "devservers")


class KindClients:
    """Every kind by its id, and a job's logs."""

    def __init__(self, session: Transport, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def known(self, kind: str) -> bool:
        """Whether v2 has the kind."""
        return kind in LISTED

    def of(self, kind: str) -> KindSource:
        """Return the client of a kind. Raises UsageError."""
        if not self.known(kind):
            raise UsageError(f"ModelArts v2 has no {kind}.", remedy=f"It has: {', '.join(LISTED)}.")
        source: KindSource = getattr(self, kind)
        return source

    @cached_property
    def notebooks(self) -> Notebooks:
        from matui.clouds.modelarts.v2.notebooks.client import Notebooks, NotebooksApi

        return Notebooks(NotebooksApi(self._session), self._scope)

    @cached_property
    def jobs(self) -> Jobs:
        from matui.clouds.modelarts.v2.jobs.client import Jobs

        return Jobs(self._jobs_api, self._scope)

    @cached_property
    def logs(self) -> JobLogs:
        from matui.clouds.modelarts.v2.jobs.logs import JobLogs

        return JobLogs(self._jobs_api, self.jobs, self._scope)

    @cached_property
    def _jobs_api(self) -> JobsApi:
        from matui.clouds.modelarts.v2.jobs.client import JobsApi

        return JobsApi(self._session)

    @cached_property
    def services(self) -> Services:
        from matui.clouds.modelarts.v2.services.client import Services, ServicesApi

        return Services(ServicesApi(self._session), self._scope)

    @cached_property
    def pools(self) -> Pools:
        from matui.clouds.modelarts.v2.pools.client import Pools

        return Pools(self._session, self._scope)

    @cached_property
    def devservers(self) -> DevServers:
        from matui.clouds.modelarts.v2.devservers import DevServers, DevServersApi

        return DevServers(DevServersApi(self._session), self._scope)

    @cached_property
    def workspaces(self) -> Workspaces:
        """Workspaces have kept the paths they had."""
        from matui.clouds.modelarts.v1.workspaces.client import Workspaces, WorkspacesApi

        return Workspaces(WorkspacesApi(self._session), self._scope)

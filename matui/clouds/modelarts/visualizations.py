"""Visualization jobs: list, read, describe, stop, restart, delete (5.3)."""

from __future__ import annotations

from typing import ClassVar

from matui.clouds.modelarts.paging import OffsetStyle
from matui.clouds.modelarts.scope import Scope
from matui.clouds.modelarts.source import ActionHandler, KindClient, KindSpec, handler
from matui.clouds.modelarts.visualizations_api import VisualizationsApi, VisualizationsQuery
from matui.clouds.modelarts.visualizations_mapping import visualization_resource, visualization_sections
from matui.clouds.modelarts.visualizations_models import Visualization


def _newest_first(position: int, size: int, scope: Scope) -> VisualizationsQuery:
    return VisualizationsQuery(
        per_page=size,
        page=position,
        sort_by="create_time",
        order="desc",
        workspace_id=scope.workspace or None,
    )


class Visualizations(KindClient[VisualizationsApi, Visualization]):
    """The visualization jobs of one project or workspace; a page holds 100 at most."""

    kind: ClassVar[str] = "visualizations"
    style: ClassVar[OffsetStyle] = "page"
    most: ClassVar[int] = 100
    spec = KindSpec(
        list=VisualizationsApi.list,
        query=_newest_first,
        rows="jobs",
        total="job_total_count",
        show=VisualizationsApi.show,
        to_resource=visualization_resource,
        to_sections=visualization_sections,
    )

    def handlers(self) -> dict[str, ActionHandler]:
        """Stop (5.3.6), restart (5.3.7) and delete (5.3.5)."""
        return {
            "stop": handler(self.api.stop),
            "restart": handler(self.api.restart),
            "delete": handler(self.api.delete),
        }

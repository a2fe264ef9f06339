"""The catalogs that forms offer: flavors, engines, algorithms, deployment flavors."""

from __future__ import annotations

from matui.base.text.formatting import format_amount
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.v1.jobs.client import JobsApi
from matui.clouds.modelarts.v1.jobs.version_models import AlgorithmsQuery, BuiltInAlgorithm
from matui.clouds.modelarts.v1.services.client import ServicesApi
from matui.clouds.modelarts.v1.services.wire import DeploymentSpec, SpecificationsQuery
from matui.clouds.modelarts.v1.specifications import EnginesQuery, ResourceSpec, SpecificationsApi, SpecsQuery
from matui.clouds.sections import format_size, join_text
from matui.resources.kinds.configs import Choice

_USAGES = {
    1: "image classification",
    2: "object class and location",
    3: "image semantic segmentation",
    4: "natural language processing",
    5: "image embedding",
}
_MOST_ALGORITHM_PAGES = 10


class Catalog:
    """Reads the catalogs; each answer is short and rarely changes."""

    def __init__(self, session: Transport) -> None:
        self._jobs = JobsApi(session)
        self._services = ServicesApi(session)
        self._specifications = SpecificationsApi(session)

    async def fetch_flavors(self) -> tuple[Choice, ...]:
        """Return the resource specifications of training jobs (5.4.1)."""
        specs = (await self._specifications.resource_specs(SpecsQuery(job_type="train"))).value.specs
        return tuple(_map_flavor(spec) for spec in specs if spec is not None)

    async def fetch_engines(self) -> tuple[Choice, ...]:
        """Return the engines of training jobs (5.4.2)."""
        engines = (await self._specifications.engines(EnginesQuery(job_type="train"))).value.engines
        return tuple(
            Choice(str(e.engine_id), join_text(e.engine_version or e.engine_name), join_text(e.engine_name))
            for e in engines
            if e is not None
        )

    async def fetch_algorithms(self) -> tuple[Choice, ...]:
        """Return the built-in algorithms (5.1.12), 1,000 at most."""
        found: list[Choice] = []
        for page in range(1, _MOST_ALGORITHM_PAGES + 1):
            listed = (await self._jobs.algorithms(AlgorithmsQuery(per_page=100, page=page))).value
            found += [_map_algorithm(row) for row in listed.models if row is not None]
            if len(listed.models) < 100:
                break
        return tuple({choice.id: choice for choice in found}.values())

    async def fetch_deployment_flavors(self) -> tuple[Choice, ...]:
        """Return the specifications services can be deployed on (7.10)."""
        specs = (await self._services.specifications(SpecificationsQuery())).value.specifications
        return tuple(
            Choice(
                spec.specification,
                join_text(spec.specification),
                _describe_price(spec),
                _explain_no_deployment(spec),
            )
            for spec in specs
            if spec is not None
        )


def _map_flavor(spec: ResourceSpec) -> Choice:
    gpus = f"{spec.gpu_num}×{spec.gpu_type or 'GPU'}" if spec.gpu_num else ""
    most = f"up to {format_amount(spec.max_num, 'node')}" if spec.max_num else ""
    parts = (f"{spec.core} cores" if spec.core else "", f"{spec.cpu} GiB" if spec.cpu else "", gpus, most)
    note = join_text(", ".join(part for part in parts if part))
    return Choice(str(spec.spec_id), join_text(spec.spec_code), note, "sold out" if spec.no_resource else "")


def _map_algorithm(row: BuiltInAlgorithm) -> Choice:
    usage = _USAGES.get(row.model_usage or 0, "")
    parts = (usage, row.model_precision, format_size(row.model_size), row.engine_version or row.engine_name)
    return Choice(
        str(row.model_id), join_text(row.model_name), join_text(", ".join(part for part in parts if part))
    )


def _describe_price(spec: DeploymentSpec) -> str:
    return "free of charge" if spec.is_free else ""


def _explain_no_deployment(spec: DeploymentSpec) -> str:
    if spec.spec_status == "sellout":
        return "sold out"
    if spec.over_quota:
        return "over the quota"
    return "by service ticket only" if spec.is_open is False else ""

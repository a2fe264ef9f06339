"""Choices in the forms of v2: flavors, engines, algorithms, experiments, pools, images."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from matui.base.text.formatting import format_amount, pluralize
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import FILLED, RequestModel
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.v2.pools.client import PoolsApi, V2PoolsQuery
from matui.clouds.modelarts.v2.wire import OFFSET, V2Named
from matui.clouds.sections import join_text
from matui.clouds.wire_types import Flag, ModelRows, Number, One, Text, Whole, WireModel, to_text
from matui.resources.kinds.configs import Choice

_MACHINES = "data flavors"
_ORIGINS: tuple[Literal["DEDICATED", "BUILD_IN"], ...] = ("DEDICATED", "BUILD_IN")


class Cores(WireModel):
    core_num: Whole = None


class Cards(WireModel):
    unit_num: Whole = None
    product_name: Text = ""


class Size(WireModel):
    size: Number = None
    unit: Text = ""


class FlavorInfo(WireModel):
    max_num: Whole = None
    cpu: One[Cores] = Field(default_factory=Cores)
    gpu: One[Cards] = Field(default_factory=Cards)
    npu: One[Cards] = Field(default_factory=Cards)
    memory: One[Size] = Field(default_factory=Size)


class TrainingFlavor(WireModel):
    flavor_id: Text = ""
    flavor_name: Text = ""
    max_num: Whole = None
    flavor_info: One[FlavorInfo] = Field(default_factory=FlavorInfo)


class TrainingFlavors(WireModel):
    flavors: ModelRows[TrainingFlavor] = Field(default_factory=list)


class V2Engine(WireModel):
    engine_id: Text = ""
    engine_name: Text = ""
    engine_version: Text = ""


class V2Engines(WireModel):
    items: ModelRows[V2Engine] = Field(default_factory=list)


class Described(V2Named):
    description: Text = ""


class Counted(WireModel):
    job_count: Whole = None


class CatalogEntry(WireModel):
    metadata: One[Described] = Field(default_factory=Described)
    statistic: One[Counted] = Field(default_factory=Counted)


class CatalogEntries(WireModel):
    items: ModelRows[CatalogEntry] = Field(default_factory=list)


class Accelerator(WireModel):
    gpu: Whole = None
    npu: Whole = None
    type: Text = ""


class MachineFlavor(WireModel):
    """A flavor of notebooks or services; ``memory`` in GiB."""

    id: Text = ""
    name: Text = ""
    memory: Number = None
    vcpus: Whole = None
    sold_out: Flag = None
    free: Flag = None
    gpu: One[Accelerator] = Field(default_factory=Accelerator)
    ascend: One[Accelerator] = Field(default_factory=Accelerator)


class MachineFlavors(WireModel):
    """A page of them; older answers call the rows ``flavors``."""

    data: ModelRows[MachineFlavor] = Field(default_factory=list)
    flavors: ModelRows[MachineFlavor] = Field(default_factory=list)


class Image(WireModel):
    id: Text = ""
    name: Text = ""
    tag: Text = ""
    show_name: Text = ""
    status: Text = ""
    description: Text = ""


class Images(WireModel):
    data: ModelRows[Image] = Field(default_factory=list)


class EntriesQuery(RequestModel):
    offset: OFFSET
    limit: Annotated[int, Field(ge=1, le=50)]
    workspace_id: FILLED | None = None


class FlavorsQuery(RequestModel):
    limit: Annotated[int, Field(ge=1, le=500)]
    offset: OFFSET


class ImagesQuery(RequestModel):
    limit: Annotated[int, Field(ge=1)]
    offset: OFFSET
    type: Literal["BUILD_IN", "DEDICATED"]
    workspace_id: FILLED | None = None


class CatalogApi(OperationTable, api="v2"):
    """The lists that forms choose from; flavors of notebooks and images are of the v1 interface."""

    flavors = Operation("For training.", "GET", "training-job-flavors", TrainingFlavors, lists="flavors")
    engines = Operation("For training.", "GET", "training-job-engines", V2Engines, lists="items")
    algorithms = Operation("50 at most.", "GET", "algorithms", CatalogEntries, EntriesQuery, lists="items")
    experiments = Operation(
        "50 at most.", "GET", "training-experiments", CatalogEntries, EntriesQuery, lists="items"
    )
    notebook_flavors = Operation(
        "Flavors.", "GET", "notebooks/flavors", MachineFlavors, FlavorsQuery, api="v1", lists=_MACHINES
    )
    service_flavors = Operation(
        "Flavors.", "GET", "services/flavors", MachineFlavors, FlavorsQuery, lists=_MACHINES
    )
    images = Operation("Images.", "GET", "images", Images, ImagesQuery, api="v1", lists="data")


def _build_choice(*texts: str) -> Choice:
    """Return a choice of id, label, note and why not, safe to show."""
    return Choice(*map(join_text, texts))


class V2Catalog:
    """Reads the catalogs of one project or workspace."""

    def __init__(self, session: Transport, workspace: str = "") -> None:
        self._api = CatalogApi(session)
        self._pools = PoolsApi(session)
        self._workspace = workspace

    async def fetch_flavors(self) -> tuple[Choice, ...]:
        """Return the flavors of training jobs."""
        rows = (await self._api.flavors()).value.flavors
        return tuple(_map_training_flavor(row) for row in rows if row is not None and row.flavor_id)

    async def fetch_engines(self) -> tuple[Choice, ...]:
        """Return the engines of training jobs."""
        rows = (await self._api.engines()).value.items
        return tuple(
            _build_choice(row.engine_id, row.engine_version or row.engine_name, row.engine_name)
            for row in rows
            if row is not None and row.engine_id
        )

    async def fetch_algorithms(self) -> tuple[Choice, ...]:
        """Return the newest 50 algorithms."""
        return _map_entries((await self._api.algorithms(self._build_entries_query())).value)

    async def fetch_experiments(self) -> tuple[Choice, ...]:
        """Return the newest 50 experiments."""
        return _map_entries((await self._api.experiments(self._build_entries_query())).value)

    def _build_entries_query(self) -> EntriesQuery:
        return EntriesQuery(offset=0, limit=50, workspace_id=self._workspace or None)

    async def fetch_pools(self) -> tuple[Choice, ...]:
        """Return the dedicated resource pools."""
        rows = (await self._pools.list(V2PoolsQuery(workspace=self._workspace or None))).value.items
        return tuple(
            _build_choice(
                str(row.metadata.name),
                to_text(row.metadata.labels.get("os.modelarts/name")),
                join_text(*(part.flavor for part in row.spec.resources if part is not None)),
                "" if row.status.phase == "Running" else row.status.phase,
            )
            for row in rows
            if row is not None and row.metadata.name
        )

    async def fetch_notebook_flavors(self) -> tuple[Choice, ...]:
        return _map_machine_flavors(
            (await self._api.notebook_flavors(FlavorsQuery(limit=500, offset=0))).value
        )

    async def fetch_service_flavors(self) -> tuple[Choice, ...]:
        return _map_machine_flavors(
            (await self._api.service_flavors(FlavorsQuery(limit=500, offset=0))).value
        )

    async def fetch_images(self) -> tuple[Choice, ...]:
        """Return the images that users saved, then the built-in ones."""
        found: list[Choice] = []
        workspace = self._workspace or None
        for origin in _ORIGINS:
            query = ImagesQuery(limit=200, offset=0, type=origin, workspace_id=workspace)
            rows = (await self._api.images(query)).value.data
            found += [_map_image(row) for row in rows if row is not None and row.id]
        return tuple(found)


def _map_training_flavor(row: TrainingFlavor) -> Choice:
    info = row.flavor_info
    card = info.npu if info.npu.unit_num else info.gpu
    cards = f"{card.unit_num}×{card.product_name or 'card'}" if card.unit_num else ""
    memory = f"{info.memory.size:g} {info.memory.unit or 'GiB'}" if info.memory.size else ""
    most = row.max_num or info.max_num
    parts = (
        f"{info.cpu.core_num} cores" if info.cpu.core_num else "",
        memory,
        cards,
        f"up to {format_amount(most, 'node')}" if most else "",
    )
    return _build_choice(row.flavor_id, row.flavor_name, ", ".join(part for part in parts if part))


def _map_entries(page: CatalogEntries) -> tuple[Choice, ...]:
    rows = (row for row in page.items if row is not None and row.metadata.id)
    return tuple(
        _build_choice(
            row.metadata.id,
            row.metadata.name,
            join_text(_format_job_count(row.statistic.job_count), row.metadata.description),
        )
        for row in rows
    )


def _format_job_count(count: int | None) -> str:
    return "" if count is None else pluralize(count, "job")


def _map_machine_flavors(page: MachineFlavors) -> tuple[Choice, ...]:
    return tuple(
        _map_machine_flavor(row) for row in (page.data or page.flavors) if row is not None and row.id
    )


def _map_machine_flavor(row: MachineFlavor) -> Choice:
    gpu, npu = row.gpu.gpu, row.ascend.npu
    parts = (
        f"{row.vcpus} cores" if row.vcpus else "",
        f"{row.memory:g} GiB" if row.memory else "",
        f"{npu}×{row.ascend.type or 'NPU'}" if npu else f"{gpu}×{row.gpu.type or 'GPU'}" if gpu else "",
        "free" if row.free else "",
    )
    why_not = "sold out" if row.sold_out else ""
    return _build_choice(row.id, row.name, ", ".join(part for part in parts if part), why_not)


def _map_image(row: Image) -> Choice:
    name = ":".join(part for part in (row.show_name or row.name, row.tag) if part)
    ready = row.status.upper() in ("", "ACTIVE")
    return _build_choice(row.id, name, row.description, "" if ready else row.status)

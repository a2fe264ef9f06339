"""Dedicated resource pools (chapter 7.11 of the reference; phases of v2)."""

from __future__ import annotations

from matui.base.text.formatting import format_bytes
from matui.resources.columns import (
    AGE,
    DESCRIPTION,
    ID,
    NAME,
    OWNER,
    STATUS,
    build_fact_count_column,
    build_fact_text_column,
    build_number_key,
)
from matui.resources.kind import Column, Kind
from matui.resources.model import Resource, build_status_table

STATUSES = build_status_table(
    running="running",
    pending="deploying creating deleting",
    degraded="concerning",
    failed="abnormal error",
)


def _format_nodes(pool: Resource, _now: float) -> str:
    free, total = pool.get_number("nodes_available"), pool.get_number("nodes")
    return "–" if free is None or total is None else f"{free:g}/{total:g}"


NODES = Column(
    "nodes",
    "NODES",
    _format_nodes,
    lambda r: build_number_key(r.get_number("nodes_available")),
    width=6,
    max_width=11,
    align="right",
    drop=6,
)

POOLS = Kind(
    id="pools",
    singular="pool",
    short=("pl",),
    title="Resource pools",
    key="7",
    by_workspace=False,
    columns=(
        NAME,
        STATUS,
        NODES,
        build_fact_count_column("cpu", "FREE CPU", drop=7, width=8, show=lambda value: f"{value:g}"),
        build_fact_count_column(
            "memory_mb", "FREE MEM", drop=8, width=8, show=lambda mb: format_bytes(mb * 1024 * 1024)
        ),
        build_fact_count_column("gpu", "FREE GPU", drop=6, width=8, show=lambda value: f"{value:g}"),
        build_fact_text_column("flavor", "FLAVOR", width=10, max_width=28, drop=9),
        AGE,
        OWNER,
        DESCRIPTION,
        ID,
    ),
    cadence_s=30,
    panes=("detail", "events", "metrics", "nodes", "raw"),
)

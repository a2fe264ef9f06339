"""Queries of versions of training jobs, their logs, and algorithms (5.1), with the reference's limits."""

from typing import Annotated, Literal

from pydantic import Field

from matui.clouds.modelarts.requests import COUNT, FILLED, ORDER, RequestModel
from matui.clouds.modelarts.v1.jobs.queries import SIZE_100, SIZE_1000


class VersionsQuery(RequestModel):
    """5.1.5. Without ``page``, or with 0, everything comes at once."""

    per_page: SIZE_1000 | None = None
    page: Annotated[int, Field(ge=0)] | None = None


class AlgorithmsQuery(RequestModel):
    """5.1.12. ``page`` counts from 1."""

    per_page: SIZE_100 | None = None
    page: COUNT | None = None
    sort_by: (
        Literal[
            "engine", "model_name", "model_precision", "model_usage", "model_size", "create_time", "parameter"
        ]
        | None
    ) = Field(default=None, validation_alias="sortBy", serialization_alias="sortBy")
    order: ORDER | None = None
    search_content: str | None = None


class LogWindowQuery(RequestModel):
    """5.1.11. ``start_byte`` -1 asks for the newest ``offset`` bytes."""

    log_file: FILLED
    start_byte: Annotated[int, Field(ge=-1)] | None = None
    offset: Annotated[int, Field(ge=-2048, le=2048)] | None = None


class LogLinesQuery(RequestModel):
    """5.1.13. ``desc`` asks for what is newer than ``base_line``, ``asc`` for what is older."""

    log_file: FILLED
    base_line: FILLED | None = None
    lines: Annotated[int, Field(ge=0, le=500)] | None = None
    order: ORDER | None = None

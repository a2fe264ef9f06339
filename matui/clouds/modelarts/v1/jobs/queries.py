"""The query of training jobs (5.1.2), with the reference's limits."""

from typing import Annotated, Literal

from pydantic import Field

from matui.clouds.modelarts.requests import ORDER, SEARCH_64, RequestModel

JobSort = Literal["job_name", "job_desc", "status", "duration", "version_count", "create_time"]
PAGE = Annotated[int, Field(ge=1, le=65535)]
SIZE_1000 = Annotated[int, Field(ge=1, le=1000)]
SIZE_100 = Annotated[int, Field(ge=1, le=100)]


class JobsQuery(RequestModel):
    """5.1.2. ``page`` counts from 1."""

    status: str | None = None
    per_page: SIZE_1000 | None = None
    page: PAGE | None = None
    sort_by: JobSort | None = Field(default=None, validation_alias="sortBy", serialization_alias="sortBy")
    order: ORDER | None = None
    search_content: SEARCH_64 | None = None
    workspace_id: str | None = None

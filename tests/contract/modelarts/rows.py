"""Rows of sample lists with some fields replaced."""

from __future__ import annotations

from typing import Any

from matui.clouds.protocols import ListRequest
from matui.resources.model import Resource
from tests.contract.modelarts.samples import answer, build_cloud, run

LIST_FIELD = {
    "notebooks": ("4.2", "instances", "total_count"),
    "jobs": ("5.1.2", "jobs", "job_total_count"),
    "services": ("7.2", "services", "total_count"),
    "workspaces": ("8.2", "workspaces", "total_count"),
    "visualizations": ("5.3.2", "jobs", "job_total_count"),
    "models": ("6.1.2", "models", "total_count"),
    "pools": ("7.11", "clusters", "total_count"),
}


def map_list(kind: str, body: Any) -> tuple[Resource, ...]:
    return run(build_cloud(body).list_page(ListRequest(kind))).resources


def make_one_of(kind: str, **fields: Any) -> Resource:
    """Return the first row of a sample list with some fields replaced."""
    section, field, _ = LIST_FIELD[kind]
    body = answer(section)
    return map_list(kind, {**body, field: [{**body[field][0], **fields}]})[0]


def make_job(**fields: Any) -> Resource:
    return make_one_of("jobs", **fields)

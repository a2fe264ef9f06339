"""Which versions a deletion of all versions deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from matui.base.errors import MatuiError
from matui.clouds.protocols import ListRequest, Page
from matui.live.actions.bulk_delete import BulkOutcome, list_versions, read_bulk_outcome
from matui.resources.model import Phase, Resource

MODEL = Resource("models", "m1", "ranker", "published", Phase.DONE, "modelarts", "prod", workspace="0")


class Cloud:
    """A cloud that lists the models given."""

    def __init__(self, *rows: Resource, error: MatuiError | None = None) -> None:
        self.rows = rows
        self.error = error

    async def list_page(self, request: ListRequest) -> Page:
        if self.error is not None:
            raise self.error
        begin = request.number * request.size
        return Page(self.rows[begin : begin + request.size], len(self.rows))


def make_cloud(*rows: Resource, error: MatuiError | None = None) -> Any:
    return Cloud(*rows, error=error)


async def test_all_versions_of_the_name_are_listed() -> None:
    rows = (MODEL, replace(MODEL, id="m2"), replace(MODEL, id="m3", name="other"))
    assert await list_versions(make_cloud(*rows), "delete-versions", MODEL) == ("m1", "m2")


async def test_other_actions_and_errors_list_none() -> None:
    assert await list_versions(make_cloud(MODEL), "delete", MODEL) == ()
    assert await list_versions(make_cloud(error=MatuiError("no")), "delete-versions", MODEL) == ()


async def test_what_is_still_listed_was_not_deleted() -> None:
    about = {"kind": "models", "name": "ranker", "workspace": "0"}
    outcome = await read_bulk_outcome(make_cloud(MODEL), about, ("m1", "m2"))
    assert (outcome.deleted, outcome.kept) == (("m2",), (("m1", ""),))


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (BulkOutcome(), ""),
        (BulkOutcome(("m1", "m2")), "Deleted: m1, m2."),
        (BulkOutcome((), (("m1", "in use"), ("m2", ""))), "Not deleted: m1 (in use), m2."),
        (BulkOutcome(("m1",), (("m2", ""),)), "Deleted: m1. Not deleted: m2."),
    ],
)
def test_the_outcome_in_words(outcome: BulkOutcome, sentence: str) -> None:
    assert outcome.sentence == sentence


def test_the_audit_line_names_both() -> None:
    assert BulkOutcome().build_audit_fields() == {}
    assert BulkOutcome(("m1",), (("m2", "in use"),)).build_audit_fields() == {
        "went": ["m1"],
        "stayed": [{"id": "m2", "why": "in use"}],
    }

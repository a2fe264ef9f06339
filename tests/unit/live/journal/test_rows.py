"""What is stored of a row: its texts without secrets, its numbers unchanged."""

from __future__ import annotations

import json

import pytest

from matui.base.redaction.masking import mask_secrets
from matui.live.journal import recording
from matui.live.journal.recording import pack_row
from matui.resources.model import Fact
from tests.unit.live.journal.readings import make_job


@pytest.mark.parametrize(
    "facts",
    [
        {"flavor": "modelarts.p3.large", "step": 12, "done": True},
        {"failure": "login failed: password=hunter2SECRETx99", "gpu": 1.5},
        {"password": "hunter2", "note": "x" * 300 + " token=abcdefgh12345678"},
        {"name": "DB_PASSWORD", "value": "hunter2"},
    ],
)
def test_facts_are_masked_as_a_record_is(facts: dict[str, Fact]) -> None:
    stored = json.loads(pack_row(make_job("1", facts=facts)))[-1]
    assert stored == mask_secrets(facts)
    assert "hunter2" not in str(stored)


def test_long_texts_are_not_kept_in_memory() -> None:
    before = recording._mask_word.cache_info().currsize
    assert "hunter2" not in pack_row(make_job("1", name="x" * 10_000 + " password=hunter2SECRETx99"))
    assert recording._mask_word.cache_info().currsize - before < 5

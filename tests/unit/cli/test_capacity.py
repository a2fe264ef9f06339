"""``matui capacity`` on the demo, and on a profile without pools."""

from __future__ import annotations

import json

import pytest

from matui.cli.main import run


def test_json_has_the_fields_of_every_pool(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--demo", "capacity", "-o", "json"]) == 6
    output = capsys.readouterr()
    document = json.loads(output.out)
    assert document["pools"]
    for pool in document["pools"]:
        assert {"profile", "id", "name", "flavors", "holders", "waiting", "waste", "cost"} <= set(pool)
        for flavor in pool["flavors"]:
            assert list(flavor) == ["flavor", "total", "used", "free", "faulty", "biggest_free"]
    assert "does not list" in output.err


def test_the_table_says_what_v1_does_not_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--demo", "capacity"]) == 6
    output = capsys.readouterr()
    assert "does not list" in output.out
    assert 'api = "v2"' in output.err
    assert "try again" not in output.err


def test_a_cloud_without_pools_is_refused(line) -> None:
    said = line("capacity")
    assert (said.code, said.out) == (1, "")
    assert "no resource pools" in said.err

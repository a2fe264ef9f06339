"""Catalogs, versions of a job and deletion of every version of a model, from the command line on the demo."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from matui.cli.main import run

Line = Callable[..., tuple[int, str, str]]


@pytest.fixture
def demo(capsys: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Line:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def said(*arguments: str) -> tuple[int, str, str]:
        code = run(("--demo", *arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return said


def test_what_is_sold_out_is_marked_in_the_table_and_reported_in_json(demo: Line) -> None:
    code, out, _ = demo("catalog", "flavor")
    assert code == 0
    assert "▲ sold out" in next(row for row in out.splitlines() if "gpu.t4" in row)
    _, out, _ = demo("catalog", "flavors", "-o", "json")
    tree = json.loads(out)
    assert tree["catalog"] == "flavors"
    out_of = [item["name"] for item in tree["items"] if not item["available"]]
    assert out_of == ["modelarts.vm.gpu.t4"]
    assert {item["why_not"] for item in tree["items"]} == {"", "sold out"}


def test_a_cloud_without_catalogs_is_named(demo: Line) -> None:
    code, _, err = demo("-p", "demo-qianfan", "catalog", "flavors")
    assert (code, err) == (1, "matui: Qianfan has no catalogs.\n")


def test_an_unknown_catalog_names_those_there_are(demo: Line) -> None:
    code, _, err = demo("catalog", "flowers")
    assert code == 2
    assert "flavors, engines, algorithms, specs" in err


WRONG = [("notebooks", "a"), ("jobs",), ("jobs", "a", "b"), ("jobs", "a", "--watch")]


@pytest.mark.parametrize("arguments", WRONG)
def test_versions_are_of_one_job(arguments: tuple[str, ...], demo: Line) -> None:
    code, _, err = demo("get", *arguments, "--versions")
    assert code == 2
    assert "--versions is for one job." in err


def test_versions_are_listed_as_items_of_their_own_kind(demo: Line) -> None:
    _, out, _ = demo("get", "jobs", "-o", "json")
    job = next(item for item in json.loads(out)["items"] if item["raw"]["version_count"] > 2)
    code, out, _ = demo("get", "jobs", job["id"], "--versions", "-o", "json")
    tree = json.loads(out)
    assert (code, tree["kind"]) == (0, "versions")
    assert len(tree["items"]) == job["raw"]["version_count"]
    assert all(item["id"].startswith(f"{job['id']}/") for item in tree["items"])


def test_cascade_is_for_models_only_and_a_rehearsal_says_what_would_go(demo: Line) -> None:
    code, _, err = demo("delete", "services", "x", "--cascade", "--dry-run")
    assert code == 2
    assert "It is for: models." in err
    _, out, _ = demo("get", "models", "-o", "json")
    model = json.loads(out)["items"][0]
    code, out, _ = demo("delete", "model", model["id"], "--cascade", "--dry-run")
    assert code == 0
    assert "delete all versions would be sent" in out


def test_an_edge_node_is_named_below_its_service(demo: Line) -> None:
    _, out, _ = demo("get", "services", "gate-cameras", "-o", "json")
    service = json.loads(out)["items"][0]["id"]
    _, out, _ = demo("describe", "services", service, "-o", "json")
    tree = json.loads(out)
    assert tree["updates"]
    node = next(r["value"] for s in tree["sections"] for r in s["rows"] if r["label"] == "Node ID")
    code, out, _ = demo("stop", "services", f"{service}/{node}", "--dry-run")
    assert code == 0
    assert "stop would be sent" in out
    code, _, err = demo("stop", "services", f"{service}/nowhere", "--dry-run")
    assert code == 1
    assert "nowhere" in err
